import Dispatch
import Domain
import Engine
import EventStore
import Foundation
import Logging
import Ports
import Projections
import Synchronization

/// The one thread in which the engine lives: it takes what was heard, lets the engine record and decide, and hands out what
/// may leave. Commits block this thread and no event loop.
///
/// Everything that waits shares one commit. Anybody may ``post(_:)`` from any thread.
public final class EngineRoom: Sendable {
  public typealias Message = EngineDesk.Message
  public typealias Outside = EngineDesk.Outside
  public typealias Rest = EngineDesk.Rest

  private struct Inbox {
    var messages: [Message] = []
    var isAwaited = false
  }

  private let inbox = Mutex(Inbox())
  private let bell = DispatchSemaphore(value: 0)
  private let first = Atomic<Int64>(1)
  private let last = Atomic<Int64>(0)

  public init() {}

  /// The newest event of the log, as far as the room has come; for log lines.
  public var lastSequence: Int64 { last.load(ordering: .acquiring) }
  /// The first event of this run. Good once ``lastSequence`` is not 0.
  public var firstSequence: Int64 { first.load(ordering: .relaxed) }

  public func post(_ message: Message) {
    let isAwaited = inbox.withLock { inbox in
      inbox.messages.append(message)
      defer { inbox.isAwaited = false }
      return inbox.isAwaited
    }
    if isAwaited { bell.signal() }
  }

  /// Everything that waits, or nothing after `timeout`.
  func take(within timeout: Microseconds) -> [Message] {
    func taken() -> [Message] {
      inbox.withLock { inbox in
        defer { inbox.messages = [] }
        inbox.isAwaited = inbox.messages.isEmpty
        return inbox.messages
      }
    }
    let waiting = taken()
    if !waiting.isEmpty || timeout.count <= 0 { return waiting }
    _ = bell.wait(timeout: .now() + .microseconds(Int(timeout.count)))
    return inbox.withLock { inbox in
      defer { inbox.messages = [] }
      inbox.isAwaited = false
      return inbox.messages
    }
  }

  func note(_ sequence: SequenceNumber) { last.store(sequence.value, ordering: .releasing) }
  func noteStart(after sequence: SequenceNumber) { first.store(sequence.next.value, ordering: .relaxed) }

  /// Opens the log at `store` and runs the engine over it in a thread of its own until ``Message/stop(takesEntriesBack:)``.
  ///
  /// - Throws: what the engine cannot live with: a damaged log, a store that is gone.
  public func run(
    store: String, intake: Intake, outside: Outside, clock: any WallClock = SteadyClock(), logger: Logger
  ) async throws -> Rest {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { [self] in
        continuation.resume(
          with: Result {
            let space = StoreReserve(store: store)
            var desk = try EngineDesk(
              log: try space.opening { try SQLiteEventLog(path: store) }, intake: intake, outside: outside,
              clock: clock, logger: logger,
              space: space, reopen: { try space.opening { try SQLiteEventLog(path: store) } })
            noteStart(after: desk.lastSequence)
            try desk.start(version: Version.text)
            note(desk.lastSequence)
            while !desk.isDone {
              try desk.turn(take(within: desk.pause))
              note(desk.lastSequence)
            }
            defer { note(desk.lastSequence) }
            return try desk.finish()
          })
      }
      thread.name = "engine"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }
}
