import Engine
import Synchronization

/// Holds what operators ask for until a service that steps through its work gets to it.
final class CommandBox: Sendable {
  typealias Reply = @Sendable (CommandReply) -> Void
  private let waiting: Mutex<[(OperatorCommand, Reply)]> = Mutex([])

  func add(_ command: OperatorCommand, _ reply: @escaping Reply) { waiting.withLock { $0.append((command, reply)) } }

  func take() -> [(OperatorCommand, Reply)] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
