import Domain

extension State {
  mutating func apply(_ seen: FollowerOrderSeen) {
    guard let index = index(of: seen.follower) else { return }
    let order = seen.picture.order
    let known = followers[index].orders[order.orderID]
    let owner = known?.owner ?? ownerOf(order, follower: index)
    followers[index].orders[order.orderID] = FollowerOrder(
      order: order, revision: seen.picture.revision, owner: owner)
    let filledBefore = known?.order.filled ?? .zero
    switch owner {
    case .ours(let reference):
      followers[index].orders[order.orderID]?.owner = owner
      applyPicture(order, of: reference, follower: index)
    case .owner: applyOwnerTrade(order, by: order.filled - filledBefore, follower: index)
    case .retired: break
    case .undetermined:
      if known == nil { followers[index].undetermined.append(order.orderID) }
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
    guard var child = followers[index].child(reference) else { return }
    let newlyFilled = order.filled - child.filled
    let wasOpen = child.isOpen
    let wasCancelling = child.isCancelling
    settlePlacement(of: child, follower: index)
    child.see(order)
    if !child.isOpen || pendingIsSettled(child) { settleChange(of: child, follower: index, reference) }
    followers[index].change(reference) { $0 = child }
    if newlyFilled > .zero, let link = followers[index].ledgers[reference.key]?.linkIndex(reference.origin) {
      let segment = openingSegment(
        followers[index].ledgers[reference.key]?.links[link], side: order.side, reference.key)
      followers[index].ledgers[reference.key]?.fill(
        link: link, side: order.side, by: newlyFilled, openingSegment: segment, at: now)
    }
    if wasOpen, !child.isOpen, !wasCancelling, child.filled < child.asked.quantity {
      loseLots(of: reference, follower: index, reason: order.status == .rejected ? .refused : .cancelledByOthers)
    }
  }

  private func pendingIsSettled(_ child: Child) -> Bool {
    if case .working(_, _, nil) = child.state { return true }
    return false
  }

  /// The picture proves that the placement arrived, whatever its reply says or said.
  private mutating func settlePlacement(of child: Child, follower index: Int) {
    if case .placing(let request, _) = child.state { _ = followers[index].outbox.take(request) }
  }

  /// A pending change that the picture shows done, or made pointless, has its outcome.
  private mutating func settleChange(of child: Child, follower index: Int, _ reference: ChildReference) {
    guard let before = followers[index].child(reference), case .working(_, _, let pending?) = before.state else {
      return
    }
    _ = followers[index].outbox.take(pending.requestID)
  }

  /// The leader's segment that a fill of this link opens for the follower.
  private func openingSegment(_ link: Link?, side: Side, _ key: PositionKey) -> Int64 {
    let position = leader.positions[key] ?? LeaderPosition()
    if let orderID = link?.leaderOrder, let opened = leader.orders[orderID]?.openingSegment { return opened }
    return position.upcomingSegment(for: side)
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
        if order.quantity == terms.quantity, order.price == terms.price {
          asked = terms
          remaining = nil
        } else if phase == .awaitingPicture, !order.reason.isEmpty, order.status != .transit {
          // Taken by the broker, refused by the exchange: the order stands as it was (dhan-api-v2.md §4.3).
          refusedTerms = terms
          remaining = nil
        }
      }
      state = .working(order.orderID, order.status, remaining)
    case .ended, .refused, .withdrawn: state = .working(order.orderID, order.status, nil)
    }
  }
}
