import Domain

extension State {
  mutating func apply(_ seen: FollowerOrderSeen) {
    guard let index = index(of: seen.follower) else { return }
    let order = seen.picture.order
    if seen.picture.source == .book { followers[index].bookRowAt = now }
    var filledBefore: Quantity?
    var isNamed = false
    let owner: OrderOwner
    if let place = followers[index].orders.index(forKey: order.orderID) {
      // Where it lies: a picture changes an order far more often than it adds one.
      owner = followers[index].orders.values[place].owner
      filledBefore = followers[index].orders.values[place].order.filled
      isNamed =
        followers[index].orders.values[place].order.correlationID == nil && order.correlationID?.isOurs == true
      followers[index].orders.values[place].order = order
      followers[index].orders.values[place].revision = seen.picture.revision
      followers[index].orders.values[place].toldAt = now
    } else {
      if hasForgotten(order) { return }
      owner = ownerOf(order, follower: index)
      if isOfAnotherLog(order, follower: index) { followers[index].unexplained.append(order.orderID) }
      followers[index].orders[order.orderID] = FollowerOrder(
        order: order, revision: seen.picture.revision, owner: owner, seenOn: day(of: owner, follower: index),
        toldAt: now)
    }
    switch owner {
    case .ours(let reference): applyPicture(order, of: reference, follower: index)
    case .owner where isNamed: takeBack(order, countedAs: filledBefore ?? .zero, follower: index)
    case .owner: applyOwnerTrade(order, by: order.filled - (filledBefore ?? .zero), follower: index)
    case .retired: break
    case .undetermined: determine(order, isFirst: filledBefore == nil, follower: index)
    case .unexplained: if filledBefore == nil { followers[index].unexplained.append(order.orderID) }
    }
    touched.touch(follower: index, order.key)
  }

  private func ownerOf(_ order: BrokerOrder, follower index: Int) -> OrderOwner {
    let account = followers[index]
    guard let label = order.correlationID, label.isOurs else {
      // Not every message carries the label; the number is as good.
      if let reference = account.child(numbered: order.orderID, in: order.key) { return .ours(reference) }
      return account.matchesOpenPlacement(order) || account.mayBeLate(order) || account.awaitsExplanation(before: order)
        ? .undetermined : .owner
    }
    if let reference = account.childByLabel[label] {
      // A second order under one label is a surplus; it is never mixed with the first.
      guard let child = account.child(reference) else { return .unexplained }
      // The log was restored, and before that the same order of the leader's was copied under his other product (rule 26).
      if child.hasNeverLeft, reference.key != order.key { return .unexplained }
      if child.orderID == nil || child.orderID == order.orderID { return .ours(reference) }
      // The label says more than a number that a person typed and no picture has borne out: there is none, or it is another's.
      let isMistyped =
        child.isNumberedByHand && child.orderID.map { account.orders[$0]?.owner != .ours(reference) } ?? false
      return isMistyped ? .ours(reference) : .unexplained
    }
    // What was there before anything was copied is part of the baseline; what an earlier day left cannot be told any more.
    return account.hasBaseline && !isOfEarlierDay(order) ? .unexplained : .owner
  }

  /// The day of an order that is seen for the first time: of one of ours the day on which it was asked for, although nobody
  /// told of it then.
  private func day(of owner: OrderOwner, follower index: Int) -> Day {
    guard case .ours(let reference) = owner, let child = followers[index].child(reference) else { return now.indianDay }
    return child.requestedAt.indianDay
  }

  private func isOfEarlierDay(_ order: BrokerOrder) -> Bool {
    order.updatedAt.map { $0.indianDay < now.indianDay } ?? false
  }

  /// Whether an order with our prefix worked already when this log began: somebody else keeps it, or another log does.
  private func isOfAnotherLog(_ order: BrokerOrder, follower index: Int) -> Bool {
    order.correlationID?.isOurs == true && !followers[index].hasBaseline && !order.status.isFinal
      && !isOfEarlierDay(order)
  }

