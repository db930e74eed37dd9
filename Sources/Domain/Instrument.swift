/// Where a contract trades, in the broker's words. Anything else is recorded as ``other`` and never copied.
public enum ExchangeSegment: String, Sendable, Codable, CaseIterable {
  case nseFNO = "NSE_FNO"
  case bseFNO = "BSE_FNO"
  case nseEquity = "NSE_EQ"
  case bseEquity = "BSE_EQ"
  case nseCurrency = "NSE_CURRENCY"
  case bseCurrency = "BSE_CURRENCY"
  case mcxCommodity = "MCX_COMM"
  case other = "OTHER"

  /// The segments whose options are copied. MCX is left out on purpose: its quantity unit is unconfirmed
  /// (options-domain.md §1.8).
  public var tradesCopiedOptions: Bool { self == .nseFNO || self == .bseFNO }
}

public enum OptionType: String, Sendable, Codable {
  case call = "CE"
  case put = "PE"
}

/// What sets an option apart from other contracts that may one day carry the same security number.
public struct OptionTerms: Hashable, Sendable, Codable {
  public let expiry: Day
  public let strike: Paise
  public let type: OptionType
  public init(expiry: Day, strike: Paise, type: OptionType) {
    self.expiry = expiry
    self.strike = strike
    self.type = type
  }
}

/// A tradable contract. Equality includes the option's terms, since exchanges use a number again after expiry.
public struct ContractID: Hashable, Sendable, Codable {
  public let segment: ExchangeSegment
  public let securityID: SecurityID
  /// `nil` for anything that is not an option.
  public let option: OptionTerms?

  public init(segment: ExchangeSegment, securityID: SecurityID, option: OptionTerms?) {
    self.segment = segment
    self.securityID = securityID
    self.option = option
  }
}

extension ContractID {
  // The number alone tells almost all contracts apart; the rest is left to equality.
  public func hash(into hasher: inout Hasher) { hasher.combine(securityID) }
}

extension ContractID: Comparable {
  public static func < (left: ContractID, right: ContractID) -> Bool {
    if left.segment != right.segment { return left.segment.rawValue < right.segment.rawValue }
    if left.securityID != right.securityID { return left.securityID < right.securityID }
    guard let ours = left.option, let theirs = right.option else { return left.option == nil && right.option != nil }
    if ours.expiry != theirs.expiry { return ours.expiry < theirs.expiry }
    if ours.strike != theirs.strike { return ours.strike < theirs.strike }
    return ours.type.rawValue < theirs.type.rawValue
  }
}

/// The prices that a contract may be dealt at on one day, both included.
public struct PriceBand: Hashable, Sendable, Codable {
  public let lower: Paise
  public let upper: Paise

  public init(lower: Paise, upper: Paise) {
    self.lower = lower
    self.upper = upper
  }
}

/// The facts of one contract on one day, from the broker's instrument file (never from a table in the code).
public struct Instrument: Hashable, Sendable, Codable {
  public let contract: ContractID
  public let underlying: Underlying
  /// As a trader reads it: `NIFTY 29 DEC 24000 CALL`.
  public let displayName: ShortText
  public let lotSize: LotSize
  /// The smallest price step; at least one paisa.
  public let tickSize: Paise
  /// The largest quantity of one order, in units; `nil` where the file knows none.
  public var freezeQuantity: Quantity?
  /// The day's price band; `nil` where the file knows none.
  public var band: PriceBand?
  /// Whether the file of the day has the contract. What is not in it may have been taken off the exchange: it is left, and not
  /// entered.
  public var isListed: Bool
  /// Whether it is an option on a stock: settled in shares, where one on an index is settled in money.
  public let isStockOption: Bool

  public init(
    contract: ContractID, underlying: Underlying, displayName: ShortText, lotSize: LotSize, tickSize: Paise,
    freezeQuantity: Quantity?, isStockOption: Bool = false, band: PriceBand? = nil, isListed: Bool = true
  ) {
    self.contract = contract
    self.underlying = underlying
    self.displayName = displayName
    self.lotSize = lotSize
    self.tickSize = tickSize
    self.freezeQuantity = freezeQuantity
    self.isStockOption = isStockOption
    self.band = band
    self.isListed = isListed
  }

  /// The most lots that one order may carry: the freeze quantity rounded down to whole lots (1756 at 65 is 27 lots).
  /// `nil` is no limit; zero means that not even one lot is allowed, and nothing can be sent.
  public var maximumLotsPerChild: Lots? { freezeQuantity.map { lotSize.wholeLots(in: $0) } }
}

/// One position of an account: a contract under one product. INTRADAY and MARGIN of one contract are two positions.
public struct PositionKey: Hashable, Sendable, Comparable, Codable {
  public let contract: ContractID
  public let product: ProductType

  public init(contract: ContractID, product: ProductType) {
    self.contract = contract
    self.product = product
  }

  // A contract is rarely held under two products at once; equality tells those apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(contract) }

  public static func < (left: PositionKey, right: PositionKey) -> Bool {
    left.contract != right.contract
      ? left.contract < right.contract : left.product.rawValue < right.product.rawValue
  }
}
