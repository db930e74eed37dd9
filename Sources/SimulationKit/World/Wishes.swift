import Domain
import Engine
import Synchronization

/// What the engine asks of its outside, in the order in which it asks.
final class Wishes: Sendable {
  enum Wish: Sendable {
    case call(Dispatch)
    case reading(AccountRole, Reading)
    case newStream(AccountRole)
  }

  private let wishes = Mutex<[Wish]>([])

  var outside: EngineDesk.Outside {
    EngineDesk.Outside(
      perform: { [self] dispatch in add(.call(dispatch)) },
      read: { [self] account, reading in add(.reading(account, reading)) },
      reconnect: { [self] account in add(.newStream(account)) })
  }

  private func add(_ wish: Wish) { wishes.withLock { $0.append(wish) } }

  func take() -> [Wish] {
    wishes.withLock { wishes in
      defer { wishes = [] }
      return wishes
    }
  }
}
