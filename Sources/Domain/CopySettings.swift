/// The part of the configuration that decisions depend on. It is recorded in the log at each start and change, so that a
/// replay years later needs no file of that day. Holds no secret and no address.
public struct CopySettings: Hashable, Sendable, Codable {
  public var leader: ClientID
  public var followers: [FollowerSettings]
  public var entries: EntrySettings
  public var trueUp: TrueUpPolicy
  public var unfilled: UnfilledSettings
  public var exits: ExitSettings
  /// When, every day in India, the half hour begins in which the broker may close INTRADAY positions (rule 33); `nil` is never.
  public var squareOffFrom: TimeOfDay?
  /// When the leader is not seen this long, resting entries are taken back (rule 35).
  public var blindAfter: Microseconds
  /// While the exchange is closed nothing is placed but after-market orders; `nil` where the market is always open.
  public var calendar: MarketCalendar?
  /// What the broker's refusals mean; the first rule that fits decides. Without any, a refusal is only the end of its request.
  public var refusals: [RefusalRule]
  /// How legs that belong together are known; `nil` where each order of the leader's is copied for itself.
  public var baskets: BasketSettings?

  public static let blindAfter = Microseconds.seconds(60)

  public init(
    leader: ClientID, followers: [FollowerSettings], entries: EntrySettings = EntrySettings(),
    trueUp: TrueUpPolicy = .trimShorts, unfilled: UnfilledSettings = UnfilledSettings(),
    exits: ExitSettings = ExitSettings(), squareOffFrom: TimeOfDay? = nil,
    blindAfter: Microseconds = CopySettings.blindAfter, calendar: MarketCalendar? = nil,
    refusals: [RefusalRule] = [], baskets: BasketSettings? = nil
  ) {
    self.leader = leader
    self.followers = followers
    self.entries = entries
    self.trueUp = trueUp
    self.unfilled = unfilled
    self.exits = exits
    self.squareOffFrom = squareOffFrom
    self.blindAfter = blindAfter
    self.calendar = calendar
    self.refusals = refusals
    self.baskets = baskets
  }
}

/// How one follower copies.
public struct FollowerSettings: Hashable, Sendable, Codable {
  public var name: FollowerName
  public var clientID: ClientID
  public var mode: CopyMode
  public var sizing: Sizing
  public var limits: CopyLimits
  public var filters: CopyFilters
  /// `false`: decisions are made and recorded, nothing is sent.
  public var sends: Bool

  public init(
    name: FollowerName, clientID: ClientID, mode: CopyMode = .placement, sizing: Sizing,
    limits: CopyLimits = CopyLimits(),
    filters: CopyFilters = CopyFilters(), sends: Bool = true
  ) {
    self.name = name
    self.clientID = clientID
    self.mode = mode
    self.sizing = sizing
    self.limits = limits
    self.filters = filters
    self.sends = sends
  }
}

public enum CopyMode: String, Hashable, Sendable, Codable {
  /// The follower's order goes out when the leader's is first seen, and then follows its changes.
  case placement = "placement"
  /// The follower follows the leader's cumulative fills with protected limits.
  case fill = "fill"
}

/// How many lots a follower takes for the leader's.
public struct Sizing: Hashable, Sendable, Codable {
  public var strategy: SizingStrategy
  public var belowOneLot: BelowOneLotPolicy
  public var exitRounding: ExitRounding
  public var onShortfall: ShortfallPolicy
  /// What a short sized by risk is taken to lose; `nil` takes its margin for that.
  public var shortStress: ShortStress?

  public init(
    strategy: SizingStrategy, belowOneLot: BelowOneLotPolicy = .skip, exitRounding: ExitRounding = .byRisk,
    onShortfall: ShortfallPolicy = .skip, shortStress: ShortStress? = nil
  ) {
    self.shortStress = shortStress
    self.strategy = strategy
    self.belowOneLot = belowOneLot
    self.exitRounding = exitRounding
    self.onShortfall = onShortfall
  }
}

public enum SizingStrategy: Hashable, Sendable, Codable {
  /// The ratio of the two capitals, frozen when an episode opens.
  case capitalProportional(CapitalBasis)
  case fixedRatio(Ratio)
  /// The same number of lots for every entry order of the leader, whatever its size.
  case fixedLots(Lots)
  /// As many lots per entry as put `share` of the follower's capital at risk: premium for longs; for shorts margin, or what they
  /// lose in ``Sizing/shortStress``.
  case riskBased(CapitalBasis, share: Ratio)
}

/// Which money of an account is its capital. One basis is used for both accounts of a ratio.
public enum CapitalBasis: Hashable, Sendable, Codable {
  case startOfDay
  case equity
  case available
  case fixed(leader: Paise, follower: Paise)
}

public enum BelowOneLotPolicy: String, Hashable, Sendable, Codable {
  case skip = "skip"
  /// Raises the first allotment of an episode to one lot, never more (rule 3).
  case oneLot = "one_lot"
}

/// What becomes of an entry for which the account has too little money or margin.
public enum ShortfallPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  case skip = "skip"
  /// Fewer lots: those that the money is known to be enough for; half of them where the broker refuses, a few times.
  case stepDown = "step_down"
}

/// Which way the fraction of a lot goes when the leader leaves a part of a position.
public enum ExitRounding: String, Hashable, Sendable, Codable {
  /// Lagging for long positions, leading for short ones: risk leaves first.
  case byRisk = "by_risk"
  case lagging = "lagging"
  case nearest = "nearest"
  case leading = "leading"
}

/// Bounds on what we open for a follower. They count filled, working and in doubt, and bind increases only (rule 4).
public struct CopyLimits: Hashable, Sendable, Codable {
  public var maximumLotsPerOrder: Lots?
  public var maximumLotsPerUnderlying: Lots?
  public var maximumOpenLots: Lots?
  /// Premium of all open long options, as a share of the follower's capital.
  public var maximumPremium: Ratio?
  /// What the positions in one underlying may gain or lose, to either side, as if they were so much of it.
  public var maximumRupeeDelta: Paise?
  /// What they may gain or lose with one point of volatility.
  public var maximumVega: Paise?

  public init(
    maximumLotsPerOrder: Lots? = nil, maximumLotsPerUnderlying: Lots? = nil, maximumOpenLots: Lots? = nil,
    maximumPremium: Ratio? = nil, maximumRupeeDelta: Paise? = nil, maximumVega: Paise? = nil
  ) {
    self.maximumRupeeDelta = maximumRupeeDelta
    self.maximumVega = maximumVega
    self.maximumLotsPerOrder = maximumLotsPerOrder
    self.maximumLotsPerUnderlying = maximumLotsPerUnderlying
    self.maximumOpenLots = maximumOpenLots
    self.maximumPremium = maximumPremium
  }
}

extension CopyLimits {
  /// Whether entries need the Greeks of what is held and entered.
  public var boundsGreeks: Bool { maximumRupeeDelta != nil || maximumVega != nil }
}

/// What a follower takes part in. `nil` is everything. Entries only: an exit is never filtered (promise 7).
public struct CopyFilters: Hashable, Sendable, Codable {
  public var underlyings: [Underlying]?
  public var products: [ProductType]?

  public init(underlyings: [Underlying]? = nil, products: [ProductType]? = nil) {
    self.underlyings = underlyings
    self.products = products
  }
}
