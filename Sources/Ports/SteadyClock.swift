import Domain
import Glibc
import Synchronization

/// The time of day without its jumps: never goes back, and goes on at the pace of the machine's uptime.
///
/// A wall clock that is set forward is followed, since a machine that was paused and woke up looks like that. One that is set
/// back is not: time goes on a tenth slower until the wall has caught up, so that no pause, window or schedule stands still.
public struct SteadyTime: Sendable {
  private var shown: Timestamp
  private var uptime: Microseconds

  public init(wall: Timestamp, uptime: Microseconds) {
    shown = wall
    self.uptime = uptime
  }

  public mutating func now(wall: Timestamp, uptime: Microseconds) -> Timestamp {
    let elapsed = max(0, uptime.count - self.uptime.count)
    self.uptime = max(self.uptime, uptime)
    let isAhead = shown + Microseconds(elapsed) > wall
    shown = max(wall, shown + Microseconds(isAhead ? elapsed - elapsed / 10 : elapsed))
    return shown
  }

  public mutating func neverBefore(_ moment: Timestamp) { shown = max(shown, moment) }
}

/// The machine's clock as ``SteadyTime`` shows it, for everybody who has to agree on it.
public final class SteadyClock: WallClock {
  private let time: Mutex<SteadyTime>
  private let wall = SystemClock()

  public init() { time = Mutex(SteadyTime(wall: SystemClock().now(), uptime: SteadyClock.uptime())) }

  public func now() -> Timestamp {
    time.withLock { $0.now(wall: wall.now(), uptime: SteadyClock.uptime()) }
  }

  public func neverBefore(_ moment: Timestamp) { time.withLock { $0.neverBefore(moment) } }

  /// Goes on while the machine sleeps, unlike the monotonic clock.
  private static func uptime() -> Microseconds {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Microseconds(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }
}
