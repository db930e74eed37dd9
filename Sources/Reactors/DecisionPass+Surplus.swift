import Domain
import Projections

/// Surplus orders: taken back while they rest, absorbed where their link still wants lots, and else closed at once (rule 29).
extension DecisionPass {
  /// Cancels what rests of every surplus order, whatever is desired.
  mutating func takeSurplusBack(_ key: PositionKey, follower index: Int) {
    guard let first = view(of: key, follower: index) else { return }
    for origin in first.ledger.links.filter(\.hasSurplusOpen).map(\.origin) {
      for purpose in [ChildPurpose.entry, .exit] {
        guard let view = view(of: key, follower: index),
          let link = view.ledger.links.last(where: { $0.origin == origin })
        else { return }
        takeBack(link, link.children.map { $0.isSurplus ? $0 : $0.settled }, purpose, rule: 29, view)
      }
    }
  }

  /// Closes what surplus orders filled beyond what their link wants, through a link of our own for each, sized to it exactly.
  ///
  /// It does not wait for the key to be quiet (rule 1): nobody decided to hold these lots.
  mutating func closeSurplus(_ key: PositionKey, follower index: Int) {
    guard let first = view(of: key, follower: index), first.ledger.hasSurplus else { return }
    for origin in first.ledger.links.map(\.origin) where origin.ownPurpose != .surplus {
      guard let view = view(of: key, follower: index),
        let link = view.ledger.links.last(where: { $0.origin == origin })
      else { return }
      closeSurplus(of: link, view)
    }
  }

  private mutating func closeSurplus(of link: Link, _ view: KeyView) {
    let origin = LinkOrigin(closingSurplusOf: link.origin)
    let own = view.ledger.links.last { $0.origin == origin }
    let excess = view.lot.quantity(of: view.lot.wholeLots(in: view.surplusExcess(of: link)))
    let working = own?.open(.exit) ?? .zero
    guard excess > .zero || working > .zero, let side = view.ledger.side?.opposite else { return }
    let room = max(.zero, view.ledger.held.magnitude - (view.ledger.open(.exit) - working))
    let desired = (own?.closed ?? .zero) + min(excess, room)
    guard own?.refusedExit?.total != view.lot.wholeLots(in: desired) else { return }
    let resting = own?.newest(.exit).flatMap { $0.isOpen ? $0.asked.price : nil }
    let fallback = view.ownExitPrice(side: side)
    guard let price = resting ?? fallback?.price else { return }
    if view.crosses(side: side, price: price.limit), desired > (own?.closed ?? .zero) + working {
      clearCrossing(side: side, price: price.limit, view)
      return
    }
    let plan = ChildPlan(
      children: own?.children ?? [], purpose: .exit, working: min(excess, room), shape: OrderShape(price: price),
      largest: view.largestOrder, pace: ChildPlan.Pace(now: now))
    if let moment = plan.waitsUntil { wake(at: moment) }
    request(
      plan.actions, key: view.key, follower: view.index, origin: origin, side: side, purpose: .exit,
      why: Arithmetic(
        rule: 29, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude),
        target: view.lot.wholeLots(in: min(excess, room)), filled: view.lot.wholeLots(in: own?.closed ?? .zero),
        working: view.lot.wholeLots(in: working), reference: resting == nil ? fallback?.reference : nil))
  }
}

extension KeyView {
  /// Whether surplus orders filled anything that has to be closed.
  var owesSurplus: Bool { ledger.hasSurplus && ledger.links.contains { surplusExcess(of: $0) > .zero } }

  /// Units that surplus orders opened through this link and that it has no use for.
  func surplusExcess(of link: Link) -> Quantity {
    let surplus = link.surplus
    guard surplus > .zero else { return .zero }
    guard let plan = EntryPlan(self), let place = plan.position(of: link.origin) else { return surplus }
    return max(.zero, surplus - lot.quantity(of: plan.absorbed[place]))
  }

  /// The same over all links, of what was opened in one segment: no part of what the leader's exits are a fraction of.
  func surplusExcess(in segment: Int64) -> Quantity {
    guard ledger.hasSurplus else { return .zero }
    let plan = EntryPlan(self)
    return ledger.links.reduce(into: .zero) { sum, link in
      let surplus = link.surplus(in: segment)
      guard surplus > .zero else { return }
      let place = plan?.segment == segment ? plan?.position(of: link.origin) : nil
      let absorbed = place.flatMap { place in plan.map { lot.quantity(of: $0.absorbed[place]) } } ?? .zero
      sum += max(.zero, surplus - absorbed)
    }
  }
}

extension KeyLedger {
  /// Whether surplus orders opened anything that is not closed again.
  var hasSurplus: Bool {
    links.contains { $0.surplus > .zero || ($0.origin.ownPurpose == .surplus && !$0.isQuiet) }
  }
}

extension Link {
  var hasSurplusOpen: Bool { children.contains { $0.isSurplus && $0.isOpen } }
}
