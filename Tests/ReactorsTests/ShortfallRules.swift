import Domain
import Projections
import Reactors
import Testing

/// Money that is known to be short before anything is asked of the broker.
@Suite("Shortfalls known beforehand") struct ShortfallRules {
  /// Ten lots at 100.00 are 65,000 rupees.
  private func harness(_ policy: ShortfallPolicy, available: Int64, utilised: Int64 = 0, startOfDay: Int64? = nil)
    -> Harness
  {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one), exitRounding: .lagging, onShortfall: policy))
    harness.fund(available: available, utilised: utilised, startOfDay: startOfDay)
    return harness
  }

  private func shortfalls(_ harness: Harness) -> [EntryForgone.Shortfall] {
    harness.log.compactMap { if case .entryForgone(let forgone) = $0 { forgone.shortfall } else { nil } }
  }

  @Test("an entry that the account cannot pay is skipped whole, with what it has and what one lot takes")
  func skipped() {
    var harness = harness(.skip, available: 60_000)
    #expect(harness.steps([10]) == [0])
    #expect(harness.reasons == [.insufficientMargin])
    #expect(shortfalls(harness) == [.init(available: .rupees(60_000), perLot: .rupees(6_500))])
  }

  @Test("where steps are wanted, the lots that it can pay are entered, and the rest is forgone") func steppedDown() {
    var harness = harness(.stepDown, available: 60_000)
    #expect(harness.steps([10]) == [9])
    #expect(harness.reasons == [.insufficientMargin])
    #expect(harness.steps([-10]) == [-9])
  }

  @Test("what it can pay goes out whole") func paid() {
    var harness = harness(.skip, available: 65_000)
    #expect(harness.steps([10]) == [10])
    #expect(harness.reasons == [])
  }

  @Test("a reading that is older than the account's last trade says nothing: the broker does") func stale() {
    var harness = harness(.skip, available: 65_000)
    #expect(harness.steps([9]) == [9])
    #expect(harness.steps([5]) == [5])
    harness.fund(available: 6_000, utilised: 59_000, startOfDay: 65_000)
    #expect(harness.steps([1]) == [0])
  }

  @Test("numbers that do not add up, as with collateral or a payment, say nothing") func unexplained() {
    var harness = harness(.skip, available: 0, utilised: 10_000, startOfDay: 90_000)
    #expect(harness.steps([10]) == [10])
  }

  @Test("a short is measured by its margin where the broker told it, and by the broker where not") func shorts() {
    var known = harness(.stepDown, available: 500_000)
    known.observe(.margin("asha", known.contract, perLot: .rupees(120_000)))
    #expect(known.steps([-10]) == [-4])
    var unknown = harness(.skip, available: 500_000)
    #expect(unknown.steps([-10]) == [-10])
  }
}

extension Harness {
  fileprivate mutating func fund(available: Int64, utilised: Int64 = 0, startOfDay: Int64? = nil) {
    let whole = startOfDay ?? available + utilised
    observe(
      .followerFunds(
        "asha",
        Funds(startOfDay: .rupees(whole), available: .rupees(available), utilised: .rupees(utilised))))
  }
}
