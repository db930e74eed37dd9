import Domain

/// One order of the leader over its whole life, as the log showed it.
public struct LeaderRecord: Sendable {
  /// The order as one event showed it.
  public struct Change: Sendable {
    public let sequence: SequenceNumber
    public let at: Timestamp
    public let order: BrokerOrder
    /// Whether more of it had filled than before.
    public let isFill: Bool
  }

  /// In the order of the log; never empty.
  public private(set) var changes: [Change]
  /// The product under which it was settled to count, where that was in question (rule 8).
  public internal(set) var product: ProductType?

  init(_ order: BrokerOrder, _ entry: LogEntry) {
    changes = [
      Change(sequence: entry.sequence, at: entry.recordedAt, order: order, isFill: order.filled > .zero)
    ]
  }

  mutating func take(_ order: BrokerOrder, _ entry: LogEntry) {
    let isFill = order.filled > newest.order.filled
    changes.append(Change(sequence: entry.sequence, at: entry.recordedAt, order: order, isFill: isFill))
  }

  public var first: Change { changes[0] }
  public var newest: Change { changes[changes.count - 1] }
  public var orderID: OrderID { newest.order.orderID }
  /// The position that the order counts for.
  public var key: PositionKey {
    PositionKey(contract: newest.order.key.contract, product: product ?? newest.order.key.product)
  }
  public var side: Side { newest.order.side }

  /// The leader's average for one unit as it was known at `sequence`; what it became later where nothing was known then.
  /// `nil` when no average was ever told.
  public func average(at sequence: SequenceNumber) -> (price: Paise, isLater: Bool)? {
    let then = changes.last { $0.sequence <= sequence && $0.order.filled > .zero && $0.order.averagePrice > .zero }
    if let then { return (then.order.averagePrice, false) }
    guard newest.order.averagePrice > .zero, newest.order.filled > .zero else { return nil }
    return (newest.order.averagePrice, true)
  }

  /// What the order comes to: all of it while it can still fill, what filled once it is over.
  public var extent: Quantity { newest.order.status.isFinal ? newest.order.filled : newest.order.quantity }

  /// The fill by which at least the fraction `part` ÷ `whole` of the order's extent was filled, up to `sequence`.
  func fill(reaching part: Quantity, of whole: Quantity, by sequence: SequenceNumber) -> Change? {
    guard whole > .zero, extent > .zero else { return nil }
    let needed = Int128(part.units) * Int128(extent.units)
    return changes.first {
      $0.sequence <= sequence && $0.isFill && Int128($0.order.filled.units) * Int128(whole.units) >= needed
    }
  }
}
