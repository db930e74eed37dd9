import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 23: baskets") struct BasketRules {
  @Test(
    "V31–V35: legs scale by their common unit, or none of them is entered",
    arguments: [
      ("V31", [10, -20], "1/4", [2, -4]), ("V32", [3, -2], "1/2", [0, 0]),
      ("V33", [7, -7, -7, 7], "3/10", [2, -2, -2, 2]), ("V34", [4, -8], "3/8", [1, -2]),
      ("V35", [6, -6], "1/7", [0, 0]),
    ] as [(String, [Int64], String, [Int64])])
  func vectors(id: String, legs: [Int64], ratio: String, expected: [Int64]) {
    var structure = Structure(ratio)
    structure.build(legs)
    #expect(structure.held(legs) == expected, "\(id): \(structure.harness.story)")
    if expected.allSatisfy({ $0 == 0 }) {
      #expect(structure.asked.isEmpty)
      #expect(structure.harness.ends == legs.map { _ in .skipped(.belowOneUnit) })
    } else {
      #expect(structure.sized.count == 1)
      #expect(structure.harness.ends.count == legs.count)
    }
  }

  @Test("nothing of a basket leaves before its time is over; an order that stayed alone is then copied as any other")
  func window() {
    var structure = Structure("1/2")
    structure.leader(0, 5)
    structure.wait(2)
    #expect(structure.asked.isEmpty)
    structure.wait(2)
    #expect(structure.held(0) == 2 && structure.sized.isEmpty, "\(structure.harness.story)")
    structure.leader(1, 5)
    structure.wait()
    #expect(structure.held(1) == 2, "a leg that comes later is one of another basket")
  }

  @Test("buys before sells in: a short waits until every long of its basket has filled") func buysFirst() {
    var structure = Structure("1/2")
    structure.harness.fillsAtOnce = false
    structure.build([-4, 4, 4])
    #expect(structure.asked == ["1: 2", "2: 2"])
    structure.harness.fill(structure.harness.working[0].correlationID!)
    #expect(structure.asked.count == 2)
    structure.harness.fill(structure.harness.working[0].correlationID!)
    #expect(structure.asked == ["1: 2", "2: 2", "0: -2"], "\(structure.harness.story)")
  }

  @Test("a leg says what the follower takes of it, for how many lots of the leader's") func explained() {
    var structure = Structure("1/2")
    structure.build([-6, 3])
    let reasons = structure.harness.log.compactMap { event in
      if case .placementRequested(let request) = event { request.why } else { nil }
    }
    #expect(reasons.map(\.rule) == [23, 23])
    #expect(reasons.map(\.leaderLots.count) == [3, 6] && reasons.map(\.target.count) == [1, 2])
  }

  @Test("V36: the whole basket's margin decides, and the leg that covers goes first") func margin() {
    var structure = Structure("1", available: 60_000)
    structure.harness.marginOf = { _ in .rupees(46_000) }
    structure.build([-1, 1])
    #expect(structure.asked == ["1: 1", "0: -1"], "\(structure.harness.story)")
    #expect(structure.sized.map(\.margin) == [.rupees(46_000)] && structure.sized[0].available == .rupees(60_000))

    var poor = Structure("1", available: 40_000)
    poor.harness.marginOf = { _ in .rupees(46_000) }
    poor.build([-1, 1])
    #expect(poor.asked.isEmpty && poor.harness.reasons == [.insufficientMargin, .insufficientMargin])
  }

  @Test("where that is wanted a basket becomes smaller by whole units until its margin is there") func stepDown() {
    var structure = Structure("1", onShortfall: .stepDown, available: 100_000)
    structure.harness.marginOf = { .rupees(46_000 * $0.units + 5_000) }
    structure.build([-6, 3])
    #expect(structure.held([0, 0]) == [-4, 2], "\(structure.harness.story)")
    let asked = structure.harness.log.compactMap { event -> Int64? in
      if case .basketMarginWanted(let wanted) = event { wanted.units } else { nil }
    }
    #expect(asked == [3, 2])
  }

  @Test("a margin that nobody tells is waited for three seconds; then each leg meets the broker's own word")
  func unknownMargin() {
    var structure = Structure("1", available: 60_000)
    structure.harness.marginOf = { _ in nil }
    structure.build([-1, 1])
    #expect(structure.asked.isEmpty)
    structure.wait(3)
    #expect(structure.asked == ["1: 1", "0: -1"], "\(structure.harness.story)")
  }

  @Test("rule 4: a limit makes the whole basket smaller, not a leg of it") func limits() {
    var structure = Structure("1", limits: CopyLimits(maximumLotsPerOrder: Lots(5)))
    structure.build([6, -12])
    #expect(structure.held([0, 0]) == [2, -4], "\(structure.harness.story)")
    var both = Structure("1", limits: CopyLimits(maximumOpenLots: Lots(8)))
    both.build([6, -12])
    #expect(both.held([0, 0]) == [2, -4])
    var none = Structure("1", limits: CopyLimits(maximumLotsPerUnderlying: Lots(2)))
    none.build([6, -12])
    #expect(none.held([0, 0]) == [0, 0] && none.harness.reasons == [.lotsPerUnderlying, .lotsPerUnderlying])
  }

  @Test("a limit on premium makes the whole basket smaller as well") func premium() {
    // A lot costs 6,500 rupees, and of 200,000 a tenth may be spent.
    var structure = Structure(
      "1", limits: CopyLimits(maximumPremium: Ratio(1, 10)!), available: 200_000)
    structure.build([6, -12])
    #expect(structure.held([0, 0]) == [3, -6], "\(structure.harness.story)")
  }

  @Test("a leg that the account could not bear alone goes where the basket as a whole can be borne") func together() {
    var structure = Structure("1", available: 60_000)
    structure.harness.marginOf = { _ in .rupees(46_000) }
    structure.harness.observe(.margin("asha", Structure.call(0), perLot: .rupees(84_000)))
    structure.build([-1, -1])
    #expect(structure.held([0, 0]) == [-1, -1], "\(structure.harness.story)")
  }

  @Test("a number of lots an entry is that of the smallest leg") func fixedLots() {
    var structure = Structure("1", strategy: .fixedLots(Lots(3)))
    structure.build([5, -10])
    #expect(structure.held([0, 0]) == [3, -6], "\(structure.harness.story)")
  }

  @Test("a share of the capital is put at risk for the whole basket") func riskBased() {
    var structure = Structure("1", strategy: .riskBased(.startOfDay, share: Ratio(1, 10)!), available: 1_000_000)
    structure.harness.marginOf = { .rupees(46_000 * $0.units) }
    structure.build([5, -5])
    #expect(structure.held([0, 0]) == [2, -2], "\(structure.harness.story)")
  }

  @Test("a leg that is refused after others were entered: what is there stays, nothing more goes, and a person is told")
  func hold() {
    var structure = Structure("1")
    structure.harness.fillsAtOnce = false
    structure.build([-2, 2, 2])
    structure.harness.fill(structure.harness.working[0].correlationID!)
    structure.harness.rejectNewest()
    structure.wait(8)
    #expect(structure.held(1) == 2 && structure.held(0) == 0, "\(structure.harness.story)")
    #expect(structure.broken == 1 && structure.alerts(1).contains(.basketBroken))
    #expect(structure.asked == ["1: 2", "2: 2"])
    #expect(structure.harness.reasons.contains(.basketBroken))
    structure.harness.fillsAtOnce = true
    structure.leader(1, -2)
    structure.wait()
    #expect(structure.held(1) == 0 && structure.alerts(1).isEmpty, "he leaves, and so do we")
  }

  @Test("or what is there is closed again") func unwind() {
    var structure = Structure("1", BasketSettings(grouping: .window, onMissingLeg: .unwind))
    structure.harness.fillsAtOnce = false
    structure.build([-2, 2, 2])
    structure.harness.fill(structure.harness.working[0].correlationID!)
    structure.harness.rejectNewest()
    structure.harness.fillAll()
    structure.wait(8)
    structure.harness.fillAll()
    #expect((0...2).map { structure.held($0) } == [0, 0, 0], "\(structure.harness.story)")
    #expect(structure.broken == 1 && (0...2).allSatisfy { structure.alerts($0).isEmpty })
  }

  @Test("shorts first out: the exit of a long waits for the shorts that leave with it, and not for good")
  func shortsFirst() {
    var structure = Structure("1")
    structure.build([-2, 2])
    #expect(structure.held([0, 0]) == [-2, 2])
    structure.harness.fillsAtOnce = false
    structure.leader(0, 2, filled: false)
    structure.leader(1, -2)
    #expect(structure.asked.suffix(1) == ["0: 2"], "\(structure.asked)")
    structure.harness.fill(structure.harness.working[0].correlationID!)
    #expect(structure.asked.suffix(2) == ["0: 2", "1: -2"], "\(structure.harness.story)")
  }

  @Test("tagged: orders under one label of the leader's belong together, others wait for nothing") func tagged() {
    var structure = Structure("1/2", BasketSettings(grouping: .tagged))
    structure.leader(2, 5)
    #expect(structure.held(2) == 2, "without a label it is no leg")
    structure.leader(0, 3, label: "spread-1")
    structure.leader(1, -2, label: "spread-1")
    structure.wait()
    #expect(structure.held([0, 0]) == [0, 0] && structure.harness.ends.contains(.skipped(.belowOneUnit)))
    structure.leader(0, 4, label: "spread-2")
    structure.leader(1, -4, label: "spread-3")
    structure.wait()
    #expect(structure.held([0, 0]) == [2, -2], "\(structure.harness.story)")
    #expect(structure.sized.isEmpty, "two labels are two baskets of one leg each")
  }

  @Test("what the leader changes of a leg is followed in the proportions in which it was entered") func changed() {
    var structure = Structure("1/4")
    structure.harness.fillsAtOnce = false
    let long = structure.leader(0, 4, filled: false)
    let short = structure.leader(1, -8, filled: false)
    structure.wait()
    #expect(structure.asked == ["0: 1"])
    structure.leader(0, 8, filled: false, id: long)
    structure.leader(1, -16, filled: false, id: short)
    structure.wait(1)
    structure.harness.fillAll()
    structure.harness.runLanes()
    structure.harness.fillAll()
    #expect(structure.held([0, 0]) == [2, -4], "\(structure.harness.story)")
  }

  @Test("a leg that the leader took back before the time is over is no part of the basket") func takenBack() {
    var structure = Structure("1/2")
    structure.leader(0, 4)
    let order = structure.leader(1, -3, filled: false)
    structure.leader(1, -3, filled: false, id: order, status: .cancelled)
    structure.wait()
    #expect(structure.held([0, 0]) == [2, 0], "\(structure.harness.story)")
    // Nor is anything decided about it again and again.
    structure.leader(2, 3, age: .seconds(60))
    let none = structure.leader(0, 2, filled: false)
    structure.wait(1)
    structure.leader(0, 2, filled: false, id: none, status: .cancelled)
    structure.wait()
    #expect(structure.held(2) == 0 && structure.harness.ends.contains(.tooOld), "\(structure.harness.story)")
  }

  @Test("rule 17: what was placed too long ago is no basket any more") func tooOld() {
    var structure = Structure("1/2")
    structure.leader(0, 4, age: .seconds(60))
    structure.leader(1, -4, age: .seconds(60))
    structure.wait()
    #expect(structure.asked.isEmpty && structure.harness.ends == [.tooOld, .tooOld], "\(structure.harness.story)")
  }

  @Test("one leg that may not be entered keeps the others out") func barred() {
    var structure = Structure("1/2")
    structure.harness.contract = Structure.call(1)
    structure.harness.ownerTrades(1)
    structure.build([4, -4])
    #expect(structure.held(0) == 0 && structure.asked.isEmpty)
    #expect(structure.harness.ends == [.skipped(.ownerHoldsOpposite), .skipped(.ownerHoldsOpposite)])
  }
}
