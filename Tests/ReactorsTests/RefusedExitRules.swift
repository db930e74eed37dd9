import Domain
import Projections
import Reactors
import Testing

/// Exits of several orders of which some are refused (rules 5, 16 and 24).
@Suite("Rule 5: refused exits") struct RefusedExitRules {
  /// Eight lots are held, and two orders of four are out for their exit.
  private func leaving() -> Harness {
    var harness = Harness(ratio: "1", freeze: 65 * 4)
    harness.leaderTrades(8)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 8, price: 11_000)
    return harness
  }

  @Test("where each of several orders is refused, none is tried again, and a person is called") func all() {
    var harness = leaving()
    let mark = harness.log.count
    harness.rejectNewest()
    harness.rejectNewest()
    harness.run(for: .seconds(60))
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.openAlerts.contains(.exitRefused))
    harness.leader("9", .sell, lots: 8, price: 11_000, status: .cancelled)
    harness.fillsAtOnce = true
    harness.leader("10", .sell, lots: 8, filled: 8)
    #expect(harness.held == 0, "another order of the leader's is another wish")
  }

  @Test(
    "what was refused of an exit does not hold back the rest of it: that is re-priced, and grows again with the leader's"
  )
  func theRest() {
    var harness = leaving()
    harness.rejectNewest()
    let mark = harness.log.count
    harness.leader("9", .sell, lots: 2, price: 11_000)
    harness.runLanes()
    #expect(harness.working.map(\.quantity.units) == [2 * 65])
    harness.leader("9", .sell, lots: 8, price: 10_500)
    harness.runLanes()
    harness.run(for: .seconds(2))
    #expect(harness.working.map(\.quantity.units) == [4 * 65], "four of the eight were refused")
    #expect(harness.working.map(\.price.count) == [10_500])
    #expect(harness.placements(since: mark).isEmpty)
    harness.leader("9", .sell, lots: 8, filled: 8, price: 10_500)
    harness.fillAll()
    #expect(harness.held == 4)
    #expect(harness.openAlerts.contains(.exitRefused))
  }
}
