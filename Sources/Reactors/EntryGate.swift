import Domain
import Projections

/// The rules that every new lot of an entry passes before it is asked for. Increases only: nothing here ever holds back an
/// exit, a cancel or a reduction (rules 4 and 16).
struct EntryGate {
  enum Verdict: Equatable {
    /// Lots that may go now, and lots that are given up with the reason.
    case send(Lots, forgo: Lots, reason: SkipReason?)
    /// Something has to happen first; the next look asks again, and at this moment at the latest the entry is too old.
    case wait(until: Timestamp)
    /// Something has to happen first, and no moment brings it.
    case hold
    /// So many lots may go now; the others wait until other legs cover them (rule 22), at most until this moment.
    case waitForCover(Lots, until: Timestamp?)
    /// A limit depends on the Greeks of these contracts.
    case ask([ContractID])
  }

  let state: State
  let view: KeyView
  let now: Timestamp

  func verdict(growth: Lots, link: Link, order: LeaderOrder, side: Side, price: OrderPrice?) -> Verdict {
    // What the log does not know yet may be in the book (rules 28 and 33).
    if !state.isCaughtUp(follower: view.index) { return .wait(until: now + .seconds(30)) }
    if let bar = modeBar { return .send(.zero, forgo: growth, reason: bar) }
    if order.raisedBy <= state.followers[view.index].enteringSince {
      return .send(.zero, forgo: growth, reason: .tooOld)
    }
    if state.leader.blindSince != nil {
      // What rests at its own price may come back, when somebody sees that it still does (rules 17 and 35).
      return restsAtItsOwnPrice(order) ? .hold : .send(.zero, forgo: growth, reason: .leaderUnseen)
    }
    if let bar = state.barToEntry(view.instrument) { return .send(.zero, forgo: growth, reason: bar) }
    if decreasedSince(order, link) { return .send(.zero, forgo: growth, reason: .leaderDecreased) }
    if let verdict = basketVerdict(growth, link: link, order: order) { return verdict }
    let end = age(of: order, link) + view.settings.entries.maximumAge + Microseconds(1)
    if now >= end, !restsAtItsOwnPrice(order) {
      // Who waited for another leg in vain was not too old for anything else.
      let waited = now <= end + .seconds(1) && side == .sell && covered(growth, link) < growth
      return .send(.zero, forgo: growth, reason: waited ? .uncovered : .tooOld)
    }
    if isGivenUp(order) { return .send(.zero, forgo: growth, reason: .unfilled) }
    if Side(holding: view.ledger.owner) == side.opposite {
      return .send(.zero, forgo: growth, reason: .ownerHoldsOpposite)
    }
    if let until = link.pausedUntil, now < until { return .wait(until: until) }
    guard let price, price.limit > .zero else {
      // A MARKET order without a reference tells one with its first fill.
      return order.order.status.isFinal
        ? .send(.zero, forgo: growth, reason: .noReferencePrice) : .wait(until: max(end, now + .seconds(1)))
    }
    let later = max(end, now + .seconds(1))
    // It may close what another order of his opened, or be taken back: his book, or his positions, tell (rules 7 and 8).
    if let until = state.leader.openingWaits(order, since: state.startedAt, at: now, end: later) {
      return .wait(until: until)
    }
    if view.ledger.side == side.opposite { return .wait(until: later) }
    // Lots that a surplus order filled go first: they may be what is wanted, and their exit must not meet this entry (rule 29).
    if view.owesSurplus { return .wait(until: later) }
    if price.trigger == nil {
      if view.crosses(side: side, price: price.limit) { return .wait(until: later) }
      if view.crossesDueExit(side: side, price: price.limit) { return .wait(until: later) }
    }
    if side == .sell, waitsForBuys(link) { return .wait(until: later) }
    if link.basket == nil {
      let lacking = lackingGreeks(for: [view.key.contract])
      if !lacking.isEmpty { return .ask(lacking) }
    }
    let (allowed, reason) = allowed(growth, link: link, side: side, price: price.limit)
    if side == .sell {
      let covered = covered(allowed, link)
      if covered < allowed { return .waitForCover(covered, until: now < end ? later : nil) }
    }
    return .send(allowed, forgo: growth - allowed, reason: allowed < growth ? reason : nil)
  }

