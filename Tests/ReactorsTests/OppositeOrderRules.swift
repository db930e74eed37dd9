import Domain
import Projections
import Reactors
import Testing

@Suite("Orders of the leader's that rest on the other side") struct OppositeOrderRules {
  /// Works in placement mode, and fills nothing by itself.
  private func stage(
    _ ratio: String = "1/2", trueUp: TrueUpPolicy = .trimShorts, _ entries: EntrySettings = EntrySettings()
  ) -> Harness {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio(ratio)!), exitRounding: .lagging), trueUp: trueUp, entries: entries)
    harness.fillsAtOnce = false
    return harness
  }

  /// Reads the leader's book, which shows nothing new, and lets everything that waits leave.
  private func settle(_ harness: inout Harness) {
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.runLanes()
  }

  /// Fills what works on a side.
  private func fill(_ side: Side, _ harness: inout Harness) throws {
    harness.fill(try #require(harness.working.first { $0.side == side }?.correlationID, "\(harness.story)"))
  }

  private func working(_ harness: Harness) -> [Int64] {
    harness.working.map { $0.side.sign * $0.open.units / Harness.lot }.sorted()
  }

  @Test(
    "rule 7: what he fills is copied although an older order of his rests on the other side, however large it is",
    arguments: [Int64(2), 4, 6, 20], [Side.buy, .sell])
  func filledAgainstResting(resting: Int64, side: Side) throws {
    var harness = stage()
    let (far, near) = side == .sell ? (Int64(10_400), Int64(10_000)) : (9_600, 10_000)
    harness.leader("50", side, lots: resting, price: far)
    #expect(working(harness) == [side.sign * resting / 2])
    harness.run(for: .seconds(3))
    harness.leader("51", side.opposite, lots: 4, filled: 4, price: near)
    settle(&harness)
    #expect(working(harness).contains(-side.sign * 2), "\(harness.story)")
    try fill(side.opposite, &harness)
    harness.runLanes()
    #expect(harness.held == -side.sign * 2)
    let exit = min(resting, 4) / 2
    #expect(working(harness) == [side.sign * exit], "what rests closes first: \(harness.story)")
  }

  @Test("rule 9: the larger part of it opens once it has closed") func reversesLater() throws {
    var harness = stage()
    harness.leader("50", .sell, lots: 6, price: 10_400)
    harness.leader("51", .buy, lots: 4, filled: 4)
    settle(&harness)
    try fill(.buy, &harness)
    harness.runLanes()
    harness.leader("50", .sell, lots: 6, filled: 6, price: 10_400)
    settle(&harness)
    for _ in 0..<3 {
      harness.fillAll()
      settle(&harness)
    }
    #expect(harness.held == -1, "\(harness.story)")
  }

  @Test("rule 17: an order that was to close what he sells otherwise opens as much, and is as young as that sale")
  func opensAgain() throws {
    var harness = stage()
    harness.leader("50", .sell, lots: 4, price: 10_400)
    harness.leader("51", .buy, lots: 4, filled: 4)
    settle(&harness)
    try fill(.buy, &harness)
    harness.run(for: .seconds(14))
    harness.leader("52", .sell, lots: 4, filled: 4)
    for _ in 0..<3 {
      settle(&harness)
      for order in harness.working where order.price < Paise(10_400) { harness.fill(try #require(order.correlationID)) }
    }
    #expect(harness.held == 0)
    #expect(working(harness) == [-2], "\(harness.story)")
    harness.leader("50", .sell, lots: 4, filled: 4, price: 10_400)
    settle(&harness)
    harness.fillAll()
    #expect(harness.held == -2)
    #expect(!harness.reasons.contains(.tooOld))
  }

  @Test(
    "rules 18 and 22: shorts that he never got are bought back although a bid or a stop of his rests",
    arguments: [false, true])
  func trimmedBesideBid(isStop: Bool) {
    var harness = stage()
    harness.leader("50", .sell, lots: 12, price: 10_100)
    harness.fillAll()
    #expect(harness.held == -6)
    harness.run(for: .seconds(2))
    if isStop {
      harness.leader("51", .buy, lots: 1, price: 12_000, type: .stopLoss, trigger: 11_900)
    } else {
      harness.leader("51", .buy, lots: 1, price: 9_000)
    }
    harness.leader("50", .sell, lots: 12, price: 10_100, status: .cancelled)
    harness.runLanes()
    harness.fillAll()
    settle(&harness)
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test(
    "rule 18: lots beyond his are given back beside an exit that rests for a part, and not those that it is to close")
  func trimmedBesideExit() throws {
    var harness = stage("1", trueUp: .trim)
    harness.leader("50", .buy, lots: 12, filled: 10)
    harness.fillAll()
    #expect(harness.held == 12)
    harness.leader("51", .sell, lots: 5, price: 9_000, type: .stopLoss, trigger: 9_050)
    harness.run(for: .seconds(1))
    harness.leader("50", .buy, lots: 12, filled: 10, status: .cancelled)
    harness.runLanes()
    for order in harness.working where order.triggerPrice == .zero {
      harness.fill(try #require(order.correlationID))
    }
    harness.runLanes()
    let stops = harness.working.filter { $0.triggerPrice > .zero }.reduce(0) { $0 + $1.open.units / Harness.lot }
    #expect(harness.held == 11 && stops == 6, "\(harness.story)")
    harness.leader("51", .sell, lots: 5, filled: 5, price: 9_000, type: .stopLoss, trigger: 9_050)
    harness.runLanes()
    harness.fillAll()
    #expect(harness.held == 5)
  }

  @Test("rule 17: a reversal whose close left long after it opens nothing", arguments: [Int64(5), 30])
  func closedLate(seconds: Int64) {
    var harness = stage("1")
    harness.fillsAtOnce = true
    harness.leaderTrades(5)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leader("9", .sell, lots: 8, filled: 8)
    harness.run(for: .seconds(seconds))
    harness.observe(.readable(.follower("asha")))
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time))
    harness.runLanes()
    #expect(harness.held == (seconds < 10 ? -3 : 0), "\(harness.story)")
  }
}
