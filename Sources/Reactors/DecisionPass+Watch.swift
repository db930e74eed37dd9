import Domain
import Projections

extension DecisionPass {
  /// Takes entries back that waited in the lane until they were too old: behind a spent budget, a dead token, a broker
  /// that turned them away (rules 17 and 39); and those that would meet what the owner opened by hand meanwhile (rule 21).
  mutating func withdrawWaitingEntries(_ key: PositionKey, follower index: Int) {
    let name = state.followers[index].name
    for request in state.followers[index].outbox.requests where request.child.key == key && request.attemptedAt == nil {
      if let end = state.endOfAge(request, follower: index), now >= end {
        emit(.requestWithdrawn(RequestWithdrawn(follower: name, requestID: request.id, reason: .tooOld)))
      } else if meetsOwner(request, follower: index) {
        emit(.requestWithdrawn(RequestWithdrawn(follower: name, requestID: request.id, reason: .desiredChanged)))
      }
    }
  }

  /// Whether an entry that has not left, or never arrived, would now close what the owner opened by hand meanwhile (rule 21).
  func meetsOwner(_ request: OpenRequest, follower index: Int) -> Bool {
    guard request.kind == .placement, request.purpose == .entry,
      let child = state.followers[index].child(request.child),
      let owner = state.followers[index].ledgers[request.child.key]?.owner
    else { return false }
    return Side(holding: owner) == child.side.opposite
  }

