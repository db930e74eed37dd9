import Domain
import Projections

extension DecisionPass {
  /// Brings the exits of every link to what the leader's cumulative fraction demands (rule 10).
  mutating func mirrorExits(_ key: PositionKey, follower index: Int) {
    guard let first = KeyView(state, key: key, follower: index) else { return }
    for place in first.ledger.links.indices {
      guard let view = KeyView(state, key: key, follower: index) else { return }
      let link = view.ledger.links[place]
      guard link.leaderOrder != nil, let order = view.order(of: link) else { continue }
      let demand = ExitPlan(view).demands[place]
      mirrorExit(link, order, demand, view)
    }
  }

  private mutating func mirrorExit(_ link: Link, _ order: LeaderOrder, _ demand: ExitPlan.Demand, _ view: KeyView) {
    let side = order.order.side
    var desired = view.lot.quantity(of: demand.total)
    let standing = link.closed + link.open(.exit)
    if desired > standing {
      if link.refusedExitTotal == demand.total { return }
      // Other links may still hold lots that they have to give back first: nobody closes the same lot twice.
      let room = view.ledger.held.magnitude - view.ledger.open(.exit)
      desired = min(desired, standing + max(.zero, room))
    }
    guard desired != standing || link.open(.exit) > .zero else { return }
    guard let price = view.exitPrice(of: link, order) else { return }
    if desired > standing, price.trigger == nil, view.crosses(side: side, price: price.limit) {
      clearCrossing(side: side, price: price.limit, view)
      return
    }
    let actions = ChildPlan(
      children: link.children, purpose: .exit, desired: desired, price: price,
      largest: view.instrument.maximumLotsPerChild.map { view.lot.quantity(of: $0) }
    ).actions()
    request(
      actions, key: view.key, follower: view.index, origin: link.origin, side: side, purpose: .exit, price: price,
      validity: order.order.validity.copied,
      why: Arithmetic(
        rule: 10, leaderLots: demand.leaderLots, leaderWhole: demand.leaderWhole, target: demand.total,
        filled: view.lot.wholeLots(in: link.closed), working: view.lot.wholeLots(in: link.open(.exit))))
  }

  /// An exit that would trade with our own resting entry waits until that is taken back (rule 11).
  private mutating func clearCrossing(side: Side, price: Paise, _ view: KeyView) {
    for link in view.ledger.links {
      let crossing = link.children.filter {
        $0.purpose == .entry && $0.open > .zero && $0.asked.price.trigger == nil
          && (side == .sell ? price <= $0.asked.price.limit : price >= $0.asked.price.limit)
      }
      guard !crossing.isEmpty else { continue }
      let actions = ChildPlan(
        children: link.children, purpose: .entry,
        desired: link.children.reduce(into: .zero) { if $1.purpose == .entry { $0 += $1.filled } },
        price: crossing[0].asked.price, largest: nil
      ).actions()
      request(
        actions, key: view.key, follower: view.index, origin: link.origin, side: side.opposite, purpose: .entry,
        price: crossing[0].asked.price,
        why: Arithmetic(
          rule: 11, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero,
          filled: view.lot.wholeLots(in: link.opened), working: view.lot.wholeLots(in: link.open(.entry))))
    }
  }

  /// Closes lots that the follower got and the leader's order never will, once every other link of the key has settled
  /// (rules 1 and 18).
  mutating func trueUp(_ key: PositionKey, follower index: Int) {
    guard let view = KeyView(state, key: key, follower: index), let plan = EntryPlan(view), plan.excess > .zero,
      view.ledger.isQuiet, view.ledger.side == plan.episode.side, isTrimmed(view, side: plan.episode.side),
      !view.ledger.links.contains(where: { $0.leaderOrder == nil && $0.refusedExitTotal != nil })
    else { return }
    let rests = view.ledger.links.contains { view.order(of: $0).map { !$0.order.status.isFinal } ?? false }
    guard !rests else { return }
    let lots = min(plan.excess, view.lot.wholeLots(in: view.ledger.held.magnitude))
    let side = plan.episode.side.opposite
    guard lots > .zero, let price = view.fallbackExitPrice(side: side) else { return }
    let why = Arithmetic(
      rule: 18, leaderLots: plan.leaderLots, ratio: plan.episode.ratio, target: plan.target,
      filled: plan.target + plan.excess, working: .zero)
    let largest = view.instrument.maximumLotsPerChild.map { view.lot.quantity(of: $0) }
    request(
      ChildPlan.split(view.lot.quantity(of: lots), largest: largest).map { .place($0) }, key: key, follower: index,
      origin: LinkOrigin(.trueUp, causedBy: state.lastSequence), side: side, purpose: .exit, price: .limit(price),
      why: why)
  }

  private func isTrimmed(_ view: KeyView, side: Side) -> Bool {
    switch view.settings.trueUp {
    case .trim: true
    case .trimShorts: side == .sell
    case .keep: false
    }
  }
}

extension KeyView {
  /// The price at which a link exits: the leader's, or that of the child which rests, or whatever protects (rule 16: an
  /// exit is not held back because no price is known).
  func exitPrice(of link: Link, _ order: LeaderOrder) -> OrderPrice? {
    if !followsPrice(of: order), let resting = link.children.first(where: { $0.purpose == .exit && $0.isOpen }) {
      return resting.asked.price
    }
    return price(for: order) ?? fallbackExitPrice(side: order.order.side).map { .limit($0) }
  }

  /// A protected limit for an exit that copies no resting order: from the leader's newest trade here, its newest limit, or
  /// the price at which we ourselves entered (rule 19).
  func fallbackExitPrice(side: Side) -> Paise? {
    let leaderLimit = ledger.links.reversed().lazy.compactMap { self.order(of: $0)?.order.price }.first { $0 > .zero }
    let ours = ledger.links.reversed().lazy.flatMap(\.children).first { $0.purpose == .entry }?.asked.price.limit
    return protectedPrice(side: side, reference: position.lastPrice ?? leaderLimit ?? ours)
  }
}
