import Domain

/// The time of day. The engine asks it once per batch; *now* is what the log then says.
public protocol WallClock: Sendable {
  func now() -> Timestamp
}

/// A clock that only goes forward, for ages and time limits.
public protocol MonotonicClock: Sendable {
  func elapsed() -> Microseconds
}
