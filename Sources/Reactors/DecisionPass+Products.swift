import Domain
import Projections

extension DecisionPass {
  /// Decides, after a reading of the leader's positions, which product each order in question counts under (rule 8).
  ///
  /// The leader had converted where he holds less under the sibling than his orders made: then the order closes what he
  /// converted, and followers close it under the product in which they entered. Else it is what it looks like.
  mutating func settleProducts() {
    guard let reading = state.leader.positionsRead else { return }
    for orderID in state.leader.unsettled {
      guard let order = state.leader.orders[orderID], reading.sequence > order.firstSeen,
        let sibling = order.order.key.sibling
      else { continue }
      let held = state.leader.positions[sibling]?.net ?? .zero
      let isConverted = reading.net(sibling).magnitude < held.magnitude
      let product = isConverted ? sibling.product : order.order.key.product
      emit(.productSettled(ProductSettled(orderID: orderID, product: product)))
    }
  }
}
