import Domain

/// The stream of order updates of one account.
public protocol OrderFeed: Sendable {
  /// Connects, delivers, and connects again after every end, with growing pauses, until the task is cancelled.
  ///
  /// - Parameter deliver: called on any thread, in the order of arrival; must not block.
  func run(_ deliver: @escaping @Sendable (FeedEvent) -> Void) async

  /// Drops the connection and makes a new one: the token changed, or the stream is open and dead.
  func reconnect()
}

public enum FeedEvent: Hashable, Sendable {
  /// The socket is open and the login has been sent. A broker that says nothing on success leaves it at that; a reading
  /// of the book has to follow, since nothing is replayed (dhan-api-v2.md §6.6).
  case connected
  /// The socket is gone, or was never had. Another attempt follows by itself.
  case disconnected(String)
  /// The broker seems to refuse the token: look at `/profile`, read the token anew.
  case suspectsToken(String)
  case order(OrderUpdate)
  /// Something arrived that is no order update: counted, logged without its content, and passed over.
  case unreadable(String)
}

/// One message of the stream.
public struct OrderUpdate: Hashable, Sendable {
  public let order: BrokerOrder
  /// The account that the message names; `nil` when it names none.
  public let clientID: ClientID?
  /// `RefLtp`: the last traded price when the message was sent, a reference for protected limits (rule 19).
  public let referencePrice: Paise?

  public init(order: BrokerOrder, clientID: ClientID?, referencePrice: Paise?) {
    self.order = order
    self.clientID = clientID
    self.referencePrice = referencePrice
  }
}
