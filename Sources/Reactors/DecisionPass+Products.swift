import Domain
import Projections

extension DecisionPass {
  /// Decides, after a reading of the leader's positions, which product each order in question counts under (rule 8).
  ///
  /// The leader had converted where he holds less under the sibling than his orders made, and that much more under the
  /// order's own product: then the order closes what he converted, and followers close it under the product in which they
  /// entered. Where the sum is another one, an order of his that is not known yet has closed it, or the reading is behind:
  /// another reading tells. Else the order is what it looks like, which a reading that is behind does not say either.
  mutating func settleProducts() {
    for orderID in state.leader.unsettled {
      guard let order = state.leader.orders[orderID], let sibling = order.order.key.sibling else { continue }
      if state.leader.positions[sibling]?.side == order.order.side {
        // What adds is no exit: it does not grow too old because positions cannot be read.
        let end = order.firstSeenAt + DecisionPass.conversionPatience
        if now >= end {
          emit(.productSettled(ProductSettled(orderID: orderID, product: order.order.key.product)))
          continue
        }
      }
      guard let reading = state.leader.positionsRead, reading.sequence > order.firstSeen else { continue }
      let held = state.leader.positions[sibling]?.net ?? .zero
      let isLess = reading.net(sibling).magnitude < held.magnitude
      guard isExplained(reading, order.order.key, sibling, since: order.firstSeenAt) else { continue }
      let product = isLess ? sibling.product : order.order.key.product
      emit(.productSettled(ProductSettled(orderID: orderID, product: product)))
    }
  }

  /// Whether a conversion is all that a reading differs by from the log. A log that was put back may miss whole orders until
  /// the leader's book is read; after a few seconds a reading is believed all the same, since an exit may depend on it.
  private func isExplained(
    _ reading: PositionsReading, _ key: PositionKey, _ sibling: PositionKey, since: Timestamp
  ) -> Bool {
    guard state.leader.hasReadBook else { return false }
    let known = [key, sibling].reduce(into: Quantity.zero) { $0 += state.leader.positions[$1]?.net ?? .zero }
    let unsettled = state.leader.unsettled.compactMap { state.leader.orders[$0]?.order }
      .filter { $0.key.contract == key.contract }
      .reduce(into: Quantity.zero) { $0 += Quantity($1.filled.units * $1.side.sign) }
    return reading.net(key) + reading.net(sibling) == known + unsettled
      || now - since >= DecisionPass.conversionPatience
  }

  /// How long readings that tell nothing are waited for.
  static let conversionPatience = Microseconds.seconds(4)
}
