import Domain
import Projections
import Reactors
import Testing

/// What the day's file says of a contract, beyond its lot.
@Suite("Rules: the day's file (19, scenario 47)") struct InstrumentRules {
  private func harness(_ change: (inout Instrument) -> Void) throws -> Harness {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)))
    harness.leader("1", .buy, lots: 4, filled: 4)
    var instrument = try #require(harness.state.instruments[harness.contract])
    change(&instrument)
    harness.observe(.instrument(instrument))
    return harness
  }

  @Test("a contract that today's file does not have is left, and not entered") func unlisted() throws {
    var harness = try harness { $0.isListed = false }
    let mark = harness.log.count
    harness.leader("2", .buy, lots: 2, filled: 2)
    #expect(harness.placements(since: mark) == [])
    #expect(harness.reasons == [.instrumentUnknown])
    harness.leader("3", .sell, lots: 6, filled: 6)
    #expect(harness.placements(since: mark) == [-4])
    #expect(harness.held == 0)
  }

  @Test("rule 19: a protected price stays inside of the day's band, so that an exit is not refused for it") func band()
    throws
  {
    var harness = try harness { $0.band = PriceBand(lower: Paise(9_802), upper: Paise(10_208)) }
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, filled: 4, price: 9_900, type: .market)
    #expect(harness.prices.last == .limit(Paise(9_805)), "on the tick, on the safe side")
    harness.run(for: .seconds(30))
    #expect(
      harness.prices.allSatisfy { $0.limit >= Paise(9_802) }, "no step of the ladder leaves it: \(harness.prices)")
    var buying = try self.harness { $0.band = PriceBand(lower: Paise(9_802), upper: Paise(10_208)) }
    buying.leader("2", .buy, lots: 1, filled: 1, price: 10_000, type: .market)
    #expect(buying.prices.last == .limit(Paise(10_205)))
  }

  @Test("a band that the market has left is an old one") func oldBand() throws {
    var harness = try harness { $0.band = PriceBand(lower: Paise(9_800), upper: Paise(10_200)) }
    harness.leader("2", .sell, lots: 4, filled: 4, price: 9_000, type: .market)
    #expect(harness.prices.last == .limit(Paise(8_550)))
  }
}
