import Domain
import Ports
import Synchronization

/// A clock that stands still until it is set. Whoever steps a session owns its time.
public final class SteppedClock: WallClock {
  private let time: Mutex<Timestamp>

  public init(_ start: Timestamp) { time = Mutex(start) }

  public func now() -> Timestamp { time.withLock { $0 } }

  /// Moves the clock; it never goes back.
  public func set(_ now: Timestamp) { time.withLock { $0 = max($0, now) } }
}
