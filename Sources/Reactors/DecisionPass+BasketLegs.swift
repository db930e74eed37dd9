import Domain
import Projections

/// What the legs of a basket mean to each other once it is sized (rule 23): one that is missing, and the order in which they leave.
extension DecisionPass {
  /// Notices that a leg will not be entered, or not whole, while others of its basket are: nothing more of it is entered, and what
  /// was is kept or closed again.
  mutating func breakBaskets(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let policy = view.settings.baskets?.onMissingLeg else { return }
    for link in view.ledger.links {
      guard let part = link.basket, !part.isBroken, link.isQuiet, view.isMissing(link, part) else { continue }
      emit(
        .basketBroken(
          BasketBroken(basket: part.basket, follower: view.name, origin: link.origin, policy: policy)))
      return
    }
  }

  mutating func watchBaskets(_ view: KeyView) {
    let broken = view.ledger.links.contains { $0.basket?.isBroken ?? false && $0.opened > $0.closed }
    set(.basketBroken, broken && view.ledger.held != .zero, lots: view.lot.wholeLots(in: view.ledger.held), view)
  }

  /// Whether an exit of a long leg waits for shorts of the same basket that are about to leave (rule 23). They are waited for
  /// five seconds: no exit is held back for good.
  mutating func waitsForShorts(_ order: LeaderOrder, _ view: KeyView) -> Bool {
    guard view.ledger.side == .buy else { return false }
    let baskets = view.ledger.baskets
    let end = order.raisedAt + DecisionPass.legPatience
    guard !baskets.isEmpty, now < end else { return false }
    for key in state.followers[view.index].ledgers.keys.sorted() where key != view.key {
      guard let other = KeyView(state, key: key, follower: view.index), other.ledger.side == .sell,
        !baskets.isDisjoint(with: other.ledger.baskets)
      else { continue }
      let due = other.exitDemands.reduce(into: Lots.zero) { $0 += $1.total }
      let closed = other.ledger.links.reduce(into: Quantity.zero) { $0 += $1.closed }
      guard other.lot.wholeLots(in: closed) < due else { continue }
      wake(at: end)
      return true
    }
    return false
  }

  private static let legPatience = Microseconds.seconds(5)
}

extension KeyView {
  /// Whether lots of a leg were given up that the leader still has, or wants.
  fileprivate func isMissing(_ link: Link, _ part: BasketPart) -> Bool {
    guard let order = order(of: link), lot.wholeLots(in: link.opened) < part.lots(for: order.wanted, lot) else {
      return false
    }
    // What the leader himself took back or left is missing to nobody.
    if link.lastReason == .leaderDecreased || link.lastReason == .leaderEndedUnfilled { return false }
    return link.forgone > .zero || link.entryBlocked != nil
  }
}
