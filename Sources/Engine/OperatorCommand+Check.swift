import Domain
import Projections
import Reactors

/// Why a command cannot be followed.
public struct RefusedCommand: Error {
  /// What whoever gave it is told.
  public let reply: CommandReply
  init(_ why: String) { reply = .refused(why) }
  init(unknown follower: FollowerName) { reply = .unknownFollower(follower) }
}

extension OperatorCommand {
  /// What the command says to the log. Decided from the state alone, so that a command means the same whether the service
  /// runs or not.
  public func observation(in state: State) throws(RefusedCommand) -> Observation {
    switch self {
    case .mode(let mode, let follower):
      if let follower, state.index(of: follower) == nil { throw RefusedCommand(unknown: follower) }
      return .operatorCommand(mode, follower)
    case .resolve(let id, let order):
      guard let account = state.followers.first(where: { $0.outbox[id] != nil }), let request = account.outbox[id]
      else {
        throw RefusedCommand(
          "there is no request \(id) without an outcome; `copytrade orders --in-doubt` names those in doubt")
      }
      guard request.isInDoubt else {
        let why = request.attemptedAt == nil ? "it has not left yet" : "its reply may still come"
        throw RefusedCommand("request \(id) is not in doubt: \(why)")
      }
      if let order { try check(order, for: request, of: account) }
      return .resolved(account.name, id, order)
    }
  }

  /// Whether an order may be what came of the request: a wrong number would make the log believe in lots that are not there.
  private func check(
    _ order: OrderID, for request: OpenRequest, of account: FollowerAccount
  ) throws(RefusedCommand) {
    guard let child = account.child(request.child) else { return }
    if let number = child.orderID {
      if number == order { return }
      throw RefusedCommand("request \(request.id) is about order \(number), not \(order)")
    }
    guard let known = account.orders[order] else { return }
    switch known.owner {
    case .undetermined: return
    case .ours(let other) where other == request.child: return
    case .ours, .retired, .unexplained: throw RefusedCommand("order \(order) belongs to another request")
    case .owner:
      throw RefusedCommand(
        "order \(order) counts as the owner's: it is not the \(child.side.rawValue) of \(child.asked.quantity) units that "
          + "was asked for, or carries another label")
    }
  }
}
