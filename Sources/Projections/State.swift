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
  public internal(set) var instruments: [ContractID: Instrument] = [:]
  public internal(set) var leader = LeaderBook()
  /// In the order in which the configuration first named them; a follower is never removed, only unconfigured.
  public internal(set) var followers: [FollowerAccount] = []
  /// What the events since the last ``takeTouched()`` may have changed for decisions.
  var touched = Touched()

  public init() {}

  public func index(of follower: FollowerName) -> Int? {
    followers.firstIndex { $0.settings.name == follower }
  }

  public mutating func takeTouched() -> Touched {
    defer { touched = Touched() }
    return touched
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
  }

  mutating func touch(_ key: PositionKey) {
    if !leaderKeys.contains(key) { leaderKeys.append(key) }
  }
  mutating func touch(follower: Int, _ key: PositionKey) {
    let entry = FollowerKey(follower: follower, key: key)
    if !followerKeys.contains(entry) { followerKeys.append(entry) }
  }
  public var isEmpty: Bool { leaderKeys.isEmpty && followerKeys.isEmpty && !everything }
}
