import Domain

extension State {
  /// Folds one event. Events come in the order of their sequences, each once.
  ///
  /// - Precondition: `sequence` follows ``lastSequence``; anything else would be a hole in the log.
  public mutating func apply(_ event: Event, sequence: SequenceNumber, recordedAt: Timestamp) {
    precondition(sequence == lastSequence.next, "Event \(sequence) does not follow event \(lastSequence).")
    lastSequence = sequence
    now = recordedAt
    beginDayIfNew()
    switch event {
    case .serviceStarted(let started):
      isRunning = true
      startedAt = now
      forgetReadings()
      takesEntriesBack = false
      forgetAccess()
      // Whatever waited for a moment that passed meanwhile is looked at again.
      touched.everything = true
      decisionVersion = started.decisionVersion
    case .serviceStopping:
      takesEntriesBack = true
      touched.everything = true
    case .serviceStopped: isRunning = false
    case .streamChanged, .accountBlocked, .accountUnblocked, .operatorCommanded, .diskLow, .diskRecovered:
      applyAccess(event)
    case .configurationApplied(let applied): apply(applied.settings)
    case .brokerClock(let clock): leader.clockAhead = clock.ahead
    case .quoteSeen(let seen): apply(seen)
    case .greeksWanted(let wanted): for contract in wanted.contracts { greeksWanted[contract] = now }
    case .greeksSeen(let seen): apply(seen)
    case .leaderPositions(let read):
      for key in leader.apply(read, sequence: sequence, at: now) { touched.touch(key) }
    case .productSettled(let settled): apply(settled)
    case .readingWanted(let wanted):
      if let index = index(of: wanted.follower) {
        followers[index].wantReading(for: wanted.key, at: now)
      }
    case .leaderBookRead(let read):
      leader.apply(read)
      touched.everything = true
    case .orderAdopted(let adopted): apply(adopted)
    case .followerHalted(let halted): apply(halted)
    case .dayBegan(let began): apply(began)
    case .accountRestated(let restated): apply(restated)
    case .leaderSight(let changed):
      leader.blindSince = changed.blindSince
      touched.everything = true
    case .clockObserved: touched.everything = true
    case .instrumentSeen(let seen): instruments[seen.instrument.contract] = seen.instrument
    case .marginQuoted(let quoted):
      if let index = index(of: quoted.follower) { apply(quoted, follower: index) }
    case .leaderBaseline(let baseline):
      leader.apply(baseline, at: now)
      leader.restatedOn = tradingDay
    case .leaderFunds(let seen): leader.funds = seen.funds
    case .leaderOrder(let seen): applyLeader(seen.picture)
    case .followerBaseline(let baseline): apply(baseline)
    case .followerFunds(let seen):
      if let index = index(of: seen.follower) {
        followers[index].funds = seen.funds
        followers[index].fundsReadAt = now
      }
    case .followerOrder(let seen): apply(seen)
    case .followerBookRead(let read): apply(read)
    case .placementRequested, .modificationRequested, .cancellationRequested, .requestAttempted, .requestAccepted,
      .requestRefused, .requestDoubted, .requestWithdrawn, .requestResolved:
      applyRequest(event)
    case .basketMarginWanted, .basketMarginQuoted, .basketSized, .basketBroken: applyBasket(event)
    case .episodeOpened, .episodeClosed, .entrySized, .entryForgone, .linkEnded, .alertRaised, .alertCleared:
      applyLedger(event)
    }
  }

  /// What was read before a start says nothing of what happened since.
  private mutating func forgetReadings() {
    leader.hasReadBook = false
    leader.bookReadAt = nil
    for index in followers.indices { followers[index].bookReadAt = nil }
  }

  private mutating func apply(_ quoted: MarginQuoted, follower index: Int) {
    followers[index].marginPerLot[quoted.contract] = quoted.perLot
    for key in followers[index].ledgers.keys.sorted() where key.contract == quoted.contract {
      touched.touch(follower: index, key)
    }
  }

  private mutating func apply(_ new: CopySettings) {
    settings = new
    let known = Set(followers.filter(\.isConfigured).map(\.name))
    for index in followers.indices { followers[index].isConfigured = false }
    for follower in new.followers {
      if let index = index(of: follower.name) {
        followers[index].settings = follower
        followers[index].isConfigured = true
        if !known.contains(follower.name) { rejoin(follower: index) }
      } else {
        places[follower.name] = followers.count
        followers.append(FollowerAccount(settings: follower))
      }
    }
    touched.everything = true
  }

