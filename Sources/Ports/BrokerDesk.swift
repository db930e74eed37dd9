import Domain

/// An order as it is handed to a broker.
public struct OrderTicket: Hashable, Sendable {
  public var correlationID: CorrelationID
  public var key: PositionKey
  public var side: Side
  public var terms: OrderTerms
  /// Whether it waits for the next session.
  public var afterMarket: Bool

  public init(
    correlationID: CorrelationID, key: PositionKey, side: Side, terms: OrderTerms, afterMarket: Bool = false
  ) {
    self.correlationID = correlationID
    self.key = key
    self.side = side
    self.terms = terms
    self.afterMarket = afterMarket
  }
}

/// One call to the broker, as the dispatcher makes it for a durable request.
public enum BrokerCall: Hashable, Sendable {
  case place(OrderTicket)
  /// The whole order anew: its quantity is the new total (rule 25).
  case modify(OrderID, OrderTerms)
  case cancel(OrderID)
}

/// What came of a call. Only proof makes it accepted or refused; everything else is in doubt (rule 27).
public enum CallOutcome: Hashable, Sendable {
  case accepted(OrderID)
  case refused(RefusalClass, text: String)
  case inDoubt(text: String)
}

/// A broker that takes calls. *Accepted* means taken; what became of the order is told by stream and book.
public protocol BrokerDesk {
  mutating func perform(_ call: BrokerCall, for account: ClientID, at time: Timestamp) -> CallOutcome
}
