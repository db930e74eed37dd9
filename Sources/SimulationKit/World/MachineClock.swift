import Domain
import Ports
import Synchronization

/// What the clock of the service's machine shows: true time, and how far it is off.
///
/// True time never goes back. What the machine shows may jump either way, as when its clock is set.
public final class MachineClock: WallClock {
  private struct Face {
    var time: Timestamp
    var error = Microseconds(0)
  }

  private let face: Mutex<Face>

  public init(_ start: Timestamp) { face = Mutex(Face(time: start)) }

  public func now() -> Timestamp { face.withLock { $0.time + $0.error } }

  /// How far it shows a later time than it is.
  public var error: Microseconds { face.withLock { $0.error } }

  func set(_ time: Timestamp) { face.withLock { $0.time = max($0.time, time) } }

  func jump(by step: Microseconds) { face.withLock { $0.error = Microseconds($0.error.count + step.count) } }
}
