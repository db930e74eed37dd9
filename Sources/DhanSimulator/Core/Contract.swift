import Domain
import PaperExchange

/// One row of the instrument file, and one thing that can be traded.
public struct Contract: Hashable, Sendable {
  public let instrument: Instrument
  /// `UNDERLYING_SECURITY_ID` of the file.
  public let underlyingSecurityID: String
  /// `WEEKLY`, `MONTHLY` or neither, as the file abbreviates them.
  public let expiryFlag: String
  /// What the file calls its kind: `OPTIDX`, `OPTSTK`, `FUTIDX`, `EQUITY` and so on.
  public let kind: String
  /// When an option or a future ends; `nil` for a share.
  public let expiry: Day?

  public var id: ContractID { instrument.contract }

  /// The name in order and position readings: `NIFTY-Dec2026-24000-CE`.
  public var tradingSymbol: String {
    guard let option = id.option else {
      return expiry.map { "\(instrument.underlying)-\(IndianTime.monthAndYear($0))-FUT" }
        ?? instrument.underlying.description
    }
    return "\(instrument.underlying)-\(IndianTime.monthAndYear(option.expiry))-\(Contract.strike(option.strike))-"
      + option.type.rawValue
  }

  static func strike(_ strike: Paise) -> String {
    let text = strike.description
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  public static func option(
    _ securityID: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, expiry: Day, strike: Paise,
    _ type: OptionType, lotSize: LotSize, tickSize: Paise = Paise(5), freezeQuantity: Quantity?,
    underlyingSecurityID: String, expiryFlag: String = "M", kind: String? = nil
  ) -> Contract? {
    let word = type == .call ? "CALL" : "PUT"
    guard
      let name = ShortText(
        validating: "\(underlying) \(IndianTime.dayAndMonth(expiry)) \(Contract.strike(strike)) \(word)")
    else { return nil }
    let id = ContractID(
      segment: segment, securityID: securityID, option: OptionTerms(expiry: expiry, strike: strike, type: type))
    return Contract(
      instrument: Instrument(
        contract: id, underlying: underlying, displayName: name, lotSize: lotSize, tickSize: tickSize,
        freezeQuantity: freezeQuantity),
      underlyingSecurityID: underlyingSecurityID, expiryFlag: expiryFlag, kind: kind ?? optionKind(segment),
      expiry: expiry)
  }

  private static func optionKind(_ segment: ExchangeSegment) -> String {
    switch segment {
    case .nseCurrency, .bseCurrency: "OPTCUR"
    case .mcxCommodity: "OPTFUT"
    case .nseFNO, .bseFNO, .nseEquity, .bseEquity, .other: "OPTIDX"
    }
  }

  public static func future(
    _ securityID: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, expiry: Day, lotSize: LotSize,
    tickSize: Paise = Paise(5), freezeQuantity: Quantity? = nil, kind: String? = nil,
    underlyingSecurityID: String = "0", expiryFlag: String = "M"
  ) -> Contract? {
    let month = IndianTime.dayAndMonth(expiry).suffix(3)
    guard let name = ShortText(validating: "\(underlying) \(month) FUT") else { return nil }
    return Contract(
      instrument: Instrument(
        contract: ContractID(segment: segment, securityID: securityID, option: nil), underlying: underlying,
        displayName: name, lotSize: lotSize, tickSize: tickSize, freezeQuantity: freezeQuantity),
      underlyingSecurityID: underlyingSecurityID, expiryFlag: expiryFlag, kind: kind ?? futureKind(segment),
      expiry: expiry)
  }

  private static func futureKind(_ segment: ExchangeSegment) -> String {
    switch segment {
    case .nseCurrency, .bseCurrency: "FUTCUR"
    case .mcxCommodity: "FUTCOM"
    case .nseFNO, .bseFNO, .nseEquity, .bseEquity, .other: "FUTIDX"
    }
  }

  public static func equity(
    _ securityID: SecurityID, _ segment: ExchangeSegment, _ symbol: Underlying, tickSize: Paise = Paise(5)
  ) -> Contract? {
    guard let lotSize = LotSize(1) else { return nil }
    return Contract(
      instrument: Instrument(
        contract: ContractID(segment: segment, securityID: securityID, option: nil), underlying: symbol,
        displayName: symbol.text, lotSize: lotSize, tickSize: tickSize, freezeQuantity: nil),
      underlyingSecurityID: securityID.description, expiryFlag: "NA", kind: "EQUITY", expiry: nil)
  }
}

extension Contract {
  /// The demonstration's four options and one share. Once they have expired, they come back whole weeks later, so that
  /// the simulator works on any day.
  static func standard(on today: Day) -> [Contract] {
    let options = PaperDemo.instruments.compactMap { instrument -> Contract? in
      guard let terms = instrument.contract.option else { return nil }
      return option(
        instrument.contract.securityID, instrument.contract.segment, instrument.underlying,
        expiry: notPast(terms.expiry, today), strike: terms.strike, terms.type, lotSize: instrument.lotSize,
        tickSize: instrument.tickSize, freezeQuantity: instrument.freezeQuantity,
        underlyingSecurityID: underlyingSecurityID(instrument.underlying))
    }
    return options + [equity("1333", .nseEquity, "HDFCBANK")].compactMap(\.self)
  }

  private static func notPast(_ expiry: Day, _ today: Day) -> Day {
    guard expiry < today else { return expiry }
    let weeks = (today.daysSinceEpoch - expiry.daysSinceEpoch) / 7 + 1
    return Day(daysSinceEpoch: expiry.daysSinceEpoch + 7 * weeks)
  }

  /// As in the file (dhan-api-v2.md §9.4): not the number that the option chain wants.
  static func underlyingSecurityID(_ underlying: Underlying) -> String {
    switch underlying {
    case "NIFTY": "26000"
    case "BANKNIFTY": "26009"
    case "SENSEX": "1"
    default: "0"
    }
  }

  /// Quotes of the standard contracts: those that the demonstration begins with.
  static let standardQuotes: [SimulatedQuote] = [
    SimulatedQuote(securityID: "47317", bid: Paise(15_190), ask: Paise(15_230)),
    SimulatedQuote(securityID: "47318", bid: Paise(13_800), ask: Paise(13_840)),
    SimulatedQuote(securityID: "52110", bid: Paise(31_000), ask: Paise(31_060)),
    SimulatedQuote(securityID: "874512", bid: Paise(45_500), ask: Paise(45_580)),
    SimulatedQuote(securityID: "1333", bid: Paise(98_000), ask: Paise(98_020)),
  ]
}
