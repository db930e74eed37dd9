import Domain
import Projections

/// Our own orders of one key never trade with each other (rule 11).
extension KeyView {
  /// Whether an order of ours at `price` would meet one of ours on the other side.
  func crosses(side: Side, price: Paise) -> Bool {
    ledger.links.contains { link in link.children.contains { $0.meets(side, price) } }
  }

  /// Whether an exit that is due but not out yet, or not at this price, would meet an entry at `price`: the exit goes first.
  func crossesDueExit(side: Side, price: Paise) -> Bool {
    dueExitLimits(against: side).contains { side.reaches($0, from: price) }
  }

  /// An entry stops a tick short of our exits that rest beyond the market: what the leader buys below his target is bought below
  /// ours, whether by MARKET or with a limit that is beyond the target. Not where that would be worse than the reference, or than
  /// what he traded at: it would only wait for the market to come back.
  func shortOfOwnExits(_ priced: Priced, _ order: LeaderOrder) -> Priced {
    let side = order.order.side
    guard priced.price.trigger == nil, let reference = priced.reference ?? traded(order) else { return priced }
    let resting = ledger.links.flatMap { $0.children.lazy.filter { $0.side == side.opposite }.flatMap(\.limitsInBook) }
    let limits = (resting + dueExitLimits(against: side)).filter { side.reaches($0, from: priced.price.limit) }
    guard let nearest = side == .buy ? limits.min() : limits.max() else { return priced }
    let short = side == .buy ? nearest - instrument.tickSize : nearest + instrument.tickSize
    guard side.reaches(reference.price, from: short) else { return priced }
    return Priced(price: .limit(short), reference: reference)
  }

  private func dueExitLimits(against side: Side) -> [Paise] {
    ledger.links.indices.compactMap { index in
      let link = ledger.links[index]
      guard let order = order(of: link), order.order.side == side.opposite,
        exitDemands[index].total > lot.wholeLots(in: link.closed),
        let exit = exitPrice(of: link, order)?.price, exit.trigger == nil
      else { return nil }
      return exit.limit
    }
  }
}

extension Child {
  /// Whether an order on `side` at `price` would trade with this one.
  func meets(_ side: Side, _ price: Paise) -> Bool {
    guard self.side == side.opposite, isOpen else { return false }
    return limitsInBook.contains { side.reaches($0, from: price) }
  }
}

extension Side {
  /// Whether an order on this side with the limit `price` trades with one on the other side at `other`.
  fileprivate func reaches(_ other: Paise, from price: Paise) -> Bool { self == .buy ? price >= other : price <= other }
}
