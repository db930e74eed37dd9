import Foundation
import Synchronization

/// The right to have a stage. A few at a time: each is several processes, and one that waits for a processor looks like a
/// fault to the others. Given back when it is let go.
final class Place: Sendable {
  private struct Waiting {
    var free = 3 * ProcessInfo.processInfo.activeProcessorCount
    var next: [CheckedContinuation<Void, Never>] = []
  }

  private static let waiting = Mutex(Waiting())

  private init() {}

  /// Waits for a place, in the order in which it was asked for.
  static func taken() async -> Place {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        if waiting.free == 0 {
          waiting.next.append(continuation)
          return false
        }
        waiting.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
    return Place()
  }

  deinit {
    let next = Place.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      if waiting.next.isEmpty {
        waiting.free += 1
        return nil
      }
      return waiting.next.removeFirst()
    }
    next?.resume()
  }
}