  /// Why nothing at all is entered for the follower now.
  var modeBar: SkipReason? {
    switch state.mode(ofFollower: view.index) {
    case .running: return nil
    case .closeOnly:
      if state.commandedMode(ofFollower: view.index) == .closeOnly { return .closeOnly }
      return state.followers[view.index].stop != nil ? .accountStopped : .lowDisk
    case .halted: return .halted
    }
  }

  /// How many lots may be sold although the hedge is not there yet (rule 22).
  private func covered(_ lots: Lots, _ link: Link) -> Lots {
    Cover(state, view, opening: link.origin).openable(lots)
  }

  /// An order of the leader that still rests at a price of its own is copied whatever its age, where that is wanted (rule 17).
  private func restsAtItsOwnPrice(_ order: LeaderOrder) -> Bool {
    view.settings.entries.resting == .copy && order.order.open > .zero && order.order.filled == .zero
      && view.mode(for: order.order) == .placement && !order.isMarket
  }

  /// The leader's order filled so long ago that what did not fill for the follower is not wanted any more (rule 18).
  private func isGivenUp(_ order: LeaderOrder) -> Bool {
    guard view.settings.unfilled.action == .cancel, view.isOver(order), let filledAt = order.filledAt else {
      return false
    }
    return now - max(filledAt, view.ledger.lastClosedAt) >= view.settings.unfilled.after
  }

  /// The leader has become smaller since it last raised this order, and the order is over: what did not fill for the
  /// follower is not entered any more (rule 11).
  private func decreasedSince(_ order: LeaderOrder, _ link: Link) -> Bool {
    guard order.order.status.isFinal else { return false }
    guard let number = order.openingSegment,
      let segment = view.position.segments.first(where: { $0.number == number })
    else { return true }
    return segment.lastDecrease > order.raisedBy
  }

  /// Age runs from the newest leader change that raised what is desired; in a reversal from our own close, and for an order
  /// that still rests at the leader from the decrease that made us take ours back (rules 11 and 17).
  private func age(of order: LeaderOrder, _ link: Link) -> Timestamp {
    var from = order.raisedAt
    if let waited = link.basket?.waited { from = from + waited }
    if order.shares.contains(where: { $0.closed > .zero }) || link.closed > .zero, closesInTime(order, link) {
      from = max(from, view.ledger.lastClosedAt)
    }
    if !order.order.status.isFinal {
      if let segment = view.position.current { from = max(from, segment.lastDecreaseAt) }
      // What it was to close is gone otherwise, and it opens as much more.
      if let decrease = view.position.lastDecrease, decrease.side == order.order.side.opposite {
        from = max(from, decrease.at)
      }
    }
    // Nor did we miss what we have just taken back ourselves, to place it anew before the cap of modifications bites.
    if !order.order.status.isFinal, let taken = link.children.last(where: { $0.wasTakenBack && $0.purpose == .entry }) {
      from = max(from, taken.lastAskedAt)
    }
    return from
  }

  /// When a close left us; one that waits in its lane leaves now at the earliest.
  private func leftAt(_ close: Child) -> Timestamp { close.leftAt ?? (close.isQueued ? now : close.requestedAt) }

  /// Whether our own close left while the leader's change was young: what is closed long after a gap makes no old entry young
  /// again (rule 17).
  private func closesInTime(_ order: LeaderOrder, _ link: Link) -> Bool {
    let own = link.children.first { $0.purpose == .exit }.map(leftAt)
    let others = view.ledger.links.lazy.flatMap(\.children)
      .filter { $0.purpose == .exit && $0.requestedAt > order.raisedAt }.map(leftAt).min()
    // Of a link that is forgotten only the close itself is known.
    let closing = own ?? others ?? view.ledger.lastClosedAt
    return closing - order.raisedAt <= view.settings.entries.maximumAge
  }

