import Domain
import Projections

extension DecisionPass {
  /// Brings the exits of every link to what the leader's cumulative fraction demands (rule 10).
  mutating func mirrorExits(_ key: PositionKey, follower index: Int) {
    guard let first = view(of: key, follower: index) else { return }
    for place in first.ledger.links.indices {
      guard let view = view(of: key, follower: index) else { return }
      let link = view.ledger.links[place]
      guard link.leaderOrder != nil, let order = view.order(of: link) else { continue }
      let demand = view.exitDemands[place]
      mirrorExit(link, order, demand, view)
    }
  }

  private mutating func mirrorExit(_ link: Link, _ order: LeaderOrder, _ demand: ExitPlan.Demand, _ view: KeyView) {
    let side = order.order.side
    let standing = link.closed + link.open(.exit)
    var desired = view.lot.quantity(of: link.unrefused(of: demand.total, standing: view.lot.wholeLots(in: standing)))
    if desired > standing {
      if isPaused(link) { return }
      // Other links may still hold lots that they have to give back first: nobody closes the same lot twice.
      let room = view.ledger.held.magnitude - view.openExits(besides: order) - openExitsOfBroker(side, view)
      desired = min(desired, standing + max(.zero, room))
      if desired > standing { desired = standing + coverable(desired - standing, view, of: order) }
      if desired > standing, waitsForShorts(order, view) { desired = standing }
      if desired > standing, mustReadFirst(view) { desired = standing }
    }
    if desired <= standing { desired = min(desired, max(link.closed, standing - uncovering(link, view))) }
    guard desired != standing || link.open(.exit) > .zero, var priced = view.exitPrice(of: link, order) else { return }
    if desired > link.closed, priced.price.trigger == nil, view.crosses(side: side, price: priced.price.limit) {
      clearCrossing(side: side, price: priced.price.limit, view)
      // A reduction waits for nothing; until the entry is gone it leaves the exit at its price.
      guard desired < standing, let resting = link.newest(.exit), resting.isOpen else { return }
      priced = Priced(price: resting.asked.price)
    }
    let children = ChildPlan(
      children: link.children, purpose: .exit, working: desired - link.closed,
      shape: view.shape(priced.price, of: link, order, .exit),
      largest: view.largestOrder,
      pace: ChildPlan.Pace(now: now, restsWithLeader: !view.isDone(order)))
    if let moment = children.waitsUntil { wake(at: moment) }
    let step = view.exitStep(of: link, order)
    if case .wait(let moment)? = step { wake(at: moment) }
    request(
      children.actions, key: view.key, follower: view.index, origin: link.origin, side: side, purpose: .exit,
      afterMarket: order.order.afterMarket,
      why: Arithmetic(
        rule: step.isMove ? 14 : 10, leaderLots: demand.leaderLots, leaderWhole: demand.leaderWhole,
        target: demand.total, filled: view.lot.wholeLots(in: link.closed),
        working: view.lot.wholeLots(in: link.open(.exit)), reference: priced.reference,
        bound: step.isMove ? view.exitBound(order) : nil))
    if !children.actions.isEmpty, priced.reference?.source.isLastResort ?? false {
      set(.noReference, true, lots: demand.total, view)
    }
  }

  /// Whether a refusal that passes is waited out.
  mutating func isPaused(_ link: Link) -> Bool {
    guard let until = link.pausedUntil, now < until else { return false }
    wake(at: until)
    return true
  }

