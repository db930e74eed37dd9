import Foundation
import Synchronization

/// Somebody asked the demonstration to end: Ctrl-C, SIGTERM, or a terminal that was closed.
public struct Interruption: Error {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]
  private static let caught = Atomic<Int32>(0)

  public let signal: Int32

  /// From now on these signals end nothing by themselves; ``check()`` tells of them.
  static func listen() {
    // Also makes sure that the value is there before a handler touches it: a handler may initialise nothing.
    caught.store(0, ordering: .relaxed)
    for number in signals { Foundation.signal(number) { Interruption.caught.store($0, ordering: .relaxed) } }
  }

  /// Signals end the process again.
  static func stopListening() {
    for number in signals { Foundation.signal(number, SIG_DFL) }
  }

  /// - Throws: ``Interruption`` when a signal came since ``listen()``.
  static func check() throws(Interruption) {
    let number = caught.load(ordering: .relaxed)
    if number != 0 { throw Interruption(signal: number) }
  }
}