  /// How many of `growth` the limits leave room for, and the tightest one (rule 4).
  private func allowed(_ growth: Lots, link: Link, side: Side, price: Paise) -> (Lots, SkipReason) {
    let limits = view.follower.limits
    var allowed = growth
    var reason = SkipReason.lotsPerOrder
    func bind(_ limit: Lots?, used: @autoclosure () -> Lots, _ why: SkipReason) {
      guard let limit else { return }
      let room = max(.zero, limit - used())
      if room < allowed {
        allowed = room
        reason = why
      }
    }
    bind(
      limits.maximumLotsPerOrder, used: view.lot.wholeLots(in: link.opened + link.open(.entry)), .lotsPerOrder)
    bind(
      limits.maximumLotsPerUnderlying, used: usedLots(of: view.instrument.underlying), .lotsPerUnderlying)
    bind(limits.maximumOpenLots, used: usedLots(of: nil), .openLots)
    if side == .buy { bind(affordable(price), used: .zero, .premiumBudget) }
    // What the legs of a basket do together was looked at when it was sized, and is less than the sum of them.
    if link.basket == nil, let room = greeksRoom(side: side) {
      bind(Lots(room.units), used: .zero, room.reason)
    }
    if link.basket == nil, let shortfall = shortfall(side: side, price: price) {
      let payable = Lots(max(0, shortfall.available.count) / shortfall.perLot.count)
      if payable < allowed { return (view.follower.sizing.onShortfall == .skip ? .zero : payable, .insufficientMargin) }
    }
    return (allowed, reason)
  }

  /// Lots that may be bought at `price` until the premium of all open longs reaches its share of the capital; `nil` is no
  /// bound. Of a capital that nobody knows there is no share.
  private func affordable(_ price: Paise) -> Lots? {
    let perLot = price * view.lot.quantity(of: .one)
    return premiumRoom.map { Lots(max(0, $0.count / max(1, perLot.count))) }
  }

  /// The premium that may still be paid until that of all open longs reaches its share of the capital; `nil` is no bound.
  var premiumRoom: Paise? {
    guard let share = view.follower.limits.maximumPremium else { return nil }
    guard let capital = Sizer.capital(of: view), capital > .zero else { return .zero }
    let used = state.followers[view.index].ledgers.values.reduce(into: Paise.zero) { $0 += $1.longPremium }
    return Paise(share.scaled(capital.count)) - used
  }

  /// Lots of ours that are held, working or in doubt, in one underlying or in all. A sum: the order of the keys is nothing.
  func usedLots(of underlying: Underlying?) -> Lots {
    state.followers[view.index].ledgers.reduce(into: .zero) { sum, entry in
      guard let instrument = state.instruments[entry.key.contract],
        underlying == nil || instrument.underlying == underlying
      else { return }
      sum += instrument.lotSize.wholeLots(in: entry.value.held.magnitude + entry.value.open(.entry))
    }
  }
}

extension KeyLedger {
  /// What was paid for the long lots that are held, at the average of what bought them, and what those that work or are in
  /// doubt would cost.
  fileprivate var longPremium: Paise {
    let buys = links.flatMap(\.children).filter { $0.side == .buy && $0.purpose == .entry }
    var (bought, paid, working) = (Quantity.zero, Paise.zero, Paise.zero)
    for child in buys {
      bought += child.filled
      paid += (child.averagePrice > .zero ? child.averagePrice : child.asked.price.limit) * child.filled
      working += child.asked.price.limit * child.open
    }
    guard held > .zero, bought > .zero else { return working }
    return working + Paise(Rounding.up.quotient(Int128(paid.count) * Int128(held.units), Int128(bought.units)))
  }
}

extension Child {
  /// Whether the order ended by a cancel of ours.
  var wasTakenBack: Bool {
    if case .ended(_, .cancelled) = state { return cancellations > 0 }
    return false
  }
}
