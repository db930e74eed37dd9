import Domain

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
  /// Every change of the broker's word for the order.
  public internal(set) var statuses: [StatusChange] = []
  public internal(set) var requests: [RequestRecord]
  /// How it became ours where no request of the log made it.
  public internal(set) var adoption: Adoption?

  /// An order that was found in the account (rules 26 and 29).
  public struct Adoption: Sendable {
    public let sequence: SequenceNumber
    public let at: Timestamp
    public let causation: SequenceNumber?
    /// A second order under the label, else one that the log had lost.
    public let isSurplus: Bool
    /// The label that the order carries.
    public let label: CorrelationID
  }

  /// What the broker called the order from one picture on.
  public struct StatusChange: Sendable {
    public let sequence: SequenceNumber
    public let at: Timestamp
    public let status: OrderStatus
    /// The broker's words on a rejection; empty while all is well.
    public let reason: String
  }

  public var isInDoubt: Bool { requests.contains(where: \.isInDoubt) }

  /// The broker's word for the order; before it has shown one, how far the placement has come.
  public var stateWord: String {
    if isInDoubt { return "IN DOUBT" }
    if let status { return status.rawValue }
    switch requests.first?.outcome {
    case .refused?: return "REFUSED"
    case .withdrawn?: return "WITHDRAWN"
    case .accepted?: return "ACCEPTED"
    case .settled?: return "DAY OVER"
    case nil: return requests.first?.attemptedAt == nil ? "QUEUED" : "SENT"
    }
  }
}
