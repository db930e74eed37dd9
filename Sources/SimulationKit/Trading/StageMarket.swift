import Domain
import PaperExchange

/// The contracts of the stage, and how their prices walk. What the rest of the market offers comes from here alone.
struct StageMarket {
  struct Price {
    /// The middle, in paise.
    var middle: Int64
    var spreadTicks: Int64 = 2
  }

  static let instruments: [Instrument] = [
    option("47317", .nseFNO, "NIFTY", "NIFTY 29 DEC 24000 CALL", strike: 24_000, .call, lot: 65, freeze: 1_756),
    // Four lots at most: whoever copies at a higher ratio needs tranches.
    option("47318", .nseFNO, "NIFTY", "NIFTY 29 DEC 24000 PUT", strike: 24_000, .put, lot: 65, freeze: 300),
    option("52110", .nseFNO, "BANKNIFTY", "BANKNIFTY 29 DEC 52000 PUT", strike: 52_000, .put, lot: 30, freeze: 600),
    option(
      "874512", .bseFNO, "SENSEX", "SENSEX 31 DEC 80000 CALL", day: 31, strike: 80_000, .call, lot: 20, freeze: 200),
    option("61204", .nseFNO, "ITC", "ITC 29 DEC 400 CALL", strike: 400, .call, lot: 1_600, freeze: nil, tick: 1),
    // What covers the first (rule 22).
    option("47325", .nseFNO, "NIFTY", "NIFTY 29 DEC 24500 CALL", strike: 24_500, .call, lot: 65, freeze: 1_756),
  ]

  /// What the leader trades and nobody copies: a share and a future.
  static let others: [Instrument] = [
    plain("2885", .nseEquity, "RELIANCE", "RELIANCE", lot: 1, tick: 10),
    plain("35001", .nseFNO, "NIFTY", "NIFTY 29 DEC FUT", lot: 65, tick: 10),
  ]

  /// The contracts of this stage.
  let instruments: [Instrument]
  let others = StageMarket.others
  private(set) var prices: [ContractID: Price] = [:]

  /// - Parameter middles: where the prices of the instruments begin, in paise.
  init(
    _ instruments: [Instrument] = StageMarket.instruments,
    middles: [Int64] = [15_000, 13_800, 31_000, 45_500, 1_250, 6_200]
  ) {
    self.instruments = instruments
    for (instrument, middle) in zip(instruments, middles) { prices[instrument.contract] = Price(middle: middle) }
    for instrument in StageMarket.others { prices[instrument.contract] = Price(middle: 140_000, spreadTicks: 4) }
  }

  /// Best bid and offer: on the tick, and apart.
  func bid(_ instrument: Instrument) -> Paise { edge(instrument, -1) }
  func ask(_ instrument: Instrument) -> Paise { edge(instrument, 1) }

  private func edge(_ instrument: Instrument, _ sign: Int64) -> Paise {
    let tick = instrument.tickSize.count
    guard let price = prices[instrument.contract] else { return instrument.tickSize }
    let half = max(1, price.spreadTicks / 2)
    return Paise(max(tick * (3 + sign), (price.middle / tick + sign * half) * tick))
  }

  /// A price `ticks` away from the middle: above it where positive.
  func away(_ ticks: Int64, _ instrument: Instrument) -> Paise {
    let tick = instrument.tickSize.count
    let middle = prices[instrument.contract]?.middle ?? tick
    return Paise(max(tick, (middle / tick + ticks) * tick))
  }

  /// Mostly a few ticks, now and then a jump; never so far that an exchange would stop it.
  mutating func walk(_ instrument: Instrument, _ random: inout SeededGenerator) {
    guard var price = prices[instrument.contract] else { return }
    let reach = random.chance(10) ? 30 : 5
    let ticks = Int64(random.below(2 * reach + 1) - reach)
    price.middle = max(40 * instrument.tickSize.count, price.middle + ticks * instrument.tickSize.count)
    price.spreadTicks = Int64(2 + 2 * random.below(3))
    prices[instrument.contract] = price
  }

  func quote(_ instrument: Instrument, bidLots: Int64, askLots: Int64) -> PaperQuote {
    PaperQuote(
      contract: instrument.contract, bid: bid(instrument), ask: ask(instrument),
      bidSize: instrument.lotSize.quantity(of: Lots(bidLots)), askSize: instrument.lotSize.quantity(of: Lots(askLots)))
  }

  static func option(
    _ id: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, _ name: ShortText, month: Int = 12,
    day: Int = 29, strike: Int64, _ type: OptionType, lot: Int64, freeze: Int64?, tick: Int64 = 5,
    isStockOption: Bool = false
  ) -> Instrument {
    guard let expiry = Day(year: 2026, month: month, day: day), let lotSize = LotSize(lot) else {
      preconditionFailure("The contracts of the stage are written wrongly.")
    }
    return Instrument(
      contract: ContractID(
        segment: segment, securityID: id, option: OptionTerms(expiry: expiry, strike: .rupees(strike), type: type)),
      underlying: underlying, displayName: name, lotSize: lotSize, tickSize: Paise(tick),
      freezeQuantity: freeze.map { Quantity($0) }, isStockOption: isStockOption)
  }

  private static func plain(
    _ id: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, _ name: ShortText, lot: Int64, tick: Int64
  ) -> Instrument {
    guard let lotSize = LotSize(lot) else { preconditionFailure("A lot has units.") }
    return Instrument(
      contract: ContractID(segment: segment, securityID: id, option: nil), underlying: underlying, displayName: name,
      lotSize: lotSize, tickSize: Paise(tick), freezeQuantity: nil)
  }
}
