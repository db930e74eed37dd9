import Domain
import Testing

@Suite("Rules: legs of a super order") struct LegRules {
  @Test(
    "rule 12: a leg that still rests when the other one has ended the position opens nothing; as any order it would")
  func lateWord() {
    for isExitLeg in [true, false] {
      var harness = Harness(ratio: "1/2")
      harness.leader("1", .buy, lots: 4, filled: 4)
      harness.fillsAtOnce = false
      harness.leader("2", .sell, lots: 4, price: 9_000, type: .stopLoss, trigger: 9_100, isExitLeg: isExitLeg)
      harness.leader("3", .sell, lots: 4, filled: 4, price: 11_000, isExitLeg: isExitLeg)
      harness.fillAll()
      harness.observe(.leaderBookRead(orders: 3, askedAt: harness.time))
      #expect(harness.held == 0)
      #expect(harness.working.isEmpty == isExitLeg, "\(harness.story)")
      harness.leader("2", .sell, lots: 4, price: 9_000, status: .cancelled, type: .stopLoss, trigger: 9_100)
      #expect(harness.working.isEmpty && harness.held == 0)
    }
  }

  @Test("rule 12: a leg that is told before the entry that it belongs to waits for that, and then closes")
  func beforeEntry() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, price: 9_000, type: .stopLoss, trigger: 9_100, isExitLeg: true)
    #expect(harness.working.isEmpty)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillAll()
    #expect(harness.held == 2)
    #expect(harness.working.map(\.side) == [.sell] && harness.working.map(\.quantity) == [Quantity(2 * Harness.lot)])
  }

  @Test("promise 3: a target that waits for the lots which its stop still has out ends as copied, and once")
  func target() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, price: 9_000, type: .stopLoss, trigger: 9_100)
    harness.leader("3", .sell, lots: 4, price: 11_000)
    harness.leader("3", .sell, lots: 4, filled: 4, price: 11_000)
    harness.fillAll()
    let ends = harness.log.compactMap { event -> LinkEnd? in
      guard case .linkEnded(let ended) = event, ended.origin == LinkOrigin("3") else { return nil }
      return ended.end
    }
    #expect(ends == [.copied(Lots(2))], "\(harness.story)")
  }

  @Test("rule 7: what a leg opens for the leader after all is followed when it has filled") func opened() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .sell, lots: 4, price: 9_000, isExitLeg: true)
    #expect(harness.held == 0)
    harness.leader("1", .sell, lots: 4, filled: 4, price: 9_000, isExitLeg: true)
    #expect(harness.held == -2)
  }
}