  /// A follower that was out of the configuration is back: what the leader did meanwhile is his business again. Exits are done,
  /// and entries are as old as they are (rules 6 and 17).
  private mutating func rejoin(follower index: Int) {
    guard let baseline = followers[index].baselineAt else { return }
    for (key, position) in leader.positions {
      for orderID in position.orders {
        let origin = LinkOrigin(orderID)
        guard let order = leader.orders[orderID], order.firstSeen > baseline,
          followers[index].ledgers[key]?.linkIndex(origin) == nil
        else {
          continue
        }
        followers[index].ledgers[key, default: KeyLedger()].links.append(
          Link(origin: origin, leaderOrder: orderID, firstSeen: order.firstSeen))
      }
      followers[index].ledgers[key]?.links.sort { $0.firstSeen < $1.firstSeen }
    }
  }

  private mutating func apply(_ baseline: FollowerBaseline) {
    guard let index = index(of: baseline.follower) else { return }
    followers[index].baselineAt = lastSequence
    followers[index].bookReadAt = now
    followers[index].restatedOn = tradingDay
    for position in baseline.positions {
      followers[index].ledgers[position.key, default: KeyLedger()].owner = position.quantity
    }
    // Orders that rest at the leader are never entered, but what they close later is closed for this follower too.
    for (key, position) in leader.positions {
      for orderID in position.orders {
        guard let order = leader.orders[orderID], !order.order.status.isFinal else { continue }
        let link = Link(origin: LinkOrigin(orderID), leaderOrder: orderID, firstSeen: order.firstSeen)
        followers[index].ledgers[key, default: KeyLedger()].links.append(link)
      }
    }
  }

  private mutating func applyLeader(_ picture: OrderPicture) {
    if leader.orders[picture.order.orderID] == nil, hasForgotten(picture.order) { return }
    let wasOpen = leader.orders[picture.order.orderID]?.order.open
    let isFirst = leader.apply(picture, sequence: lastSequence, at: now)
    guard let order = leader.orders[picture.order.orderID] else { return }
    if order.isUnsettled {
      if let sibling = order.order.key.sibling { touched.touch(sibling) }
      return
    }
    touched.touch(order.key)
    if isFirst {
      begin(order)
    } else if order.wishedBy == lastSequence {
      allowRefused(order)
    }
    if order.order.filled > .zero, order.order.open == .zero, wasOpen != .zero { allowRefusedExits(besides: order) }
  }

  /// The leader has moved on: an exit that was refused through another order of his is owed all the same (rule 10).
  private mutating func allowRefusedExits(besides order: LeaderOrder) {
    for index in followers.indices {
      guard let place = followers[index].ledgers.index(forKey: order.key) else { continue }
      for (position, link) in followers[index].ledgers.values[place].links.enumerated()
      where link.refusedExit != nil && link.leaderOrder != order.order.orderID {
        followers[index].ledgers.values[place].links[position].allowRefused()
      }
    }
  }

  /// The leader wants something else of his order: what the broker refused of its exits is asked for once more (rule 5).
  private mutating func allowRefused(_ order: LeaderOrder) {
    let origin = LinkOrigin(order.order.orderID)
    for index in followers.indices {
      guard let place = followers[index].ledgers.index(forKey: order.key),
        let link = followers[index].ledgers.values[place].linkIndex(origin),
        followers[index].ledgers.values[place].links[link].isRefused
      else { continue }
      followers[index].ledgers.values[place].links[link].allowRefused()
    }
  }

  private mutating func apply(_ settled: ProductSettled) {
    guard let order = leader.settle(settled, sequence: lastSequence, at: now) else { return }
    touched.touch(order.key)
    // What waited for the answer under the other product.
    if let sibling = order.key.sibling { touched.touch(sibling) }
    begin(order)
  }

  /// An order of the leader's counts from now on: in its basket, and for every follower.
  private mutating func begin(_ order: LeaderOrder) {
    joinBasket(order)
    guard leader.hasBaseline else { return }
    let link = Link(
      origin: LinkOrigin(order.order.orderID), leaderOrder: order.order.orderID, firstSeen: order.firstSeen)
    for index in followers.indices where followers[index].isConfigured && followers[index].hasBaseline {
      followers[index].ledgers[order.key, default: KeyLedger()].links.append(link)
    }
  }

  private mutating func apply(_ seen: QuoteSeen) {
    quotes[seen.contract] = Quote(price: seen.price, at: now)
    for key in leader.positions.keys.sorted() where key.contract == seen.contract { touched.touch(key) }
  }
}
