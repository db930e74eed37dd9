import NIOCore
import Synchronization

/// Too many connections were made in a short time.
struct ConnectionsDie: Error {}

/// Ends the storm in which the client's pool, which keeps spare connections open, replaces connections that a server
/// closes as fast as it accepts them: the pool replaces what died, but not what could not be made.
final class ConnectionGuard: Sendable {
  private let recent = Mutex<[NIODeadline]>([])
  private let limit: Int
  private let span: TimeAmount

  /// - Parameter limit: the most connections in `span`; well above what ten calls a second can need.
  init(limit: Int = 30, span: TimeAmount = .seconds(10)) {
    self.limit = limit
    self.span = span
  }

  func admits(at now: NIODeadline) -> Bool {
    recent.withLock { recent in
      recent.removeAll { $0 + span <= now }
      guard recent.count < limit else { return false }
      recent.append(now)
      return true
    }
  }
}
