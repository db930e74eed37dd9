/// One of the accounts that the service looks after.
public enum AccountRole: Hashable, Sendable {
  case leader
  case follower(FollowerName)

  /// `nil` for the leader.
  public var follower: FollowerName? {
    if case .follower(let name) = self { return name }
    return nil
  }

  public init(_ follower: FollowerName?) { self = follower.map { .follower($0) } ?? .leader }
}

extension AccountRole: CustomStringConvertible {
  public var description: String { follower.map { "\($0)" } ?? "leader" }
}

/// Why an account cannot trade or be read (rule 38).
public enum BlockReason: String, Hashable, Sendable, Codable, CaseIterable {
  /// The broker does not know the token.
  case deadToken = "dead_token"
  /// The broker refuses calls from this address (dhan-api-v2.md §2.7).
  case addressRefused = "address_refused"
  /// Positions, trades or the order book cannot be read, so that there is no baseline (rule 6).
  case noReading = "no_reading"
}

/// What the operator allows (rule 36), from the least to the most restricted.
public enum OperatorMode: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  case running = "running"
  /// Exits only.
  case closeOnly = "close_only"
  /// Nothing is sent but cancels.
  case halted = "halted"

  private var rank: Int { self == .running ? 0 : self == .closeOnly ? 1 : 2 }
  public static func < (left: OperatorMode, right: OperatorMode) -> Bool { left.rank < right.rank }
}
