import Domain
import Reactors
import Testing

@Suite("Rules: changes of an order, and what it looks like") struct ChangeRules {
  private func resting() -> Harness {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    return harness
  }

  @Test("ten changes of the price in a second become few, and the last one counts") func coalesced() {
    var harness = resting()
    harness.leader("1", .buy, lots: 4)
    for step in 1...10 {
      harness.run(for: .milliseconds(100))
      harness.leader("1", .buy, lots: 4, price: Int64(10_000 + 5 * step))
    }
    harness.run(for: .seconds(1))
    #expect(harness.modifications.last == 10_050)
    #expect((2...6).contains(harness.modifications.count), "\(harness.modifications)")
  }

  @Test("the type changes with the leader's: a limit becomes a stop, a stop a limit, a limit a protected market order")
  func type() {
    var harness = resting()
    harness.leader("1", .buy, lots: 4, price: 9_800)
    harness.leader("1", .buy, lots: 4, price: 10_600, type: .stopLoss, trigger: 10_500)
    harness.run(for: .seconds(1))
    #expect(harness.prices.last == .stop(trigger: Paise(10_500), limit: Paise(10_600)))
    harness.leader("1", .buy, lots: 4, price: 9_900)
    harness.run(for: .seconds(1))
    #expect(harness.prices.last == .limit(Paise(9_900)))
    harness.leader("1", .buy, lots: 4, price: 0, type: .market, reference: 10_000)
    harness.run(for: .seconds(1))
    #expect(harness.prices.last == .limit(Paise(10_500)))
    harness.leader("1", .buy, lots: 4, price: 10_800, type: .limit)
    harness.run(for: .seconds(1))
    #expect(harness.prices.last == .limit(Paise(10_500)), "the broker's own limit is not followed (rule 5)")
  }

  @Test("the validity changes with the leader's") func validity() {
    var harness = resting()
    harness.leader("1", .buy, lots: 4)
    harness.leader("1", .buy, lots: 4, validity: .immediateOrCancel)
    harness.run(for: .seconds(1))
    #expect(harness.asked.map(\.terms.validity) == [.day, .immediateOrCancel])
  }

  @Test(
    "a disclosed quantity is scaled in whole lots, more than three tenths, and never all of it",
    arguments: [("1", 20, 8, 8), ("1/2", 20, 8, 4), ("1/10", 20, 8, 1), ("1/20", 20, 8, 0), ("1", 10, 3, 4)]
      as [(String, Int64, Int64, Int64)])
  func disclosed(ratio: String, lots: Int64, shown: Int64, ours: Int64) {
    var harness = Harness(ratio: ratio)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: lots, shown: shown)
    #expect(harness.asked.map { $0.terms.disclosedQuantity.units / Harness.lot } == [ours])
  }

  @Test("an after-market order is followed once it has reached the exchange, whatever its age was") func afterMarket() {
    var harness = resting()
    harness.leader("1", .buy, lots: 4, afterMarket: true)
    harness.run(for: .seconds(60))
    #expect(harness.asked.isEmpty && harness.ends.isEmpty)
    harness.leader("1", .buy, lots: 4)
    #expect(harness.placements() == [4])
  }

  @Test("with after_market: copy it goes out as an after-market order at once") func copied() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio("1")!)), entries: EntrySettings(afterMarket: .copy))
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4, afterMarket: true)
    guard case .placementRequested(let request)? = harness.log.first(where: { $0.type == .placementRequested }) else {
      Issue.record("nothing was placed")
      return
    }
    #expect(request.afterMarket && request.terms.quantity == harness.lotSize.quantity(of: Lots(4)))
  }

  @Test("rule 17: an order that still rests after an outage is copied at its own price only where that is wanted")
  func restingOrders() {
    for (policy, placed) in [(RestingPolicy.skip, []), (.copy, [4])] as [(RestingPolicy, [Int64])] {
      var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), entries: EntrySettings(resting: policy))
      harness.fillsAtOnce = false
      harness.leader("1", .buy, lots: 4, age: .seconds(600))
      #expect(harness.placements() == placed)
    }
  }
}
