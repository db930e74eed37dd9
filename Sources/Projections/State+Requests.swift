import Domain

extension State {
  mutating func applyRequest(_ event: Event) {
    switch event {
    case .placementRequested(let request): apply(request)
    case .modificationRequested(let request):
      forgetRefusedExit(request)
      open(
        request.requestID, .modification, of: request.child, leavesAtOnce: request.leavesAtOnce
      ) { child, phase in
        if case .working(let id, let status, _) = child.state {
          child.state = .working(id, status, .modification(request.requestID, request.terms, phase))
        }
        child.modifications += 1
        child.lastModifiedAt = child.lastAskedAt
        child.cancelWantedSince = nil
      }
    case .cancellationRequested(let request):
      open(
        request.requestID, .cancellation, of: request.child, leavesAtOnce: request.leavesAtOnce
      ) { child, phase in
        if case .working(let id, let status, _) = child.state {
          child.state = .working(id, status, .cancellation(request.requestID, phase))
        }
        child.cancellations += 1
        child.cancelWantedSince = child.cancelWantedSince ?? child.lastAskedAt
      }
    case .requestAttempted(let attempt):
      guard let index = index(of: attempt.follower), let open = followers[index].outbox[attempt.requestID] else {
        return
      }
      followers[index].budget.spend(at: now)
      followers[index].outbox.update(attempt.requestID) { $0.attempt(at: now) }
      let leftAt = now
      followers[index].change(open.child) {
        $0.setPhase(.inFlight)
        if open.kind == .placement { $0.leftAt = $0.leftAt ?? leftAt }
      }
      touched.touch(follower: index, open.child.key)
    case .requestAccepted(let accepted): apply(accepted)
    case .requestRefused(let refused): apply(refused)
    case .requestDoubted(let doubted):
      guard let index = index(of: doubted.follower), let open = followers[index].outbox[doubted.requestID] else {
        return
      }
      followers[index].outbox.update(doubted.requestID) { $0.isInDoubt = true }
      followers[index].hearNothing(at: now)
      followers[index].change(open.child) { $0.doubt(open.kind) }
      touched.touch(follower: index, open.child.key)
    case .requestWithdrawn(let withdrawn):
      guard let index = index(of: withdrawn.follower), let open = followers[index].outbox.take(withdrawn.requestID)
      else { return }
      followers[index].change(open.child) { $0.withdrawRequest() }
      touched.touch(follower: index, open.child.key)
    case .requestResolved(let resolved): apply(resolved)
    default: break
    }
  }

  /// A person's word counts like the broker's: an order number like an acceptance, absence like the proof that readings give.
  private mutating func apply(_ resolved: RequestResolved) {
    guard let index = index(of: resolved.follower), let open = followers[index].outbox[resolved.requestID] else {
      return
    }
    if let orderID = resolved.orderID {
      apply(RequestAccepted(follower: resolved.follower, orderID: orderID, requestID: resolved.requestID))
      if open.kind == .placement {
        followers[index].change(open.child) { $0.isNumberedByHand = true }
        followers[index].numberedByHand.append(NumberedByHand(request: open, at: now))
      }
      if let known = followers[index].orders[orderID], case .ours(let reference) = known.owner {
        applyPicture(known.order, of: reference, follower: index)
      }
    } else if open.kind == .placement {
      followers[index].outbox.update(open.id) { $0.isKnownAbsent = true }
      // What was told of without a label was not this order, then.
      settleUndetermined(follower: index, key: open.child.key)
    } else {
      _ = followers[index].outbox.take(open.id)
      followers[index].change(open.child) { $0.withdrawRequest() }
    }
    touched.touch(follower: index, open.child.key)
  }

  /// Another number of lots is asked for: what was refused was of another wish (rule 5).
  private mutating func forgetRefusedExit(_ request: ModificationRequested) {
    guard let index = index(of: request.child.follower), let settings,
      let reference = followers[index].childByLabel[CorrelationID(leader: settings.leader, child: request.child)],
      let (place, link) = followers[index].linkPlace(reference),
      let child = followers[index].child(reference), child.asked.quantity != request.terms.quantity
    else { return }
    followers[index].ledgers.values[place].links[link].refusedExit = nil
  }

  private mutating func apply(_ request: PlacementRequested) {
    guard let index = index(of: request.child.follower) else { return }
    followers[index].movedAt = now
    let phase: CallPhase = request.leavesAtOnce ? .inFlight : .queued
    var child = Child(
      number: request.child.number, generation: request.child.generation, label: request.correlationID,
      side: request.side, purpose: request.purpose, afterMarket: request.afterMarket, requestedBy: lastSequence,
      requestedAt: now, asked: request.terms, lastAskedBy: lastSequence, state: .placing(request.requestID, phase),
      lastAskedAt: now)
    if request.leavesAtOnce { child.leftAt = now }
    let place = followers[index].ledgers[request.key, default: KeyLedger()].add(child, for: request, at: lastSequence)
    let reference = ChildReference(key: request.key, origin: request.child.origin, index: place)
    followers[index].childByLabel[request.correlationID] = reference
    addToOutbox(index, request.requestID, .placement, reference, request.purpose, leavesAtOnce: request.leavesAtOnce)
  }

