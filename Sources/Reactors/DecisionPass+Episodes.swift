import Domain
import Projections

extension DecisionPass {
  /// Links that may not enter at all, and why; an exit is never screened (promise 7).
  mutating func screenLinks(_ key: PositionKey, follower index: Int) {
    let name = state.followers[index].name
    guard let links = state.followers[index].ledgers[key]?.links else { return }
    for link in links where link.entryBlocked == nil && link.end == nil && link.leaderOrder != nil {
      guard let reason = screen(key, firstSeen: link.firstSeen, state.followers[index]) else { continue }
      emit(
        .entryForgone(
          EntryForgone(follower: name, key: key, origin: link.origin, lots: .zero, reason: reason)))
      if reason.endsAtOnce {
        emit(
          .linkEnded(
            LinkEnded(follower: name, key: key, origin: link.origin, end: .skipped(reason))))
      }
    }
  }

  private func screen(_ key: PositionKey, firstSeen: SequenceNumber, _ account: FollowerAccount) -> SkipReason? {
    if key.contract.option == nil { return .notAnOption }
    if !key.contract.segment.tradesCopiedOptions { return .segmentNotCopied }
    if !key.product.carriesOptions { return .productNotCopied }
    guard let instrument = state.instruments[key.contract] else { return .instrumentUnknown }
    if firstSeen < (account.baselineAt ?? .beforeFirst) { return .beforeBaseline }
    if let underlyings = account.settings.filters.underlyings, !underlyings.contains(instrument.underlying) {
      return .underlyingFiltered
    }
    if let products = account.settings.filters.products, !products.contains(key.product) { return .productFiltered }
    if instrument.maximumLotsPerChild == .zero { return .freezeBelowLot }
    return nil
  }

