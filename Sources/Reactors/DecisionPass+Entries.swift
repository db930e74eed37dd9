import Domain
import Projections

extension DecisionPass {
  /// Freezes the lots of entries that do not follow from a ratio.
  mutating func sizeEntries(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let episode = view.ledger.episode, episode.ratio == nil
    else { return }
    for link in view.ledger.links where link.sizedLots == nil && link.entryBlocked == nil && link.end == nil {
      guard let order = view.order(of: link), order.order.side == episode.side,
        view.entryUnits(order, side: episode.side) > .zero, link.basket == nil, !view.isLeg(order),
        let sized = Sizer.lots(side: episode.side, price: view.price(for: order)?.price.limit, view)
      else { continue }
      switch sized {
      case .success(let (lots, budget, perLot)):
        let byGreeks = episode.side == .sell && view.follower.sizing.shortStress != nil
        emit(
          .entrySized(
            EntrySized(
              follower: view.name, key: key, origin: link.origin, lots: lots, budget: budget, perLot: perLot,
              greeks: byGreeks ? view.greeks : nil)))
      case .failure(.marginUnknown) where now - order.raisedAt < DecisionPass.marginTime: continue
      case .failure(let reason):
        if reason == .greeksUnknown, waits(forGreeksOf: [key.contract], follower: index) { continue }
        emit(
          .entryForgone(EntryForgone(follower: view.name, key: key, origin: link.origin, lots: .zero, reason: reason)))
      }
    }
  }

  /// How long an entry waits for the broker's word on its margin; broker times have whole seconds.
  static let marginTime = Microseconds.seconds(3)

