import Domain
import Reactors
import Testing

/// The price vectors of options-domain.md §4.7, through the real reactors: a MARKET order of the leader's that refers to a
/// market price goes out as a LIMIT at the protected price.
@Suite("Vectors V52 to V58: protected limits") struct PriceVectorTests {
  @Test(
    "a MARKET order goes out at the protected limit: band, tick on the safe side, limit price protection",
    arguments: [
      ("V52", 8_000, Side.buy, "1/20", 5, 8_400), ("V53", 12_345, .buy, "3/100", 5, 12_715),
      ("V54", 12_345, .sell, "3/100", 5, 11_975), ("V55", 1_230, .sell, "1/10", 5, 1_110),
      ("V56", 10, .sell, "1/2", 5, 5), ("V57", 337, .buy, "1/20", 1, 353), ("V58", 4_000, .buy, "3/5", 5, 6_000),
    ] as [(String, Int64, Side, String, Int64, Int64)])
  func protected(name: String, reference: Int64, side: Side, band: String, tick: Int64, limit: Int64) throws {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(try #require(Ratio("1")))),
      entries: EntrySettings(priceBand: try #require(Ratio(band))), tick: tick)
    harness.fillsAtOnce = false
    harness.leader("1", side, lots: 1, price: 0, status: .transit, type: .market, reference: reference)
    #expect(harness.prices == [.limit(Paise(limit))], "\(name)")
    #expect(harness.reference?.source == .frame && harness.reference?.price == Paise(reference), "\(name)")
  }

  @Test("a stop's limit stays within a fifth of its trigger, Rs 10 where that is Rs 50 or less (§1.6)")
  func stopLimits() throws {
    for (trigger, side, limit) in [(10_000, Side.buy, 12_000), (10_000, .sell, 8_000), (4_000, .buy, 5_000)] {
      var harness = Harness(
        Sizing(strategy: .fixedRatio(try #require(Ratio("1")))),
        entries: EntrySettings(priceBand: try #require(Ratio("1/2"))))
      harness.leader("1", side, lots: 1, price: 0, type: .stopLossMarket, trigger: Int64(trigger))
      #expect(harness.prices.first == .stop(trigger: Paise(Int64(trigger)), limit: Paise(Int64(limit))))
    }
  }
}