  /// Whether an exit waits for a fresh reading of the book: while the broker may be closing the position by himself, and after
  /// the stream was gone (rule 33). It never waits longer than a moment: no reading holds an exit back (rule 16).
  private mutating func mustReadFirst(_ view: KeyView) -> Bool {
    let account = state.followers[view.index]
    let needed: Timestamp
    if mayBeClosing(view) {
      // The broker closes leader and follower in the same moment: an older reading knows nothing of it.
      needed = now
    } else if let lost = account.access.streamChangedAt, !account.access.isConnected {
      // What was read before the stream was lost knows nothing of the gap.
      needed = max(lost, now + Microseconds(-DecisionPass.readingAge.count))
    } else if let opened = account.access.streamChangedAt {
      needed = opened
    } else {
      return false
    }
    if account.bookReadAt.map({ $0 >= needed }) ?? false { return false }
    if let since = account.wantsReadingSince, now - since >= DecisionPass.readingPatience { return false }
    if !account.wantsReadingFor.contains(view.key) {
      emit(.readingWanted(ReadingWanted(follower: view.name, key: view.key)))
    }
    wake(at: (account.wantsReadingSince ?? now) + DecisionPass.readingPatience)
    return true
  }

  /// Whether the broker may be closing the position by himself (rule 33): he is done with it half an hour later.
  private func mayBeClosing(_ view: KeyView) -> Bool {
    guard view.key.product == .intraday, let from = view.settings.squareOffFrom else { return false }
    let time = state.brokerNow
    return time.isInIndia(atOrAfter: from) && !time.isInIndia(atOrAfter: from.later(byMinutes: 30))
  }

  /// Units that orders which are not ours are about to close while the broker may be closing the position. They are waited
  /// for as long as for a reading: an order that its owner rests by hand holds no exit back (rule 16).
  private mutating func openExitsOfBroker(_ side: Side, _ view: KeyView) -> Quantity {
    guard mayBeClosing(view) else { return .zero }
    var units = Quantity.zero
    for order in state.followers[view.index].orders.values {
      guard order.order.key == view.key, order.order.side == side, order.order.open > .zero, order.isForeign,
        let end = order.order.updatedAt.map({ $0 + DecisionPass.readingPatience }), now < end
      else { continue }
      units += order.order.open
      wake(at: end)
    }
    return units
  }

  /// How old a reading of the book may be, and how long an exit waits for one.
  private static let readingAge = Microseconds.seconds(2)
  static let readingPatience = Microseconds.seconds(3)

  /// An exit that would trade with our own resting entry waits until that is taken back (rule 11). What else the link has
  /// out stays: were it taken back too, the next look would place it again.
  mutating func clearCrossing(side: Side, price: Paise, _ view: KeyView) {
    func crosses(_ child: Child) -> Bool { child.purpose == .entry && child.meets(side, price) }
    for link in view.ledger.links where link.children.contains(where: crosses) {
      takeBack(link, link.children.map { crosses($0) ? $0 : $0.settled }, rule: 11, view)
    }
  }
}

extension ReferenceSource {
  /// Whether nobody told of the market when the price was made.
  var isLastResort: Bool {
    switch self {
    case .leaderPosition, .ownEntry: true
    case .leaderLimit, .leaderTrade, .leaderTrigger, .frame, .quote: false
    }
  }
}

extension Link {
  /// What of a total of lots to close may be asked for: not what was refused of just this total, but what works of it in any
  /// case (rule 5).
  ///
  /// - Parameter standing: lots that are closed or work.
  func unrefused(of total: Lots, standing: Lots) -> Lots {
    guard let refused = refusedExit, refused.total == total else { return total }
    return max(total - refused.lots, min(total, standing))
  }
}

extension KeyView {
  /// Units of working exits that a further exit for `order` has to leave room for. Where alternatives both rest, a stop and a
  /// target for the same lots leave each other none (rule 12).
  func openExits(besides order: LeaderOrder) -> Quantity {
    guard settings.exits.alternatives == .all else { return ledger.open(.exit) }
    return ledger.links.reduce(into: .zero) { sum, link in
      let isAlternative =
        self.order(of: link).map { $0.waitsForTrigger != order.waitsForTrigger && $0.order.open > .zero }
        ?? false
      if !isAlternative { sum += link.open(.exit) }
    }
  }
}

extension FollowerOrder {
  /// Whether the order is not one of ours, as far as is known.
  fileprivate var isForeign: Bool {
    switch owner {
    case .owner, .undetermined: true
    default: false
    }
  }
}
