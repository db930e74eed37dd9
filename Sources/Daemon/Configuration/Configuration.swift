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
  public var entries: EntrySettings
  public var unfilled: UnfilledSettings
  public var trueUp: TrueUpPolicy
  public var exits: ExitSettings
  /// How legs that belong together are known (rule 23); `nil` when they are not looked for.
  public var baskets: BasketSettings?
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