  /// Raises and clears the alerts of a key: what a person has to look at (promise 6).
  mutating func watch(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index) else { return }
    let ledger = view.ledger
    let refused = ledger.held != .zero && (isExitRefused(view) || isChangeRefused(.exit, view))
    set(.exitRefused, refused, lots: view.lot.wholeLots(in: ledger.held), view)
    watchCancels(view)
    let doubt = ledger.links.contains { $0.children.contains(where: \.isInDoubt) }
    set(.inDoubt, doubt, lots: view.lot.wholeLots(in: ledger.open(.entry) + ledger.open(.exit)), view)
    let surplus = ledger.links.reduce(into: Quantity.zero) { sum, link in
      sum += view.surplusExcess(of: link)
      sum += link.children.reduce(into: .zero) { if $1.isSurplus { $0 += $1.open } }
    }
    set(.surplus, surplus > .zero, lots: view.lot.wholeLots(in: surplus), view)
    if state.followers[index].halt == nil { set(.anotherInstance, false, lots: .zero, view) }
    if ledger.closedByOthers > .zero {
      let lots = view.lot.wholeLots(in: ledger.closedByOthers)
      emit(.alertRaised(AlertRaised(kind: .closedByOthers, follower: view.name, key: key, lots: lots)))
    }
    let frozen = view.instrument.maximumLotsPerChild == .zero && ledger.links.contains { $0.end == nil }
    set(.freezeBelowLot, frozen, lots: .zero, view)
    let odd = view.position.net.units % view.lot.units != 0
    set(.oddLot, odd, lots: view.lot.wholeLots(in: view.position.net), view)
    watchRefusals(view)
    watchExcess(view, refused: refused)
    watchHedge(view)
    watchBaskets(view)
    watchCover(view)
    watchPrices(view)
  }

  /// Whether lots that have to leave stay because an order was refused, also where others of the same exit still rest.
  private func isExitRefused(_ view: KeyView) -> Bool {
    guard view.ledger.links.contains(where: { $0.refusedExit != nil }) else { return false }
    let demands = view.exitDemands
    return view.ledger.links.indices.contains { place in
      let link = view.ledger.links[place]
      guard link.refusedExit != nil else { return false }
      let standing = view.lot.wholeLots(in: link.closed + link.open(.exit))
      let total = demands[place].total
      return link.isQuiet || (link.leaderOrder != nil && link.unrefused(of: total, standing: standing) < total)
    }
  }

  /// Whether an order of ours stands with the leader's at terms that are not his any more, because the broker did not change it.
  private mutating func isChangeRefused(_ purpose: ChildPurpose, _ view: KeyView) -> Bool {
    var isRefused = false
    for link in view.ledger.links {
      guard let order = view.order(of: link), !view.isOver(order), !order.order.status.isFinal else { continue }
      for child in link.children where child.purpose == purpose && child.isChangeOwed && child.open > .zero {
        // It may be filled or gone, which the book will tell in a moment.
        let end = (child.changeFailsSince ?? .earliest) + DecisionPass.leavingTime
        if now >= end { isRefused = true } else { wake(at: end) }
      }
    }
    return isRefused
  }

  /// What the broker said and nobody knows, and what stops the whole account.
  private mutating func watchRefusals(_ view: KeyView) {
    var (unknown, known) = (Quantity.zero, Quantity.zero)
    for link in view.ledger.links {
      for child in link.children where child.refusalAlarms && child.purpose == .entry {
        let lost = child.asked.quantity - child.filled
        if child.refusal == .unknown { unknown += lost } else { known += lost }
      }
    }
    set(.refusalUnknown, unknown > .zero, lots: view.lot.wholeLots(in: unknown), view)
    let stands = isChangeRefused(.entry, view)
    set(.refusalAlarm, known > .zero || stands, lots: view.lot.wholeLots(in: known), view)
    let stops = state.followers[view.index].stop != nil
    let isHere = view.ledger.links.contains { link in link.children.contains { $0.refusal == .accountBlocked } }
    set(.accountStopped, stops && isHere, lots: .zero, view)
  }

  /// An order that was asked to go some seconds ago and is still there may fill any moment, whatever keeps it.
  private mutating func watchCancels(_ view: KeyView) {
    var stuck = Quantity.zero
    for link in view.ledger.links {
      for child in link.children where child.open > .zero {
        guard let since = child.cancelWantedSince ?? view.strandedSince(child, of: link) else { continue }
        if now - since >= DecisionPass.leavingTime {
          stuck += child.open
        } else {
          wake(at: since + DecisionPass.leavingTime)
        }
      }
    }
    set(.cancelRefused, stuck > .zero, lots: view.lot.wholeLots(in: stuck), view)
  }

  /// A hedge that the leader has left and that has to stay is something to look at, once it has stayed for some seconds.
  private mutating func watchHedge(_ view: KeyView) {
    let waits = view.ledger.side == .buy && holdsHedge
    let since = view.position.segments.last?.lastDecreaseAt ?? .earliest
    let isLate = now - since >= DecisionPass.leavingTime
    if waits, !isLate { wake(at: since + DecisionPass.leavingTime) }
    set(.hedgeKept, waits && isLate, lots: view.lot.wholeLots(in: view.ledger.held), view)
  }

  /// Shorts of ours that stay uncovered although the leader's are covered: their hedge was refused, skipped, or sold by hand.
  private mutating func watchCover(_ view: KeyView) {
    let excess = view.ledger.side == .sell ? Cover(state, view).excess : .zero
    var isLate = false
    if excess > .zero {
      let end = leaderFilledAt(Cover.Group(view.key.contract, state)) + DecisionPass.leavingTime
      isLate = now >= end
      if !isLate { wake(at: end) }
    }
    // Lots that are kept by choice are told as such.
    let isKept = state.followers[view.index].ledgers[view.key]?.alerts.contains(.excessKept) ?? false
    set(.uncovered, isLate && !isKept, lots: excess, view)
  }

  private mutating func watchPrices(_ view: KeyView) {
    let exhausted = view.ledger.links.contains { link in
      view.exitStep(of: link, view.order(of: link)) == .exhausted
    }
    set(.exitExhausted, exhausted, lots: view.lot.wholeLots(in: view.ledger.open(.exit)), view)
    if view.ledger.open(.exit) == .zero { set(.noReference, false, lots: .zero, view) }
    let question = state.leader.unsettled.compactMap { state.leader.orders[$0] }
      .filter { $0.order.key.sibling == view.key && view.ledger.held != .zero }
      .map { $0.raisedAt + DecisionPass.questionTime }.min()
    set(.productUnsettled, question.map { $0 <= now } ?? false, lots: view.lot.wholeLots(in: view.ledger.held), view)
    if let question, question > now { wake(at: question) }
    let asked = state.leader.unsettled.compactMap { state.leader.orders[$0] }.filter {
      $0.order.key.sibling == view.key
    }
    if let end = asked.map({ $0.firstSeenAt + DecisionPass.conversionPatience }).min(), end > now { wake(at: end) }
  }

  /// How long a question about the leader's positions may stay open before a person is told.
  private static let questionTime = Microseconds.seconds(5)

  private mutating func watchExcess(_ view: KeyView, refused: Bool) {
    let resting = view.ledger.links.compactMap { view.order(of: $0)?.order }.filter { !$0.status.isFinal }
    let isSettled = view.ledger.isQuiet && resting.isEmpty && view.ledger.held != .zero
    let excess = view.excess
    let isKept =
      view.ledger.onlyExitsRest && !resting.contains { $0.side == view.ledger.side } && view.ledger.held != .zero
    set(.excessKept, isKept && excess > .zero, lots: excess, view)
    let strays = isSettled && !refused && excess == .zero && view.position.side != view.ledger.side
    set(.notFlat, strays || isLate(view), lots: view.lot.wholeLots(in: view.ledger.held), view)
  }

  /// Whether lots of ours are still there some seconds after the leader left them, whatever the reason: an exit that rests and
  /// climbs its ladder, a spent budget, a call in doubt. Decisions go on, and a person knows (promise 6).
  private mutating func isLate(_ view: KeyView) -> Bool {
    guard let leftAt = view.leftAt else { return false }
    if now - leftAt >= DecisionPass.leavingTime { return true }
    wake(at: leftAt + DecisionPass.leavingTime)
    return false
  }

  /// How long leaving may take before a person is told.
  private static let leavingTime = Microseconds.seconds(5)

  mutating func set(_ kind: AlertKind, _ holds: Bool, lots: Lots, _ view: KeyView) {
    if holds, !view.ledger.alerts.contains(kind) {
      emit(.alertRaised(AlertRaised(kind: kind, follower: view.name, key: view.key, lots: lots)))
    } else if !holds, view.ledger.alerts.contains(kind), kind != .closedByOthers {
      emit(.alertCleared(AlertCleared(kind: kind, follower: view.name, key: view.key)))
    }
  }
}