  /// Opens the episode of the first link that wants to enter, and freezes its ratio (rule 3).
  mutating func openEpisodeIfDue(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), isBetweenEpisodes(view) else { return }
    for link in view.ledger.links where link.entryBlocked == nil && link.end == nil {
      guard let order = view.order(of: link), view.entryUnits(order, side: order.order.side) > .zero,
        opensNow(order, view), !isOver(order.order.side, view)
      else { continue }
      switch Sizer.episodeRatio(view) {
      case .failure(let reason):
        emit(
          .entryForgone(EntryForgone(follower: view.name, key: key, origin: link.origin, lots: .zero, reason: reason)))
      case .success(let basis):
        if let over = view.ledger.episode {
          emit(.episodeClosed(EpisodeClosed(follower: view.name, key: key, number: over.number)))
        }
        emit(
          .episodeOpened(
            EpisodeOpened(
              follower: view.name, key: key, side: order.order.side, number: view.ledger.episodeCount + 1,
              ratio: basis.ratio, since: order.firstSeen, leaderCapital: basis.leaderCapital,
              followerCapital: basis.followerCapital)))
        return
      }
    }
  }

  /// Whether the next entry opens an episode: nothing is held or out, or the open episode's side is behind both. The latter comes
  /// from an exit that was out when the owner closed its lots by hand, and that went through flat as the leader had.
  private func isBetweenEpisodes(_ view: KeyView) -> Bool {
    guard let episode = view.ledger.episode else { return view.ledger.held == .zero && view.ledger.isQuiet }
    return view.ledger.side == episode.side.opposite && view.position.side == view.ledger.side
      && view.ledger.onlyExitsRest
  }

  /// A link opens an episode when the leader holds its side, or nothing, or goes through flat by this very order: lots
  /// that the leader has left again open nothing.
  private func opensNow(_ order: LeaderOrder, _ view: KeyView) -> Bool {
    if view.prospective(order.order).opens > .zero { return true }
    return view.position.side == order.order.side
  }

  /// Ends the episode when leader and follower are flat in it, with nothing working or in doubt, or when a reversal has
  /// closed it and is about to open the other side (rule 9).
  mutating func closeEpisodeIfDue(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let episode = view.ledger.episode,
      view.ledger.held == .zero, view.ledger.isQuiet
    else { return }
    guard isOver(episode.side, view) else { return }
    emit(.episodeClosed(EpisodeClosed(follower: view.name, key: key, number: episode.number)))
  }

  /// Whether an episode of this side has nothing to wait for: the leader is out, or about to turn, and no order of his rests that
  /// would open more. Asked before an episode is opened as well, so that none is opened only to be closed.
  ///
  /// Where he is on the other side, what rests on this one closes first; what it opens then is another episode (rule 9).
  private func isOver(_ side: Side, _ view: KeyView) -> Bool {
    if view.position.side == side.opposite { return true }
    let restsOnOurSide = view.ledger.links.contains { link in
      guard link.end == nil, let order = view.order(of: link), order.order.side == side else { return false }
      // One that waits to enter would open the episode anew.
      return opensLater(link, order, view)
        || (!order.order.status.isFinal && view.entryUnits(order, side: side) > .zero)
    }
    let reverses = view.ledger.links.contains { link in
      guard link.end == nil, link.entryBlocked == nil, let order = view.order(of: link) else { return false }
      return order.order.side != side && view.prospective(order.order).opens > .zero
    }
    return !restsOnOurSide && (view.position.side != side || reverses)
  }

  /// Records the end of links whose leader order is over and which have nothing open and nothing left to do (promise 3).
  mutating func endLinks(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index) else { return }
    let demands = view.exitDemands
    for (position, link) in view.ledger.links.enumerated() where link.end == nil && link.isQuiet {
      guard let end = end(of: link, demand: demands[position], view) else { continue }
      emit(.linkEnded(LinkEnded(follower: view.name, key: key, origin: link.origin, end: end)))
    }
  }

  private func end(of link: Link, demand: ExitPlan.Demand, _ view: KeyView) -> LinkEnd? {
    if link.leaderOrder != nil {
      guard let order = view.order(of: link), order.order.status.isFinal else { return nil }
      if opensLater(link, order, view) { return nil }
    }
    let closed = view.lot.wholeLots(in: link.closed)
    if link.unrefused(of: demand.total, standing: closed) > closed { return nil }
    // A target that has filled closes what its stop still has out.
    if demand.waiting > .zero { return nil }
    let copied = view.lot.wholeLots(in: link.opened + link.closed)
    if copied > .zero { return .copied(copied) }
    switch link.lastReason ?? link.entryBlocked {
    case .refused?: return .refused
    case .tooOld?: return .tooOld
    case let reason?: return .skipped(reason)
    case nil: break
    }
    if demand.credited > .zero { return .skipped(.alreadyLeft) }
    guard let order = view.order(of: link) else { return .skipped(.nothingHeld) }
    if order.order.filled == .zero { return .skipped(.leaderEndedUnfilled) }
    let holdsSome = view.ledger.side == order.order.side.opposite
    return .skipped(holdsSome || order.shares.contains { $0.opened > .zero } ? .belowOneLot : .nothingHeld)
  }

  /// Whether the opening part of the link still waits for the follower to be flat (rule 9), or for a decision.
  private func opensLater(_ link: Link, _ order: LeaderOrder, _ view: KeyView) -> Bool {
    guard link.entryBlocked == nil, view.position.side == order.order.side,
      view.entryUnits(order, side: order.order.side) > .zero
    else { return false }
    // It is a leg of a basket that is not sized yet.
    if link.basket == nil, view.isLeg(order) { return true }
    guard let episode = view.ledger.episode, episode.side == order.order.side else { return true }
    // Its size waits for the broker's word on the margin.
    if episode.ratio == nil, link.sizedLots == nil { return true }
    guard let plan = view.entryPlan, let place = plan.position(of: link.origin) else { return false }
    return plan.allotted[place].growth > .zero
  }
}

extension SkipReason {
  /// Reasons for which the leader order has no business with the follower at all.
  var endsAtOnce: Bool {
    switch self {
    case .notAnOption, .segmentNotCopied, .productNotCopied, .instrumentUnknown: true
    default: false
    }
  }
}