  /// An order that was told of without its label may be told of with it.
  private mutating func determine(_ order: BrokerOrder, isFirst: Bool, follower index: Int) {
    if isFirst { followers[index].undetermined.append(order.orderID) }
    guard order.correlationID?.isOurs == true else { return }
    followers[index].undetermined.removeAll { $0 == order.orderID }
    count(order, as: ownerOf(order, follower: index), follower: index)
  }

  /// An order that counted as the owner's bears a label of ours after all: what it filled was not his.
  private mutating func takeBack(_ order: BrokerOrder, countedAs filled: Quantity, follower index: Int) {
    let owner = ownerOf(order, follower: index)
    guard owner != .owner else { return applyOwnerTrade(order, by: order.filled - filled, follower: index) }
    if filled > .zero {
      followers[index].ledgers[order.key]?.ownerTrade(side: order.side.opposite, quantity: filled, at: .earliest)
    }
    count(order, as: owner, follower: index)
  }

  private mutating func count(_ order: BrokerOrder, as owner: OrderOwner, follower index: Int) {
    followers[index].orders[order.orderID]?.owner = owner
    switch owner {
    case .ours(let reference): applyPicture(order, of: reference, follower: index)
    case .unexplained: followers[index].unexplained.append(order.orderID)
    case .owner: applyOwnerTrade(order, by: order.filled, follower: index)
    case .retired, .undetermined: break
    }
  }

  mutating func applyOwnerTrade(_ order: BrokerOrder, by quantity: Quantity, follower index: Int) {
    guard quantity > .zero, followers[index].hasBaseline else { return }
    followers[index].movedAt = now
    followers[index].ledgers[order.key, default: KeyLedger()].ownerTrade(
      side: order.side, quantity: quantity, at: order.updatedAt)
  }

  /// The order number belongs to the child: an order seen before under that number becomes ours, with what it filled.
  mutating func claim(_ orderID: OrderID, for reference: ChildReference, follower index: Int) {
    guard let known = followers[index].orders[orderID], known.owner == .undetermined else { return }
    followers[index].orders[orderID]?.owner = .ours(reference)
    followers[index].undetermined.removeAll { $0 == orderID }
    applyPicture(known.order, of: reference, follower: index)
  }

  /// Orders that no open placement can explain any more are the owner's.
  ///
  /// - Parameters:
  ///   - key: only orders of this position; `nil` after a clean reading of the book, which would have shown the label of one of
  ///     ours, whatever it looks like.
  ///   - lacksEnded: whether that reading may leave out what has ended.
  mutating func settleUndetermined(follower index: Int, key: PositionKey?, lacksEnded: Bool = false) {
    for orderID in followers[index].undetermined {
      guard let known = followers[index].orders[orderID], key == nil || known.order.key == key else { continue }
      let isShown = key == nil && !(lacksEnded && known.order.status.isFinal)
      guard !followers[index].matchesOpenPlacement(known.order, isShown: isShown),
        key == nil || !followers[index].mayBeLate(known.order), !followers[index].awaitsExplanation(before: known.order)
      else { continue }
      followers[index].undetermined.removeAll { $0 == orderID }
      followers[index].orders[orderID]?.owner = .owner
      applyOwnerTrade(known.order, by: known.order.filled, follower: index)
    }
  }

  /// Folds a picture of one of our orders: its fills move the ledger, its status moves the child.
  mutating func applyPicture(_ order: BrokerOrder, of reference: ChildReference, follower index: Int) {
    guard let (place, link) = followers[index].linkPlace(reference),
      followers[index].ledgers.values[place].links[link].children.indices.contains(reference.index)
    else { return }
    let before = followers[index].ledgers.values[place].links[link].children[reference.index]
    var child = before
    child.see(order)
    followers[index].ledgers.values[place].links[link].children[reference.index] = child
    settleRequests(of: before, now: child, follower: index)
    if child.filled != before.filled || child.isOpen != before.isOpen { followers[index].movedAt = now }
    // It was given up and came late: its link has something to do again, and an end to come (rule 29).
    if before.orderID == nil, !before.isOpen { followers[index].ledgers.values[place].links[link].end = nil }
    let newlyFilled = order.filled - before.filled
    if newlyFilled > .zero {
      let leaderOrder = followers[index].ledgers.values[place].links[link].leaderOrder
      let segment = openingSegment(leaderOrder, side: order.side, reference.key)
      followers[index].ledgers.values[place].fill(
        link: link, child: child, by: newlyFilled, openingSegment: segment, at: now)
    }
    guard before.isOpen, !child.isOpen, !before.isCancelling, child.filled < child.asked.quantity, !child.isFound
    else { return }
    // A cancel of ours that was given up may have been taken late.
    if order.status == .cancelled, before.wasInDoubt, before.cancellations > 0 { return }
    if order.status != .rejected {
      followers[index].ledgers.values[place].links[link].children[reference.index].wasTakenAway = true
    }
    guard order.status != .rejected else { return takeRefusal(order.reason, of: reference, follower: index) }
    loseLots(
      of: reference, follower: index,
      reason: child.asked.validity == .immediateOrCancel ? .unfilled : .cancelledByOthers)
  }

