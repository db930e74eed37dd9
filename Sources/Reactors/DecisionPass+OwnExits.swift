import Domain
import Projections

/// Exits that copy no order of the leader's, through links of our own (rules 1, 14, 18).
extension DecisionPass {
  /// Re-prices what the links of our own have out until it fills (rule 14), and takes back what would leave shorts of ours
  /// uncovered (rule 22).
  mutating func finishOwnExits(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index) else { return }
    for link in view.ledger.links where link.leaderOrder == nil && link.open(.exit) > .zero {
      guard let child = link.children.last(where: { $0.open > .zero && !$0.isSurplus }) else { continue }
      let hedge = link.origin.ownPurpose == .surplus ? .zero : uncovering(link, view)
      var price = child.asked.price
      if hedge == .zero {
        let step = view.exitStep(of: link, nil)
        if case .wait(let moment)? = step { wake(at: moment) }
        guard case .move(let next)? = step else { continue }
        price = next
      }
      let plan = ChildPlan(
        children: link.children, purpose: .exit, working: link.open(.exit) - hedge,
        shape: OrderShape(price: price), pace: ChildPlan.Pace(now: now))
      if let moment = plan.waitsUntil { wake(at: moment) }
      request(
        plan.actions, key: key, follower: index, origin: link.origin, side: child.side, purpose: .exit,
        why: Arithmetic(
          rule: hedge > .zero ? 22 : 14, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero,
          filled: view.lot.wholeLots(in: link.closed), working: view.lot.wholeLots(in: link.open(.exit)),
          reference: view.ladderReference(nil), bound: view.exitBound(nil, side: child.side)))
    }
  }

  /// Closes lots that the follower got and the leader's order never will, once every other link of the key has settled, or has
  /// nothing out but exits that rest and leave room for it (rules 1 and 18).
  mutating func trueUp(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let plan = view.entryPlan, view.excess > .zero,
      view.ledger.onlyExitsRest, view.ledger.side == plan.episode.side,
      isTrimmed(view, side: plan.episode.side) || view.isUnwound,
      !view.ledger.links.contains(where: { $0.leaderOrder == nil && $0.refusedExit != nil })
    else { return }
    // One that rests on the other side takes none of them: it closes no more than the leader has.
    let rests = view.ledger.links.contains { link in
      view.order(of: link).map { !$0.order.status.isFinal && $0.order.side == plan.episode.side } ?? false
    }
    guard !rests || view.isUnwound else { return }
    closeByOurselves(
      min(view.excess, view.lot.wholeLots(in: view.ledger.held.magnitude - view.ledger.open(.exit))), .trueUp,
      Arithmetic(
        rule: 18, leaderLots: plan.leaderLots, ratio: plan.episode.ratio, target: plan.target,
        filled: plan.target + view.excess, working: .zero), view)
  }

  /// Closes what we hold on a side on which the leader has nothing and wants nothing: two alternatives that both filled, an
  /// exit that crossed the broker's own (promise 6, rule 1).
  mutating func repair(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let side = view.ledger.side, view.ledger.isQuiet,
      view.position.side != side, view.excess == .zero,
      !view.ledger.links.contains(where: { $0.leaderOrder == nil && $0.refusedExit != nil })
    else { return }
    let isWanted = view.ledger.links.contains { link in
      view.order(of: link).map { $0.order.side == side && $0.order.open > .zero } ?? false
    }
    // An exit of the leader's that is still to come, or was refused, is the business of its own link.
    let demands = view.exitDemands
    let isOwed = view.ledger.links.indices.contains {
      demands[$0].total > view.lot.wholeLots(in: view.ledger.links[$0].closed)
    }
    guard !isWanted, !isOwed else { return }
    let lots = view.lot.wholeLots(in: view.ledger.held.magnitude)
    closeByOurselves(
      lots, .repair,
      Arithmetic(
        rule: 1, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero, filled: lots,
        working: .zero), view)
  }

  /// Exits through a link of our own, which begins when every other one of the key has settled (rule 1).
  private mutating func closeByOurselves(
    _ lots: Lots, _ purpose: OwnLinkPurpose, _ why: Arithmetic, _ view: KeyView
  ) {
    // What both hold is read first: the leader may have what the log does not know of.
    let lots = view.lot.wholeLots(in: coverable(view.lot.quantity(of: lots), view))
    guard lots > .zero, !state.lacksRestatement(.leader), !state.lacksRestatement(.follower(view.name)),
      let side = view.ledger.side?.opposite, let priced = view.ownExitPrice(side: side)
    else { return }
    var why = why
    why.reference = priced.reference
    let shape = OrderShape(price: priced.price)
    let largest = view.largestOrder
    request(
      ChildPlan.split(view.lot.quantity(of: lots), largest: largest).map { .place(shape.terms($0)) }, key: view.key,
      follower: view.index, origin: LinkOrigin(purpose, causedBy: state.lastSequence), side: side, purpose: .exit,
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