extension KeyView {
  /// Since when an entry has been in TRANSIT, where it cannot be cancelled, although the leader's order is over and he is out;
  /// `nil` for any other.
  fileprivate func strandedSince(_ child: Child, of link: Link) -> Timestamp? {
    guard child.purpose == .entry, let order = order(of: link), order.order.status.isFinal, position.side != child.side
    else { return nil }
    return child.inTransitSince
  }

  /// When the leader left the last of what we still hold; `nil` while he holds it, may still follow, or we hold nothing.
  fileprivate var leftAt: Timestamp? {
    guard ledger.held != .zero else { return nil }
    // Exits close the oldest first, so that what is held is of the newest.
    var rest = ledger.held.magnitude
    var left: Timestamp?
    for opening in ledger.openingsHeld.reversed() where opening.remaining > .zero && rest > .zero {
      rest -= opening.remaining
      let segment = position.segments.first { $0.number == opening.segment && $0.number != position.current?.number }
      if let decreased = segment?.lastDecreaseAt { left = max(left ?? decreased, decreased) }
    }
    return left ?? repairedSince
  }

  /// Since when a link of our own has tried to close what the leader never had on this side.
  private var repairedSince: Timestamp? {
    guard position.side != ledger.side else { return nil }
    return ledger.links.filter { $0.leaderOrder == nil }.flatMap(\.children).filter(\.isOpen).map(\.requestedAt).min()
  }
}
