import Domain

/// The time of day. The engine asks it once per batch; *now* is what the log then says.
public protocol WallClock: Sendable {
  func now() -> Timestamp
}
