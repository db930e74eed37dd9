import Domain

/// All of `copytrade.yaml`, typed, with its defaults filled in. Made by ``ConfigurationCheck``; holds no secret.
///
/// Paths are resolved: one that is relative in the file is relative to the file's folder, so that every command finds
/// the same store from wherever it is called.
public struct Configuration: Hashable, Sendable {
  /// The path of the log.
  public var store: String
  public var broker: Broker
  public var market: Market
  public var leader: Leader
  /// At least one, in the order of the file.
  public var followers: [Follower]
  public var entries: Entries
  public var unfilled: Unfilled
  public var trueUp: TrueUpPolicy
  public var exits: Exits
  public var baskets: Baskets
  public var reconcile: ReconcilePolicy
  /// Where the dashboard listens; `nil` when it is off.
  public var dashboard: ListenAddress?
  public var log: Log
}

extension Configuration {
  /// The one account whose orders are copied.
  public struct Leader: Hashable, Sendable {
    public var clientID: ClientID
    /// `nil` only with the paper broker.
    public var credentials: Credentials?
    /// The source address of this account's calls.
    public var localAddress: String?
    /// When the leader is not current this long, resting follower entries are cancelled (rule 35).
    public var blindAfter: Microseconds
  }

  /// An account that copies.
  public struct Follower: Hashable, Sendable {
    public var name: FollowerName
    public var clientID: ClientID
    /// `nil` only with the paper broker.
    public var credentials: Credentials?
    public var localAddress: String?
    public var mode: CopyMode
    public var sizing: Sizing
    public var limits: Limits
    public var filters: CopyFilters
    /// `false`: decisions are made and recorded, nothing is sent.
    public var sends: Bool
  }

  /// Bounds on one follower: those that decisions know, and those of later versions.
  public struct Limits: Hashable, Sendable {
    public var copy: CopyLimits
    /// Premium of all open long options, as a share of the capital.
    public var maximumPremium: Ratio?
    public var maximumDailyLoss: Paise?
  }

  /// How an account proves who it is.
  public enum Credentials: Hashable, Sendable {
    case accessToken(SecretSource)
    /// Tokens are minted daily, without a person.
    case totp(pin: SecretSource, secret: SecretSource)

    /// Every secret that is needed.
    public var sources: [SecretSource] {
      switch self {
      case .accessToken(let source): [source]
      case .totp(let pin, let secret): [pin, secret]
      }
    }
  }

  public struct Entries: Hashable, Sendable {
    public var settings: EntrySettings
    public var resting: RestingPolicy
  }

  /// What happens to a leader order that still rests after an outage (rule 17).
  public enum RestingPolicy: String, Hashable, Sendable, CaseIterable {
    case skip = "skip"
    case copy = "copy"
  }

  /// What happens when the leader filled and the follower's entry rests (rule 18).
  public struct Unfilled: Hashable, Sendable {
    public enum Action: String, Hashable, Sendable, CaseIterable {
      case reprice = "reprice"
      case leave = "leave"
      case cancel = "cancel"
    }
    public var after: Microseconds
    public var action: Action
  }

  /// How exits finish (rules 12, 14).
  public struct Exits: Hashable, Sendable {
    public enum Alternatives: String, Hashable, Sendable, CaseIterable {
      case stopOnly = "stop_only"
      case all = "all"
    }
    public enum OnExhausted: String, Hashable, Sendable, CaseIterable {
      case alertAndKeep = "alert_and_keep"
    }
    public var alternatives: Alternatives
    public var firstAfter: Microseconds
    public var interval: Microseconds
    public var stepTicks: Int64
    public var band: Ratio
    public var onExhausted: OnExhausted
  }

  /// How legs that belong together are recognised (rule 23).
  public enum Baskets: String, Hashable, Sendable, CaseIterable {
    case off = "off"
    case tagged = "tagged"
    case window = "window"
  }

  public enum ReconcilePolicy: String, Hashable, Sendable, CaseIterable {
    case report = "report"
    case exitsOnly = "exits_only"
    case full = "full"
  }

  public struct Log: Hashable, Sendable {
    public enum Level: String, Hashable, Sendable, CaseIterable {
      case trace, debug, info, notice, warning, error, critical
    }
    public enum Format: String, Hashable, Sendable, CaseIterable {
      case text, json
    }
    public var level: Level
    public var format: Format
  }
}
