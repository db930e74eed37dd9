import NIOCore
import Synchronization

/// One attempt at the stream, from before its socket exists until after it is closed. It ends once; a socket that comes
/// too late is closed at once.
final class StreamSession: Sendable {
  private struct State {
    var channel: (any Channel)?
    var loggedInAt: NIODeadline?
    var ended = false
  }

  private let state = Mutex(State())
  private let promise: EventLoopPromise<SessionEnd>

  init(eventLoop: any EventLoop) { promise = eventLoop.makePromise() }

  /// How it ended; suspends until then.
  var end: SessionEnd {
    get async {
      // The promise is only ever fulfilled, never failed.
      do { return try await promise.futureResult.get() } catch { return SessionEnd(cause: .failed, text: "\(error)") }
    }
  }

  /// - Returns: false when the session is over; the channel has been closed then.
  func adopt(_ channel: any Channel) -> Bool {
    let ended = state.withLock { state in
      if !state.ended { state.channel = channel }
      return state.ended
    }
    if ended { channel.close(promise: nil) }
    return !ended
  }

  func loggedIn(at now: NIODeadline) { state.withLock { $0.loggedInAt = now } }
  var isLoggedIn: Bool { state.withLock { $0.loggedInAt != nil } }

  /// Closes the socket. Only the first call counts.
  func finish(_ cause: SessionEnd.Cause, _ text: String) {
    let (channel, loggedInAt, first) = state.withLock { state in
      defer { state.ended = true }
      return (state.channel, state.loggedInAt, !state.ended)
    }
    guard first else { return }
    let held = loggedInAt.map { NIODeadline.now() - $0 }
    if let channel {
      if loggedInAt != nil { channel.triggerUserOutboundEvent(OrderUpdateHandler.Farewell(), promise: nil) }
      channel.close(promise: nil)
    }
    promise.succeed(SessionEnd(cause: cause, text: text, loggedInFor: held.map { .init($0.nanoseconds / 1_000) }))
  }
}
