import Domain
import Projections

/// Legs that belong together enter together (rule 23).
extension EntryGate {
  /// What holds a leg back, or ends it, whatever its own rules say: its basket is not sized yet, or another leg is missing.
  func basketVerdict(_ growth: Lots, link: Link, order: LeaderOrder) -> Verdict? {
    if let part = link.basket { return part.isBroken ? .send(.zero, forgo: growth, reason: .basketBroken) : nil }
    guard let basket = state.basket(of: order) else { return nil }
    if now < basket.end { return .wait(until: basket.end) }
    // Its legs are sized together by a look at any of them.
    return basket.legs.count > 1 ? .hold : nil
  }

  /// Whether a leg that sells waits for those that buy: what covers and what pays for it is there first.
  func waitsForBuys(_ link: Link) -> Bool {
    guard let part = link.basket else { return false }
    return state.followers[view.index].ledgers.contains { key, ledger in
      ledger.links.contains { other in
        guard let otherPart = other.basket, otherPart.basket == part.basket, other.end == nil,
          let order = other.leaderOrder.flatMap({ state.leader.orders[$0] }), order.order.side == .buy,
          let lot = state.instruments[key.contract]?.lotSize
        else { return false }
        return lot.wholeLots(in: other.opened) < otherPart.lots
      }
    }
  }
}

extension KeyLedger {
  /// The baskets of which links of this position are legs, by their first.
  var baskets: Set<OrderID> { Set(links.compactMap { $0.basket?.basket }) }
}

extension KeyView {
  /// Whether the order is one of several that are sized together, or may still become one.
  func isLeg(_ order: LeaderOrder) -> Bool {
    order.basket.flatMap { leader.baskets[$0] }.map { now < $0.end || $0.legs.count > 1 } ?? false
  }

  /// Whether lots of a basket are held that is to be closed again.
  var isUnwound: Bool {
    ledger.links.contains { $0.basket.map { $0.isBroken && $0.lots == .zero } ?? false && $0.opened > .zero }
  }
}
