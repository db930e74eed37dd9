import Domain
import Projections
import Reactors
import Testing

/// Limits on what positions gain and lose with their market, and shorts sized by what they may lose.
@Suite("Rules: limits on Greeks (4), sizes by stress") struct GreeksRules {
  /// Half of NIFTY at 25,000: a lot of 65 is worth 8,12,500 rupees of it.
  private static let half = greeks(delta: 500_000)

  private static func greeks(delta: Int64, vega: Int64 = 129_900) -> ContractGreeks {
    ContractGreeks(
      source: .chain, underlying: .rupees(25_000), volatilityMillionths: 120_000, deltaMillionths: delta,
      gammaBillionths: 1_360_000,
      thetaPaisaHundredths: -128_875, vegaPaisaHundredths: vega)
  }

  private func harness(
    rupeeDelta: Int64? = nil, vega: Int64? = nil, known: ContractGreeks? = GreeksRules.half,
    sizing: Sizing = Sizing(strategy: .fixedRatio(.one)), baskets: BasketSettings? = nil
  ) -> Harness {
    var harness = Harness(
      sizing,
      limits: CopyLimits(
        maximumRupeeDelta: rupeeDelta.map { .rupees($0) }, maximumVega: vega.map { .rupees($0) }),
      baskets: baskets)
    harness.greeksOf = { _ in known }
    return harness
  }

  private func forgone(_ harness: Harness) -> [EntryForgone] {
    harness.log.compactMap { if case .entryForgone(let forgone) = $0 { forgone } else { nil } }
  }

  private func count(_ type: EventType, _ harness: Harness) -> Int { harness.log.count { $0.type == type } }

  @Test("V10: a limit on rupee delta of 10,00,000 lets one lot in where each is 8,12,500; an exit never asks")
  func rupeeDelta() throws {
    var harness = harness(rupeeDelta: 1_000_000)
    harness.leader("1", .buy, lots: 3, filled: 3)
    #expect(harness.held == 1 && harness.reasons == [.rupeeDelta])
    // The arithmetic, and what it was made of, stand with the decision.
    let reason = try #require(forgone(harness).first)
    #expect(reason.shortfall == EntryForgone.Shortfall(available: .rupees(1_000_000), perLot: .rupees(812_500)))
    #expect(reason.greeks == Self.half)
    let placed = harness.log.compactMap { if case .placementRequested(let it) = $0 { it.why.greeks } else { nil } }
    #expect(placed == [Self.half])
    harness.greeksOf = { _ in nil }
    harness.time = harness.time + .seconds(60)
    harness.leader("2", .sell, lots: 3, filled: 3)
    #expect(harness.held == 0)
    #expect(count(.greeksWanted, harness) == 1)
  }

  @Test("rule 4: what is held and what works count; what would take from the sum counts once it has filled")
  func counted() {
    var harness = harness(rupeeDelta: 2_000_000)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    #expect(harness.placements() == [2], "16,25,000 work")
    harness.leader("2", .buy, lots: 1)
    #expect(harness.reasons == [.rupeeDelta])
    harness.fillAll()
    harness.contract = Self.put
    list(&harness)
    harness.greeksOf = { $0 == Self.put ? Self.greeks(delta: -400_000) : Self.half }
    // A put of 6,50,000 a lot: 36,25,000 of room on its side.
    harness.leader("3", .buy, lots: 6)
    #expect(harness.placements() == [2, 5])
    harness.contract = Harness.nifty
    harness.leader("4", .buy, lots: 1)
    #expect(harness.placements() == [2, 5], "the puts may not fill")
    harness.fillAll()
    harness.leader("5", .buy, lots: 3)
    #expect(harness.placements() == [2, 5, 3], "they have, and 16,25,000 of their side are held")
  }

  @Test("a limit on vega bounds the same way, to either side", arguments: [Side.buy, .sell]) func vega(side: Side) {
    // 65 × 12.99 is 844.35 a lot.
    var harness = harness(vega: 2_000)
    harness.leader("1", side, lots: 3, filled: 3)
    #expect(harness.held == 2 * side.sign && harness.reasons == [.vega])
  }

  @Test("what nobody can tell keeps an entry out, after five seconds and with its reason; the next one asks again")
  func unknown() {
    var harness = harness(rupeeDelta: 10_000_000, known: nil)
    harness.leader("1", .buy, lots: 1, filled: 1)
    #expect(harness.placements() == [] && harness.reasons == [])
    harness.run(for: .seconds(6))
    #expect(harness.reasons == [.greeksUnknown] && harness.ends == [.skipped(.greeksUnknown)])
    harness.run(for: .seconds(1))
    harness.greeksOf = { _ in Self.half }
    harness.leader("2", .buy, lots: 1, filled: 1)
    #expect(harness.held == 1 && count(.greeksWanted, harness) == 2)
  }

  @Test("Greeks older than half a minute are asked for anew, and newer ones are not") func freshness() {
    var harness = harness(rupeeDelta: 10_000_000)
    harness.leader("1", .buy, lots: 1, filled: 1)
    harness.run(for: .seconds(20))
    harness.leader("2", .buy, lots: 1, filled: 1)
    #expect(count(.greeksWanted, harness) == 1)
    harness.run(for: .seconds(40))
    harness.leader("3", .buy, lots: 1, filled: 1)
    #expect(count(.greeksWanted, harness) == 2 && harness.held == 3)
  }

  @Test("without a limit nobody asks") func off() {
    var harness = harness()
    harness.leader("1", .buy, lots: 3, filled: 3)
    #expect(harness.held == 3 && count(.greeksWanted, harness) == 0)
  }

  @Test("a basket is bound as a whole, by what its legs do together") func basket() {
    var harness = harness(
      rupeeDelta: 600_000, sizing: Sizing(strategy: .fixedRatio(.one)), baskets: BasketSettings(grouping: .window))
    harness.contract = Self.put
    list(&harness)
    harness.greeksOf = { $0 == Self.put ? Self.greeks(delta: -400_000) : Self.half }
    // A call of 8,12,500 and a put of −6,50,000: 1,62,500 together, so three of four go.
    harness.leader("1000001", .buy, lots: 4, filled: 4)
    harness.contract = Harness.nifty
    harness.leader("1000002", .buy, lots: 4, filled: 4)
    harness.run(for: .seconds(4))
    #expect(harness.account.ledgers.values.map(\.held.units) == [3 * 65, 3 * 65])
  }

  @Test("risk_based: a short is sized by what it loses on a bad day, and the arithmetic is told") func stress() throws {
    let sizing = Sizing(
      strategy: .riskBased(.startOfDay, share: Ratio(2, 100)!),
      shortStress: ShortStress(move: Ratio(3, 100)!, volatilityPoints: 5))
    var harness = harness(sizing: sizing)
    harness.observe(
      .followerFunds(
        "asha", Funds(startOfDay: .rupees(5_000_000), available: .rupees(5_000_000), utilised: .zero)))
    harness.leader("1", .sell, lots: 9, filled: 9)
    // A lot: 65 × (0.5 × 750 + ½ × 0.00136 × 750² + 12.99 × 5) = 24,375 + 24,862.50 + 4,221.75.
    let sized = harness.log.compactMap { if case .entrySized(let it) = $0 { it } else { nil } }
    #expect(sized.first?.perLot == Paise(5_345_925) && sized.first?.budget == .rupees(100_000))
    #expect(sized.first?.greeks == Self.half && harness.held == -1)
    #expect(count(.marginQuoted, harness) == 0)
  }

  @Test("a short whose loss nobody can tell is not entered; one that may lose too much neither") func stressUnknown() {
    let sizing = Sizing(
      strategy: .riskBased(.startOfDay, share: Ratio(2, 100)!),
      shortStress: ShortStress(move: Ratio(3, 100)!, volatilityPoints: 0))
    let money = Funds(startOfDay: .rupees(1_000_000), available: .rupees(1_000_000), utilised: .zero)
    var unknown = harness(known: nil, sizing: sizing)
    unknown.observe(.followerFunds("asha", money))
    unknown.leader("1", .sell, lots: 1, filled: 1)
    unknown.run(for: .seconds(6))
    #expect(unknown.reasons == [.greeksUnknown] && unknown.held == 0)
    var dear = harness(sizing: sizing)
    dear.observe(.followerFunds("asha", money))
    dear.leader("1", .sell, lots: 1, filled: 1)
    #expect(dear.reasons == [.riskBudget] && dear.held == 0)
  }

  private static let put = ContractID(
    segment: .nseFNO, securityID: "47318",
    option: OptionTerms(expiry: Day("2026-12-29")!, strike: .rupees(24_000), type: .put))

  private func list(_ harness: inout Harness) {
    harness.observe(
      .instrument(
        Instrument(
          contract: Self.put, underlying: "NIFTY", displayName: "NIFTY 29 DEC 24000 PUT", lotSize: LotSize(65)!,
          tickSize: Paise(5), freezeQuantity: nil)))
  }
}
