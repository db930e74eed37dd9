import Domain

/// The options of one underlying that expire on one day.
public struct ChainSeries: Hashable, Sendable, Comparable {
  public let underlying: Underlying
  public let expiry: Day

  public init(underlying: Underlying, expiry: Day) {
    self.underlying = underlying
    self.expiry = expiry
  }

  public static func < (left: ChainSeries, right: ChainSeries) -> Bool {
    left.underlying == right.underlying ? left.expiry < right.expiry : left.underlying < right.underlying
  }
}

/// A reading of the broker's option chain (dhan-api-v2.md §8.1), as he tells it: zeros and what is missing are left to the reader.
public struct OptionChain: Hashable, Sendable {
  /// One option of it. Greeks are in rupees per unit of the underlying, theta for a day, vega for a point of volatility.
  public struct Row: Hashable, Sendable {
    public let strike: Paise
    public let type: OptionType
    public var bid: Paise?
    public var ask: Paise?
    public var delta: Double?
    public var gamma: Double?
    public var theta: Double?
    public var vega: Double?
    public var volatilityPercent: Double?

    public init(strike: Paise, type: OptionType) {
      self.strike = strike
      self.type = type
    }
  }

  /// What the underlying trades at.
  public let spot: Paise?
  public let rows: [Row]

  public init(spot: Paise?, rows: [Row]) {
    self.spot = spot
    self.rows = rows
  }
}
