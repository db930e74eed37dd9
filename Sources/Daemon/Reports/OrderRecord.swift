import Domain

/// What became of one request, as the log tells it.
public struct RequestRecord: Sendable {
  public enum Outcome: String, Sendable {
    case accepted
    case refused
    case withdrawn
    /// The order ended, or was read from the book, before the request had an outcome of its own: it is of no matter now.
    case settled
  }

  public let id: RequestID
  public let kind: RequestKind
  public let sequence: SequenceNumber
  public let requestedAt: Timestamp
  /// The newest leader event of the chain before the decision.
  public let leaderEventAt: Timestamp?
  public let quantity: Quantity?
  public let price: OrderPrice?
  public let why: Arithmetic
  public internal(set) var attemptedAt: Timestamp?
  public internal(set) var attempts: Int
  public internal(set) var isInDoubt = false
  public internal(set) var outcome: Outcome?
  public internal(set) var outcomeAt: Timestamp?
  public internal(set) var outcomeSequence: SequenceNumber?
  /// The broker's words on a refusal, what happened to the call, or why it was withdrawn.
  public internal(set) var text = ""

  /// The outcome in one word of the design: `accepted`, `refused`, `in_doubt`, `withdrawn`; `open` while it has none.
  public var outcomeWord: String {
    if isInDoubt { return "in_doubt" }
    return outcome?.rawValue ?? (attemptedAt == nil ? "queued" : "open")
  }
}

/// One order of ours over its whole life, also after its episode is over.
public struct OrderRecord: Sendable {
  public let follower: FollowerName
  public let child: ChildID
  public let key: PositionKey
  public let label: CorrelationID
  public let side: Side
  public let purpose: ChildPurpose
  public let requestedAt: Timestamp
  public let sequence: SequenceNumber
  public internal(set) var orderID: OrderID?
  /// What was last asked for and, once the broker has shown the order, what it shows.
  public internal(set) var quantity: Quantity
  public internal(set) var price: Paise
  public internal(set) var filled = Quantity.zero
  public internal(set) var averagePrice = Paise.zero
  /// `nil` until the broker has shown the order.
  public internal(set) var status: OrderStatus?
  public internal(set) var reason = ""
  public internal(set) var firstFillAt: Timestamp?
  public internal(set) var fills: [OrderFill] = []
  public internal(set) var requests: [RequestRecord]

  public var isInDoubt: Bool { requests.contains(where: \.isInDoubt) }

  /// The broker's word for the order; before it has shown one, how far the placement has come.
  public var stateWord: String {
    if isInDoubt { return "IN DOUBT" }
    if let status { return status.rawValue }
    switch requests.first?.outcome {
    case .refused?: return "REFUSED"
    case .withdrawn?: return "WITHDRAWN"
    case .accepted?, .settled?: return "ACCEPTED"
    case nil: return requests.first?.attemptedAt == nil ? "QUEUED" : "SENT"
    }
  }
}

/// Units of an order that filled, as one picture showed them.
public struct OrderFill: Sendable {
  public let sequence: SequenceNumber
  public let at: Timestamp
  public let quantity: Quantity
  /// The average of the whole order so far; the broker shows no other.
  public let averagePrice: Paise
}
