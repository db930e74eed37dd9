import Domain

extension State {
  mutating func apply(_ seen: FollowerOrderSeen) {
    guard let index = index(of: seen.follower) else { return }
    let order = seen.picture.order
    var filledBefore: Quantity?
    let owner: OrderOwner
    if let place = followers[index].orders.index(forKey: order.orderID) {
      // Where it lies: a picture changes an order far more often than it adds one.
      owner = followers[index].orders.values[place].owner
      filledBefore = followers[index].orders.values[place].order.filled
      followers[index].orders.values[place].order = order
      followers[index].orders.values[place].revision = seen.picture.revision
    } else {
      if hasForgotten(order) { return }
      owner = ownerOf(order, follower: index)
      followers[index].orders[order.orderID] = FollowerOrder(
        order: order, revision: seen.picture.revision, owner: owner)
    }
    switch owner {
    case .ours(let reference): applyPicture(order, of: reference, follower: index)
    case .owner: applyOwnerTrade(order, by: order.filled - (filledBefore ?? .zero), follower: index)
    case .retired: break
    case .undetermined:
      if filledBefore == nil { followers[index].undetermined.append(order.orderID) }
    }
    touched.touch(follower: index, order.key)
  }

  private func ownerOf(_ order: BrokerOrder, follower index: Int) -> OrderOwner {
    if let label = order.correlationID, let reference = followers[index].childByLabel[label] {
      // A second order under one label is a surplus; it is never mixed with the first.
      let known = followers[index].child(reference)?.orderID
      return known == nil || known == order.orderID ? .ours(reference) : .owner
    }
    if order.correlationID?.isOurs != true, couldBeOurs(order, follower: index) { return .undetermined }
    return .owner
  }

  /// Whether a placement without an order number looks like this order: its reply may come after the stream's message.
  private func couldBeOurs(_ order: BrokerOrder, follower index: Int) -> Bool {
    followers[index].outbox.requests.contains { request in
      guard request.kind == .placement, request.child.key == order.key, request.attemptedAt != nil,
        let child = followers[index].child(request.child), case .placing = child.state
      else { return false }
      return child.side == order.side && child.asked.quantity == order.quantity
    }
  }

  private mutating func applyOwnerTrade(_ order: BrokerOrder, by quantity: Quantity, follower index: Int) {
    guard quantity > .zero, followers[index].hasBaseline else { return }
    followers[index].ledgers[order.key, default: KeyLedger()].ownerTrade(side: order.side, quantity: quantity)
  }

  /// The order number belongs to the child: an order seen before under that number becomes ours, with what it filled.
  mutating func claim(_ orderID: OrderID, for reference: ChildReference, follower index: Int) {
    guard let known = followers[index].orders[orderID], known.owner == .undetermined else { return }
    followers[index].orders[orderID]?.owner = .ours(reference)
    followers[index].undetermined.removeAll { $0 == orderID }
    applyPicture(known.order, of: reference, follower: index)
  }

  /// Orders that no open placement can explain any more are the owner's.
  mutating func settleUndetermined(follower index: Int, key: PositionKey) {
    for orderID in followers[index].undetermined {
      guard let known = followers[index].orders[orderID], known.order.key == key,
        !couldBeOurs(known.order, follower: index)
      else { continue }
      followers[index].undetermined.removeAll { $0 == orderID }
      followers[index].orders[orderID]?.owner = .owner
      applyOwnerTrade(known.order, by: known.order.filled, follower: index)
    }
  }

  /// Folds a picture of one of our orders: its fills move the ledger, its status moves the child.
  private mutating func applyPicture(_ order: BrokerOrder, of reference: ChildReference, follower index: Int) {
    guard let (place, link) = followers[index].linkPlace(reference),
      followers[index].ledgers.values[place].links[link].children.indices.contains(reference.index)
    else { return }
    let before = followers[index].ledgers.values[place].links[link].children[reference.index]
    var child = before
    child.see(order)
    followers[index].ledgers.values[place].links[link].children[reference.index] = child
    settleRequests(of: before, now: child, follower: index)
    let newlyFilled = order.filled - before.filled
    if newlyFilled > .zero {
      let leaderOrder = followers[index].ledgers.values[place].links[link].leaderOrder
      let segment = openingSegment(leaderOrder, side: order.side, reference.key)
      followers[index].ledgers.values[place].fill(
        link: link, side: order.side, by: newlyFilled, openingSegment: segment, at: now)
    }
    if before.isOpen, !child.isOpen, !before.isCancelling, child.filled < child.asked.quantity {
      if order.status != .rejected {
        followers[index].ledgers.values[place].links[link].children[reference.index].wasTakenAway = true
      }
      let reason: SkipReason =
        order.status == .rejected
        ? .refused : child.asked.validity == .immediateOrCancel ? .unfilled : .cancelledByOthers
      loseLots(of: reference, follower: index, reason: reason)
    }
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
          remaining = nil
        } else if phase == .awaitingPicture, !order.reason.isEmpty, order.status != .transit {
          // Taken by the broker, refused by the exchange: the order stands as it was (dhan-api-v2.md §4.3).
          refusedTerms = terms
          remaining = nil
        }
      }
      state = .working(order.orderID, order.status, remaining)
    case .ended, .refused, .withdrawn, .lapsed: state = .working(order.orderID, order.status, nil)
    }
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