  /// A decrease of the leader first takes back the entries that were working when it came (rule 11).
  mutating func cancelStaleEntries(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index) else { return }
    for link in view.ledger.links where link.children.contains(where: { view.isStale($0, of: link) }) {
      takeBack(link, link.children.map { view.isStale($0, of: link) ? $0 : $0.settled }, rule: 11, view)
    }
  }

  /// Cancels what rests of every entry and enters nothing (rules 35 and 36).
  mutating func takeEntriesBack(_ key: PositionKey, follower index: Int, rule: Int64) {
    guard let view = view(of: key, follower: index) else { return }
    for link in view.ledger.links where link.open(.entry) > .zero { takeBack(link, link.children, rule: rule, view) }
  }

  /// Cancels what is open of a link's entries, as far as `children` shows it.
  mutating func takeBack(
    _ link: Link, _ children: [Child], _ purpose: ChildPurpose = .entry, rule: Int64, _ view: KeyView
  ) {
    guard let child = children.last(where: { $0.purpose == purpose && $0.open > .zero }) else { return }
    let plan = ChildPlan(
      children: children, purpose: purpose, working: .zero, shape: OrderShape(price: child.asked.price),
      pace: ChildPlan.Pace(now: now))
    if let moment = plan.waitsUntil { wake(at: moment) }
    request(
      plan.actions, key: view.key, follower: view.index, origin: link.origin, side: child.side, purpose: purpose,
      why: Arithmetic(
        rule: rule, leaderLots: view.lot.wholeLots(in: view.position.net.magnitude), target: .zero,
        filled: view.lot.wholeLots(in: link.opened), working: view.lot.wholeLots(in: link.open(purpose))))
  }

  /// Brings the entries of every link to what the episode's target allots to it.
  mutating func mirrorEntries(_ key: PositionKey, follower index: Int) {
    guard let first = view(of: key, follower: index), let plan = first.entryPlan else { return }
    let count = plan.links.count
    if first.position.side == plan.episode.side.opposite {
      // He has filled on the other side: what rested of ours waits until he comes back (rules 7 and 9).
      takeEntriesBack(key, follower: index, rule: 7)
      return
    }
    for place in 0..<count {
      // Each link sees what the ones before it have just asked for, so that limits count it.
      guard let view = view(of: key, follower: index), let plan = view.entryPlan, place < plan.links.count
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
    if isGivenUp(link, order, view) {
      takeBack(link, link.children, rule: 18, view)
      if link.open(.entry) > .zero { return }
    }
    let priced = view.entryPrice(of: link, order)
    var desired = allotted.desired
    if plan.episode.side == .sell, desired > plan.filled[place] {
      desired -= min(uncoveredShorts(view), desired - plan.filled[place])
    }
    if allotted.growth > .zero, link.entryBlocked == nil {
      // A statement of its own: the gate looks at the whole state, which must be let go before a decision is folded.
      var (verdict, room) = verdict(plan, allotted.growth, link, order, priced?.price, view)
      if case .ask(let contracts) = verdict {
        verdict =
          waits(forGreeksOf: contracts, follower: view.index)
          ? .hold : .send(.zero, forgo: allotted.growth, reason: .greeksUnknown)
      }
      switch verdict {
      case .hold, .ask: break
      case .waitForCover(let lots, let end):
        desired += lots
        if let end { wake(at: end) }
      case .wait(let moment): wake(at: moment)
      case .send(let lots, let forgone, let reason):
        desired += lots
        if forgone > .zero, let reason {
          emit(
            .entryForgone(
              EntryForgone(
                follower: view.name, key: view.key, origin: link.origin, lots: forgone, reason: reason,
                shortfall: reason == room?.reason ? room?.shortfall : nil,
                greeks: reason == .rupeeDelta || reason == .vega ? view.greeks : nil)))
        }
      }
    }
    // What was entered is taken back while nobody may enter: only what is given up was to be recorded.
    guard state.mode(ofFollower: view.index) == .running, state.leader.blindSince == nil else { return }
    // Without a price of the leader's nothing more is entered, and what rests is still taken back.
    let open = link.children.last { $0.purpose == .entry && $0.isOpen }
    guard var priced = priced ?? open.map({ Priced(price: $0.asked.price) }) else { return }
    // It would meet an exit of our own, which goes first (rule 11).
    if let resting = link.newest(.entry), resting.isOpen, priced.price != resting.asked.price,
      priced.price.trigger == nil,
      view.crosses(side: plan.episode.side, price: priced.price.limit)
    {
      priced = Priced(price: resting.asked.price)
    }
    let children = ChildPlan(
      children: link.children, purpose: .entry, working: view.lot.quantity(of: desired - plan.filled[place]),
      shape: view.shape(priced.price, of: link, order, .entry),
      largest: view.largestOrder, pace: ChildPlan.Pace(now: now))
    if let moment = children.waitsUntil { wake(at: moment) }
    let step = view.entryStep(of: link, order)
    if case .wait(let moment)? = step { wake(at: moment) }
    request(
      children.actions, key: view.key, follower: view.index, origin: link.origin, side: plan.episode.side,
      purpose: .entry, afterMarket: order.order.afterMarket,
      why: arithmetic(plan, place, link, priced, isStep: step.isMove, order, view))
  }

  private func arithmetic(
    _ plan: EntryPlan, _ place: Int, _ link: Link, _ priced: Priced, isStep: Bool, _ order: LeaderOrder, _ view: KeyView
  ) -> Arithmetic {
    let part = link.basket
    let ofBasket = part.map { $0.lots(for: view.entryUnits(order, side: plan.episode.side), view.lot) }
    return Arithmetic(
      rule: isStep ? 18 : part == nil ? 3 : 23, leaderLots: part?.leaderLots ?? plan.leaderLots,
      ratio: part == nil ? plan.episode.ratio : nil, target: ofBasket ?? plan.target,
      filled: plan.filled[place], working: view.lot.wholeLots(in: link.open(.entry)),
      forgone: plan.allotted[place].forgone, reference: priced.reference,
      bound: isStep ? view.entryBound(order) : nil, greeks: view.follower.limits.boundsGreeks ? view.greeks : nil)
  }

  /// The gate's word on lots that are new, and the arithmetic of what it gives up for want of margin.
  private func verdict(
    _ plan: EntryPlan, _ growth: Lots, _ link: Link, _ order: LeaderOrder, _ price: OrderPrice?, _ view: KeyView
  ) -> (EntryGate.Verdict, (reason: SkipReason, shortfall: EntryForgone.Shortfall)?) {
    let gate = EntryGate(state: state, view: view, now: now)
    let side = plan.episode.side
    let verdict = gate.verdict(growth: growth, link: link, order: order, side: side, price: price)
    guard case .send(_, _, let reason?) = verdict else { return (verdict, nil) }
    return (verdict, gate.arithmetic(of: reason, side: side, price: price).map { (reason, $0) })
  }

  /// Whether what rests of the link is cancelled because the leader's order filled long enough ago (rule 18).
  private mutating func isGivenUp(_ link: Link, _ order: LeaderOrder, _ view: KeyView) -> Bool {
    guard view.settings.unfilled.action == .cancel, let since = view.unfilledSince(link, order),
      let child = link.children.last(where: { $0.purpose == .entry && $0.open > .zero })
    else { return false }
    let end = max(since, child.requestedAt) + view.settings.unfilled.after
    if now >= end { return true }
    wake(at: end)
    return false
  }
}

extension PriceLadder.Step? {
  var isMove: Bool { if case .move? = self { true } else { false } }
}

extension KeyView {
  /// Whether the child is an entry that was working when the leader last became smaller in its segment.
  func isStale(_ child: Child, of link: Link) -> Bool {
    guard child.purpose == .entry, child.open > .zero, !child.isCancelling else { return false }
    // Given up, and taken by the broker when its episode was over.
    if ledger.episode?.side != child.side { return true }
    guard let order = order(of: link) else { return false }
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
