import Domain
import Projections
import Reactors
import Testing

@Suite("Vectors: children, partial fills, modifications") struct ChildVectors {
  @Test(
    "a quantity above the freeze limit goes out in whole lots, largest first",
    arguments: [
      ("V37", 60, 65, 1800, [1755, 1755, 390]), ("V38", 45, 30, 600, [600, 600, 150]),
      ("V39", 45, 30, 900, [900, 450]),
      ("V40", 51, 20, 1000, [1000, 20]), ("V41", 31, 60, 1800, [1800, 60]), ("V41", 31, 60, 1200, [1200, 660]),
      ("V42", 24, 120, 2800, [2760, 120]), ("V43", 24, 25, 600, [600]), ("V43", 25, 25, 600, [600, 25]),
    ] as [(String, Int64, Int64, Int64, [Int64])])
  func freeze(id: String, lots: Int64, lotSize: Int64, freeze: Int64, expected: [Int64]) {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), lotSize: lotSize, freeze: freeze)
    harness.leaderTrades(lots)
    #expect(harness.placements().map { $0 * lotSize } == expected, "\(id)")
    let labels = Set(harness.broker.keys)
    #expect(labels.count == expected.count, "every child has a label of its own (rule 24)")
  }

  @Test("V44: a freeze limit below one lot sends nothing and says why") func freezeBelowLot() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), lotSize: 700, freeze: 600)
    harness.leaderTrades(1)
    #expect(harness.placements().isEmpty)
    #expect(harness.ends == [.skipped(.freezeBelowLot)])
  }

  @Test("V45: mode fill sends the difference of the cumulative target") func partialFills() {
    var harness = Harness(ratio: "3/10", mode: .fill)
    var sent: [Int64] = []
    for filled: Int64 in [3, 5, 9, 10] {
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 10, filled: filled)
      sent.append(harness.placements(since: mark).reduce(0, +))
    }
    #expect(sent == [0, 1, 1, 1])
  }

  @Test("V46: mode fill keeps what it has when the leader cancels the rest") func fillThenCancel() {
    var harness = Harness(ratio: "1/2", mode: .fill)
    var sent: [Int64] = []
    for filled: Int64 in [1, 2, 3, 5] {
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 8, filled: filled)
      sent.append(harness.placements(since: mark).reduce(0, +))
    }
    #expect(sent == [0, 1, 0, 1])
    let mark = harness.log.count
    harness.leader("1", .buy, lots: 8, filled: 5, status: .cancelled)
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.held == 2)
  }

  /// Leader quantity before and after, follower's lots filled before; the totals of the modifications and whether the rest
  /// is cancelled.
  @Test(
    "a leader's change of quantity becomes a new total of the follower's order",
    arguments: [
      ("V47", 20, 0, [6], false), ("V49", 8, 1, [2], false), ("V50", 2, 0, [], true), ("V48", 5, 2, [], true),
    ] as [(String, Int64, Int64, [Int64], Bool)])
  func quantity(id: String, changed: Int64, filled: Int64, totals: [Int64], cancels: Bool) {
    var harness = Harness(ratio: "3/10")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10)
    if filled > 0 { harness.fill(harness.working[0].correlationID!, lots: filled) }
    let mark = harness.log.count
    harness.leader("1", .buy, lots: changed)
    let seen = harness.log[mark...].compactMap { event -> Int64? in
      if case .modificationRequested(let request) = event { request.terms.quantity.units / 65 } else { nil }
    }
    #expect(seen == totals, "\(id)")
    let cancelled = harness.log[mark...].contains { if case .cancellationRequested = $0 { true } else { false } }
    #expect(cancelled == cancels, "\(id)")
    #expect(harness.held == filled, "\(id)")
  }

  @Test("V48: the excess after a reduction is trimmed or kept by policy, once the leader's order is over")
  func excess() {
    for policy in [TrueUpPolicy.trim, .keep] {
      var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("3/10")!)), trueUp: policy)
      harness.fillsAtOnce = false
      harness.leader("1", .buy, lots: 10)
      harness.fill(harness.working[0].correlationID!, lots: 2)
      harness.leader("1", .buy, lots: 5)
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 5, filled: 5)
      #expect(harness.placements(since: mark) == (policy == .trim ? [-1] : []))
      harness.fillAll()
      #expect(harness.held == (policy == .trim ? 1 : 2))
    }
  }

  @Test("V51: the leader cancels half filled; what the follower got beyond its share is trimmed") func trimmed() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10)
    harness.fill(harness.working[0].correlationID!, lots: 3)
    harness.leader("1", .buy, lots: 10, filled: 4)
    let mark = harness.log.count
    harness.leader("1", .buy, lots: 10, filled: 4, status: .cancelled)
    #expect(harness.log[mark...].contains { if case .cancellationRequested = $0 { true } else { false } })
    #expect(harness.placements(since: mark) == [-1])
    harness.fillAll()
    #expect(harness.held == 2)
    #expect(harness.steps([-4]) == [-2])
  }
}