  /// The picture proves that a placement arrived, whatever its reply says or said; and a pending change that it shows
  /// done, or made pointless, has its outcome.
  private mutating func settleRequests(of before: Child, now child: Child, follower index: Int) {
    switch before.state {
    case .placing(let request, _): _ = followers[index].outbox.take(request)
    case .working(_, _, let pending?):
      var isSettled = !child.isOpen
      if case .working(_, _, nil) = child.state { isSettled = true }
      if isSettled { _ = followers[index].outbox.take(pending.requestID) }
    default: break
    }
  }

  /// The leader's segment that a fill of this link opens for the follower.
  func openingSegment(_ leaderOrder: OrderID?, side: Side, _ key: PositionKey) -> Int64 {
    if let leaderOrder, let place = leader.orders.index(forKey: leaderOrder),
      let opened = leader.orders.values[place].openingSegment
    {
      return opened
    }
    guard let place = leader.positions.index(forKey: key) else { return LeaderPosition().upcomingSegment(for: side) }
    return leader.positions.values[place].upcomingSegment(for: side)
  }
}

extension Child {
  mutating func see(_ order: BrokerOrder) {
    filled = max(filled, order.filled)
    isChangeTooEarly = false
    if order.averagePrice > .zero { averagePrice = order.averagePrice }
    if order.status.isFinal {
      state = .ended(order.orderID, order.status)
      return
    }
    switch state {
    case .placing: state = .working(order.orderID, order.status, nil)
    case .working(_, _, let pending):
      var remaining = pending
      if case .modification(_, let terms, let phase)? = pending {
        if order.quantity == terms.quantity, order.price == terms.price.limit, order.shows(terms.price.trigger) {
          asked = terms
          refusedTerms = nil
          changeFailsSince = nil
          unseenChanges = 0
          remaining = nil
        } else if phase == .awaitingPicture, !order.reason.isEmpty, order.status != .transit {
          // Taken by the broker, refused by the exchange: the order stands as it was (dhan-api-v2.md §4.3).
          refusedTerms = terms
          changeFailsSince = changeFailsSince ?? lastModifiedAt
          remaining = nil
        }
      } else if pending == nil, wasInDoubt {
        follow(order)
      }
      state = .working(order.orderID, order.status, remaining)
    case .ended, .refused, .withdrawn, .lapsed: state = .working(order.orderID, order.status, nil)
    }
  }
}

extension Child {
  /// A modification that was given up may be taken late: what the order shows is then what was asked for, as far as no broker
  /// rewrites it, and the next look asks for the difference (rules 25 and 27).
  private mutating func follow(_ order: BrokerOrder) {
    if order.quantity > .zero { asked.quantity = order.quantity }
    if asked.price.trigger == nil, order.type == .limit, order.price > .zero { asked.price = .limit(order.price) }
  }
}

extension BrokerOrder {
  /// Whether the order waits for this trigger. Brokers turn a stop into a LIMIT once it has triggered, so that what it waited
  /// for can be asked only while it does (rules 5 and 13).
  fileprivate func shows(_ trigger: Paise?) -> Bool {
    guard let trigger else { return triggerPrice == .zero || type == .limit }
    return triggerPrice == trigger || type == .limit
  }
}
