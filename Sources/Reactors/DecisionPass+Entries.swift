import Domain
import Projections

extension DecisionPass {
  /// Freezes the lots of entries that do not follow from a ratio.
  mutating func sizeEntries(_ key: PositionKey, follower index: Int) {
    guard let view = KeyView(state, key: key, follower: index), let episode = view.ledger.episode, episode.ratio == nil
    else { return }
    for link in view.ledger.links where link.sizedLots == nil && link.entryBlocked == nil && link.end == nil {
      guard let order = view.order(of: link), order.order.side == episode.side,
        view.entryUnits(order, side: episode.side) > .zero,
        let sized = Sizer.lots(side: episode.side, price: view.price(for: order)?.limit, view)
      else { continue }
      switch sized {
      case .success(let (lots, budget, perLot)):
        emit(
          .entrySized(
            EntrySized(
              follower: view.name, key: key, origin: link.origin, lots: lots, budget: budget, perLot: perLot)))
      case .failure(.marginUnknown) where now - order.raisedAt < DecisionPass.marginTime: continue
      case .failure(let reason):
        emit(
          .entryForgone(EntryForgone(follower: view.name, key: key, origin: link.origin, lots: .zero, reason: reason)))
      }
    }
  }

  /// How long an entry waits for the broker's word on its margin; broker times have whole seconds.
  static let marginTime = Microseconds.seconds(3)

  /// A decrease of the leader first takes back the entries that were working when it came (rule 11).
  mutating func cancelStaleEntries(_ key: PositionKey, follower index: Int) {
    guard let view = KeyView(state, key: key, follower: index) else { return }
    for link in view.ledger.links where link.children.contains(where: { view.isStale($0, of: link) }) {
      guard let order = view.order(of: link) else { continue }
      let filled = link.children.reduce(into: Quantity.zero) { if $1.purpose == .entry { $0 += $1.filled } }
      let plan = ChildPlan(
        children: link.children.map { view.isStale($0, of: link) ? $0 : $0.settled }, purpose: .entry, desired: filled,
        price: .limit(order.order.price), largest: nil)
      request(
        plan.actions(), key: key, follower: index, origin: link.origin, side: order.order.side, purpose: .entry,
        price: .limit(order.order.price),
        why: Arithmetic(
          rule: 11, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero,
          filled: view.lot.wholeLots(in: link.opened), working: view.lot.wholeLots(in: link.open(.entry))))
    }
  }

  /// Cancels what rests of every entry and enters nothing (rule 36).
  mutating func takeEntriesBack(_ key: PositionKey, follower index: Int) {
    guard let view = KeyView(state, key: key, follower: index) else { return }
    for link in view.ledger.links where link.open(.entry) > .zero {
      guard let child = link.children.last(where: { $0.purpose == .entry && $0.open > .zero }) else { continue }
      let filled = link.children.reduce(into: Quantity.zero) { if $1.purpose == .entry { $0 += $1.filled } }
      let plan = ChildPlan(
        children: link.children, purpose: .entry, desired: filled, price: child.asked.price, largest: nil)
      request(
        plan.actions(), key: key, follower: index, origin: link.origin, side: child.side, purpose: .entry,
        price: child.asked.price,
        why: Arithmetic(
          rule: 36, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero,
          filled: view.lot.wholeLots(in: link.opened), working: view.lot.wholeLots(in: link.open(.entry))))
    }
  }

  /// Brings the entries of every link to what the episode's target allots to it.
  mutating func mirrorEntries(_ key: PositionKey, follower index: Int) {
    guard let first = KeyView(state, key: key, follower: index), let count = EntryPlan(first)?.links.count else {
      return
    }
    for place in 0..<count {
      // Each link sees what the ones before it have just asked for, so that limits count it.
      guard let view = KeyView(state, key: key, follower: index), let plan = EntryPlan(view), place < plan.links.count
      else { return }
      mirrorEntry(plan, place, view)
    }
  }

  private mutating func mirrorEntry(_ plan: EntryPlan, _ place: Int, _ view: KeyView) {
    let link = view.ledger.links[plan.links[place]]
    let allotted = plan.allotted[place]
    guard let order = view.order(of: link), !link.children.contains(where: { view.isStale($0, of: link) }) else {
      return
    }
    let price = view.price(for: order)
    var desired = allotted.desired
    if allotted.growth > .zero, link.entryBlocked == nil {
      // A statement of its own: the gate looks at the whole state, which must be let go before a decision is folded.
      let verdict = EntryGate(state: state, view: view, now: now).verdict(
        growth: allotted.growth, link: link, order: order, side: plan.episode.side, price: price)
      switch verdict {
      case .wait: break
      case .send(let lots, let forgone, let reason):
        desired += lots
        if forgone > .zero, let reason {
          emit(
            .entryForgone(
              EntryForgone(follower: view.name, key: view.key, origin: link.origin, lots: forgone, reason: reason)))
        }
      }
    }
    // What was entered is taken back while the operator allows no entries: only what is given up was to be recorded.
    guard state.mode(ofFollower: view.index) == .running else { return }
    let resting = link.children.first { $0.purpose == .entry && $0.isOpen }?.asked.price
    // A child that follows no price keeps its own: what becomes of it is the business of `unfilled`.
    guard let terms = view.followsPrice(of: order) ? price : resting ?? price else { return }
    let everFilled = link.children.reduce(into: Quantity.zero) { if $1.purpose == .entry { $0 += $1.filled } }
    let working = view.lot.quantity(of: desired - plan.filled[place])
    let actions = ChildPlan(
      children: link.children, purpose: .entry, desired: everFilled + working, price: terms,
      largest: view.instrument.maximumLotsPerChild.map { view.lot.quantity(of: $0) }
    ).actions()
    request(
      actions, key: view.key, follower: view.index, origin: link.origin, side: plan.episode.side, purpose: .entry,
      price: terms, validity: order.order.validity.copied,
      why: Arithmetic(
        rule: 3, leaderLots: plan.leaderLots, ratio: plan.episode.ratio, target: plan.target,
        filled: plan.filled[place], working: view.lot.wholeLots(in: link.open(.entry)), forgone: allotted.forgone))
  }
}

extension KeyView {
  /// Whether the child is an entry that was working when the leader last became smaller in its segment.
  func isStale(_ child: Child, of link: Link) -> Bool {
    guard child.purpose == .entry, child.open > .zero, !child.isCancelling, let order = order(of: link) else {
      return false
    }
    let number = order.openingSegment ?? position.upcomingSegment(for: order.order.side)
    guard let segment = position.segments.first(where: { $0.number == number }) else { return false }
    return child.requestedBy < segment.lastDecrease
  }
}

extension Child {
  /// The same child seen as having nothing open, so that a plan for others leaves it alone.
  var settled: Child {
    var copy = self
    copy.hideOpen()
    return copy
  }
}
