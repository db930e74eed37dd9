import Domain
import Ports
import Projections

/// A call that may leave the machine now, because the request behind it is durable.
public struct Dispatch: Hashable, Sendable {
  public let follower: FollowerName
  public let clientID: ClientID
  public let requestID: RequestID
  public let call: BrokerCall
}

extension State {
  /// The call behind an open request, from what the log says about its child; `nil` when the child is over.
  func dispatch(_ requestID: RequestID, of follower: FollowerName) -> Dispatch? {
    guard let index = index(of: follower), let open = followers[index].outbox[requestID],
      let child = followers[index].child(open.child)
    else { return nil }
    let call: BrokerCall
    switch child.state {
    case .placing:
      call = .place(
        OrderTicket(
          correlationID: child.label, key: open.child.key, side: child.side, terms: child.asked,
          afterMarket: child.afterMarket))
    case .working(let orderID, _, .modification(_, let terms, _)?):
      call = .modify(orderID, terms)
    case .working(let orderID, _, .cancellation?): call = .cancel(orderID)
    case .working, .ended, .refused, .withdrawn, .lapsed: return nil
    }
    return Dispatch(
      follower: follower, clientID: followers[index].settings.clientID, requestID: requestID, call: call)
  }
}
