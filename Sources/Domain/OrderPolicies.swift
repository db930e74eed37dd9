/// When the leader's entries are followed, and at what price where he gives none.
public struct EntrySettings: Hashable, Sendable, Codable {
  /// An entry older than this is not copied (rule 17).
  public var maximumAge: Microseconds
  /// Distance of a protected limit from its reference price, as a share (5 % is 1/20).
  public var priceBand: Ratio
  public var resting: RestingPolicy
  public var afterMarket: AfterMarketPolicy

  public init(
    maximumAge: Microseconds = .seconds(10), priceBand: Ratio = EntrySettings.fivePercent,
    resting: RestingPolicy = .skip, afterMarket: AfterMarketPolicy = .wait
  ) {
    self.maximumAge = maximumAge
    self.priceBand = priceBand
    self.resting = resting
    self.afterMarket = afterMarket
  }

  public static let fivePercent: Ratio = {
    guard let ratio = Ratio(1, 20) else { preconditionFailure("One twentieth is a ratio.") }
    return ratio
  }()
}

/// What happens to an entry of the leader that is too old but still rests at its own price (rule 17).
public enum RestingPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  case skip = "skip"
  case copy = "copy"
}

/// What happens to an after-market order of the leader (options-domain.md §2.2).
public enum AfterMarketPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing, until it has reached the exchange in the session.
  case wait = "wait"
  /// It is copied as an after-market order.
  case copy = "copy"
}

/// What happens when the leader's entry filled and the follower's rests (rule 18).
public struct UnfilledSettings: Hashable, Sendable, Codable {
  public enum Action: String, Hashable, Sendable, Codable, CaseIterable {
    case reprice = "reprice"
    case leave = "leave"
    case cancel = "cancel"
  }
  public var after: Microseconds
  public var action: Action

  public init(after: Microseconds = .seconds(5), action: Action = .reprice) {
    self.after = after
    self.action = action
  }
}

/// How exits finish (rules 12, 14).
public struct ExitSettings: Hashable, Sendable, Codable {
  public enum Alternatives: String, Hashable, Sendable, Codable, CaseIterable {
    /// Of a target and a stop for the same lots the stop rests; the target follows the leader's fills.
    case stopOnly = "stop_only"
    /// Both rest.
    case all = "all"
  }
  /// What a person gets when the ladder ends at its band.
  public enum Exhausted: String, Hashable, Sendable, Codable, CaseIterable {
    case alertAndKeep = "alert_and_keep"
  }
  public var alternatives: Alternatives
  /// How long after the leader's fill a resting exit is first re-priced, and how long between two steps.
  public var firstAfter: Microseconds
  public var interval: Microseconds
  public var stepTicks: Int64
  /// How far the ladder may go from its reference price.
  public var band: Ratio
  public var exhausted: Exhausted

  public init(
    alternatives: Alternatives = .stopOnly, firstAfter: Microseconds = .seconds(2),
    interval: Microseconds = .seconds(2),
    stepTicks: Int64 = 4, band: Ratio = ExitSettings.fifth, exhausted: Exhausted = .alertAndKeep
  ) {
    self.alternatives = alternatives
    self.firstAfter = firstAfter
    self.interval = interval
    self.stepTicks = stepTicks
    self.band = band
    self.exhausted = exhausted
  }

  public static let fifth: Ratio = {
    guard let ratio = Ratio(1, 5) else { preconditionFailure("One fifth is a ratio.") }
    return ratio
  }()
}

/// What happens to lots that the follower has and the leader's cancelled order never got (rule 18).
public enum TrueUpPolicy: String, Hashable, Sendable, Codable {
  case trimShorts = "trim_shorts"
  case trim = "trim"
  case keep = "keep"
}
