import Domain

/// A reading of the leader's open positions, made while a conversion was in question.
public struct PositionsReading: Hashable, Sendable, Codable {
  public let sequence: SequenceNumber
  public let positions: [BaselinePosition]

  /// What was held under `key`: zero where it was not named.
  public func net(_ key: PositionKey) -> Quantity { positions.first { $0.key == key }?.quantity ?? .zero }
}

extension PositionKey {
  /// The same contract under the other product that carries options; `nil` where there is none.
  public var sibling: PositionKey? {
    switch product {
    case .intraday: PositionKey(contract: contract, product: .margin)
    case .margin: PositionKey(contract: contract, product: .intraday)
    default: nil
    }
  }
}

extension LeaderBook {
  /// Whether an order that is seen for the first time may close what the leader holds under the other product: its own
  /// position is flat, the sibling open on the other side. A conversion shows nowhere but in the positions (rule 8).
  func isInQuestion(_ order: BrokerOrder) -> Bool {
    guard hasBaseline, order.key.contract.option != nil, let sibling = order.key.sibling,
      positions[order.key].map({ $0.net == .zero }) ?? true, let held = positions[sibling]
    else { return false }
    return held.side == order.side.opposite
  }

  /// Folds the product of an order that was in question; what it filled meanwhile counts now.
  mutating func settle(_ settled: ProductSettled, sequence: SequenceNumber, at now: Timestamp) -> LeaderOrder? {
    guard var order = orders[settled.orderID], order.isUnsettled else { return nil }
    order.isUnsettled = false
    order.product = settled.product
    unsettled.removeAll { $0 == settled.orderID }
    orders[settled.orderID] = order
    positions[order.key, default: LeaderPosition()].orders.append(settled.orderID)
    if order.order.filled > .zero { fill(order, by: order.order.filled, sequence: sequence, at: now) }
    return orders[settled.orderID]
  }
}
