import Domain

/// The time of day. The engine asks it once per batch; *now* is what the log then says.
public protocol WallClock: Sendable {
  func now() -> Timestamp

  /// From now on no time before `moment` is shown: the log knows it already, and its times only grow.
  func neverBefore(_ moment: Timestamp)
}

extension WallClock {
  public func neverBefore(_ moment: Timestamp) {}
}
