import Domain

/// Messages of different orders come in any order, and some never (dhan-api-v2.md §6.5, §6.6): what looks like an opening may
/// close what an order opened whose fill was not told yet.
extension LeaderBook {
  /// Notes which orders open a position only as the log has it, after `order` changed: itself, where another of his orders that
  /// would open the other side may have filled unseen; others that rest on its side, where it took away what they were to
  /// close and he may have taken them back.
  mutating func question(_ order: LeaderOrder, newlyFilled: Quantity, before: Quantity, at now: Timestamp) {
    guard let position = positions[order.key], position.orders.count > 1 else { return }
    let side = order.order.side
    let others = position.orders.lazy.compactMap { [orders] in orders[$0]?.order }.filter {
      $0.orderID != order.order.orderID && $0.open > .zero && !$0.isExitLeg
    }
    if opened(by: newlyFilled + order.order.open, side, from: before) > .zero,
      others.contains(where: { $0.side == side.opposite && opened(by: $0.open, $0.side, from: before) > .zero })
    {
      openingsInQuestion[order.order.orderID] = now
    }
    guard newlyFilled > .zero, Side(holding: before) == side.opposite else { return }
    for other in others where other.side == side && opened(by: other.open, side, from: position.net) > .zero {
      openingsInQuestion[other.orderID] = now
    }
  }

  /// What so many units on a side open, beyond what they close of a position.
  private func opened(by units: Quantity, _ side: Side, from net: Quantity) -> Quantity {
    Side(holding: net) == side.opposite ? max(.zero, units - net.magnitude) : units
  }

  /// Folds that the book was read whole.
  mutating func apply(_ read: LeaderBookRead) {
    hasReadBook = true
    guard let askedAt = read.askedAt else { return }
    openingsInQuestion = openingsInQuestion.filter { $0.value > askedAt }
  }
}