  private mutating func addToOutbox(
    _ index: Int, _ id: RequestID, _ kind: RequestKind, _ reference: ChildReference, _ purpose: ChildPurpose,
    leavesAtOnce: Bool
  ) {
    if leavesAtOnce { followers[index].budget.spend(at: now) }
    followers[index].outbox.add(
      OpenRequest(
        id: id, kind: kind, child: reference, purpose: purpose, requestedBy: lastSequence, requestedAt: now,
        attemptedAt: leavesAtOnce ? now : nil))
  }

  private mutating func open(
    _ id: RequestID, _ kind: RequestKind, of child: ChildID, leavesAtOnce: Bool,
    _ change: (inout Child, CallPhase) -> Void
  ) {
    guard let index = index(of: child.follower), let settings else { return }
    let label = CorrelationID(leader: settings.leader, child: child)
    guard let reference = followers[index].childByLabel[label], let known = followers[index].child(reference)
    else { return }
    followers[index].change(reference) {
      $0.lastAskedAt = now
      $0.lastAskedBy = lastSequence
      change(&$0, leavesAtOnce ? .inFlight : .queued)
    }
    addToOutbox(index, id, kind, reference, known.purpose, leavesAtOnce: leavesAtOnce)
  }

  /// The broker answers: what waited to be repeated may go (rule 39).
  private mutating func hear(follower index: Int) {
    guard followers[index].silence != nil else { return }
    followers[index].silence = nil
    for key in followers[index].ledgers.keys.sorted() where followers[index].ledgers[key]?.isQuiet == false {
      touched.touch(follower: index, key)
    }
  }

  private mutating func apply(_ accepted: RequestAccepted) {
    guard let index = index(of: accepted.follower), let open = followers[index].outbox.take(accepted.requestID)
    else { return }
    hear(follower: index)
    followers[index].change(open.child) { $0.accept(accepted.requestID, orderID: accepted.orderID) }
    if open.kind == .placement { claim(accepted.orderID, for: open.child, follower: index) }
    settleUndetermined(follower: index, key: open.child.key)
    touched.touch(follower: index, open.child.key)
  }

  /// Proof that nothing was placed allows the request again (rule 27): it goes back into its lane.
  private mutating func turnAway(_ open: OpenRequest, _ refused: RequestRefused, follower index: Int) {
    followers[index].outbox.update(open.id) { $0.turnAway(at: now) }
    followers[index].change(open.child) { $0.setPhase(.queued) }
    switch refused.refusal {
    case .deadToken: block(.follower(refused.follower), .deadToken, refused.text)
    case .addressRefused: block(.follower(refused.follower), .addressRefused, refused.text)
    default: break
    }
  }

  private mutating func apply(_ refused: RequestRefused) {
    guard let index = index(of: refused.follower), let open = followers[index].outbox[refused.requestID]
    else { return }
    if refused.refusal != .notWritten { hear(follower: index) }
    let key = open.child.key
    if refused.refusal.provesNothingPlaced {
      turnAway(open, refused, follower: index)
      touched.touch(follower: index, key)
      return
    }
    _ = followers[index].outbox.take(open.id)
    let wanted = followers[index].child(open.child)?.pendingTerms
    followers[index].change(open.child) { $0.refuse(refused.refusal) }
    if open.kind == .placement {
      takeRefusal(refused.text, of: open.child, follower: index)
    } else if let wanted, refused.refusal == .other {
      takeRefusalOfChange(refused.text, to: wanted, of: open.child, follower: index)
    }
    if open.kind != .placement, refused.refusal != .inTransit {
      // The order may be filled or gone, and its stream silent: the book knows (rule 25).
      followers[index].wantReading(for: key, at: now)
    }
    settleUndetermined(follower: index, key: key)
    touched.touch(follower: index, key)
  }

  /// A child ended with lots unfilled that we did not take back ourselves: an entry forgoes them, an exit is not tried
  /// again until something else is wanted of it (rules 3 and 5).
  ///
  /// An exit that was taken away without a word against it, and an immediate one that found nobody, are asked for again: the
  /// former a finite number of times (rules 5, 14).
  ///
  /// - Parameter sparing: lots that are not lost, because they are asked for once more.
  mutating func loseLots(
    of reference: ChildReference, follower index: Int, reason: SkipReason, sparing: Lots = .zero
  ) {
    guard let child = followers[index].child(reference), let lot = instruments[reference.key.contract]?.lotSize,
      let link = followers[index].ledgers[reference.key]?.linkIndex(reference.origin)
    else { return }
    let lost = lot.wholeLots(in: child.asked.quantity - child.filled) - sparing
    guard lost > .zero, var entry = followers[index].ledgers[reference.key]?.links[link] else { return }
    entry.lastReason = reason
    switch child.purpose {
    case .entry: entry.forgone += lost
    case .exit where child.asked.validity == .immediateOrCancel && reason != .refused: break
    case .exit where child.wasTakenAway && entry.takenAway <= Link.replacements: break
    // The leader has moved on since it was asked for: it is another wish now, and goes out as such (rule 5).
    case .exit where child.lastAskedBy < wishedBy(entry): break
    case .exit: entry.refuseExit(of: lost, lot)
    }
    followers[index].ledgers[reference.key]?.links[link] = entry
  }
}

extension State {
  /// The event with which the leader's order of a link last became another wish; before every other for a link of our own.
  private func wishedBy(_ link: Link) -> SequenceNumber {
    link.leaderOrder.flatMap { leader.orders[$0]?.wishedBy } ?? .beforeFirst
  }
}
