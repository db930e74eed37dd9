import Domain

/// Everything that decisions are made from: the fold of the log up to ``lastSequence``, and nothing else.
///
/// Applying is a pure function of the events: the same log gives the same state, live or replayed, on every machine. It
/// knows no clock; *now* is the `recorded_at` of the newest event.
public struct State: Hashable, Sendable, Codable {
  public internal(set) var lastSequence = SequenceNumber.beforeFirst
  public internal(set) var now = Timestamp(microseconds: 0)
  public internal(set) var settings: CopySettings?
  public internal(set) var decisionVersion: Int64 = 0
  public internal(set) var isRunning = false
  /// When the service last started.
  public internal(set) var startedAt = Timestamp.earliest
  /// What the operator allows all followers.
  public internal(set) var mode = OperatorMode.running
  /// The disk of the log has little room left: exits only, whatever the operator allows (rule 37).
  public internal(set) var isDiskLow = false
  /// The service is stopping and takes its entries back; none is entered until the next start.
  public internal(set) var takesEntriesBack = false
  public internal(set) var instruments: [ContractID: Instrument] = [:]
  /// What the broker last quoted, where a price was asked for (rule 19).
  public internal(set) var quotes: [ContractID: Quote] = [:]
  /// The newest Greeks of contracts, where limits or sizes depended on them.
  public internal(set) var greeks: [ContractID: SeenGreeks] = [:]
  /// When they were asked for and have not been seen since.
  public internal(set) var greeksWanted: [ContractID: Timestamp] = [:]
  /// Underlyings in which nothing may be opened on a day, as a refusal told.
  public internal(set) var bans: [Underlying: Day] = [:]
  /// Quantities that the exchange refused as too large for one order, with the day: the freeze limit is below.
  public internal(set) var refusedSizes: [ContractID: RefusedSize] = [:]
  public internal(set) var leader = LeaderBook()
  /// In the order in which the configuration first named them; a follower is never removed, only unconfigured.
  public internal(set) var followers: [FollowerAccount] = []
  /// The day in India, by the broker's clock, that an account was first read on; `nil` before any was.
  public internal(set) var tradingDay: Day?
  /// The end of the day in India that the newest event belongs to.
  var dayEnd = Timestamp.earliest
  /// Orders that were over before this moment may be forgotten.
  var remembered = Timestamp.earliest
  /// Where each follower stands in ``followers``.
  var places: [FollowerName: Int] = [:]
  /// What the events since the last ``takeTouched()`` may have changed for decisions.
  var touched = Touched()

  public init() {}

  public func index(of follower: FollowerName) -> Int? { places[follower] }

  public mutating func takeTouched() -> Touched {
    defer { touched = Touched() }
    return touched
  }

  /// Forgets what was touched where nobody looks: in a replay, where it would only grow.
  public mutating func forgetTouched() { touched.removeAll() }
}

/// The smallest quantity of one order that the exchange refused as too large on a day.
public struct RefusedSize: Hashable, Sendable, Codable {
  public let quantity: Quantity
  public let on: Day
}

/// A price of the market, and when it was told.
public struct Quote: Hashable, Sendable, Codable {
  public let price: Paise
  public let at: Timestamp

  public init(price: Paise, at: Timestamp) {
    self.price = price
    self.at = at
  }
}

/// The keys that have to be looked at again, in the order in which they were touched.
public struct Touched: Hashable, Sendable, Codable {
  /// Keys in which every follower is looked at.
  public private(set) var leaderKeys: [PositionKey] = []
  /// Keys of one follower, by its index.
  public private(set) var followerKeys: [FollowerKey] = []
  /// Everything: settings changed, or time passed.
  public internal(set) var everything = false

  public struct FollowerKey: Hashable, Sendable, Codable {
    public let follower: Int
    public let key: PositionKey

    public init(follower: Int, key: PositionKey) {
      self.follower = follower
      self.key = key
    }
  }

  mutating func touch(_ key: PositionKey) {
    if !leaderKeys.contains(key) { leaderKeys.append(key) }
  }
  mutating func touch(follower: Int, _ key: PositionKey) {
    let entry = FollowerKey(follower: follower, key: key)
    if !followerKeys.contains(entry) { followerKeys.append(entry) }
  }
  mutating func removeAll() {
    leaderKeys.removeAll(keepingCapacity: true)
    followerKeys.removeAll(keepingCapacity: true)
    everything = false
  }
  public var isEmpty: Bool { leaderKeys.isEmpty && followerKeys.isEmpty && !everything }
}

extension State {
  /// Whether a quote of this contract would say something: nobody told one of late.
  public func wantsQuote(_ contract: ContractID) -> Bool {
    quotes[contract].map { now - $0.at > Quote.freshness } ?? true
  }
}

extension Quote {
  /// How old a quote may be to be used.
  public static let freshness = Microseconds.seconds(5)
}
