import Domain
import Ports
import Synchronization

/// What the clock of the service's machine shows, as a process reads it: true time is the machine's uptime, and the wall clock may
/// be off it and jump either way, as when it is set.
public final class MachineClock: WallClock {
  private struct Face {
    var time: Timestamp
    var error = Microseconds(0)
    var steady: SteadyTime

    var wall: Timestamp { time + error }
    var uptime: Microseconds { Microseconds(time.microseconds) }
  }

  private let face: Mutex<Face>

  public init(_ start: Timestamp) {
    face = Mutex(Face(time: start, steady: SteadyTime(wall: start, uptime: Microseconds(start.microseconds))))
  }

  public func now() -> Timestamp {
    face.withLock { face in face.steady.now(wall: face.wall, uptime: face.uptime) }
  }

  public func neverBefore(_ moment: Timestamp) { face.withLock { $0.steady.neverBefore(moment) } }

  /// Another process starts, which knows nothing of the time that the one before it showed.
  func startAnew() {
    face.withLock { face in face.steady = SteadyTime(wall: face.wall, uptime: face.uptime) }
  }

  func set(_ time: Timestamp) { face.withLock { $0.time = max($0.time, time) } }

  func jump(by step: Microseconds) { face.withLock { $0.error = Microseconds($0.error.count + step.count) } }
}
