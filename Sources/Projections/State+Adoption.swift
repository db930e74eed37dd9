import Domain

/// Orders with a label of ours that no open request explains (rules 26, 29 and 34).
extension State {
  /// Whether everything is known that happened in a follower's account before this start: its book was read once, and whose
  /// every order in it is.
  ///
  /// Until then the log may be an older one, restored from a backup, and what it would ask for may stand in the book.
  public func isCaughtUp(follower index: Int) -> Bool {
    followers[index].bookReadAt != nil && followers[index].unexplained.isEmpty
  }

  /// Counts an order as a child's that no request of this log made.
  mutating func apply(_ adopted: OrderAdopted) {
    guard let index = index(of: adopted.child.follower), let settings,
      let order = followers[index].orders[adopted.orderID]?.order
    else { return }
    settleUndetermined(follower: index, key: adopted.key)
    let label =
      adopted.isSurplus ? CorrelationID(leader: settings.leader, child: adopted.child) : adopted.correlationID
    let terms = OrderTerms(
      quantity: order.quantity,
      price: OrderPrice(limit: order.price, trigger: order.waitsForTrigger ? order.triggerPrice : nil),
      validity: order.validity.copied, disclosedQuantity: order.disclosedQuantity)
    var child = Child(
      number: adopted.child.number, generation: adopted.child.generation, label: label, side: order.side,
      purpose: adopted.purpose, afterMarket: order.afterMarket, requestedBy: lastSequence, requestedAt: now,
      asked: terms, lastAskedBy: lastSequence, state: .working(adopted.orderID, .transit, nil), lastAskedAt: now)
    child.isSurplus = adopted.isSurplus
    child.isFound = true
    let origin = adopted.child.origin
    let copies = OrderID(text: origin.text)
    let leaderOrder = origin.ownPurpose == nil && leader.orders[copies] != nil ? copies : nil
    let isForgotten = followers[index].ledgers[adopted.key]?.linkIndex(origin) == nil
    let place = followers[index].ledgers[adopted.key, default: KeyLedger()].add(
      child, to: origin, copying: leaderOrder, at: lastSequence)
    if let link = followers[index].ledgers[adopted.key]?.linkIndex(origin), leaderOrder != nil {
      // The end of a link that was forgotten is recorded already; one that is found again has its end to come.
      if !adopted.isSurplus { followers[index].ledgers[adopted.key]?.links[link].end = nil }
      if adopted.isSurplus, isForgotten { followers[index].ledgers[adopted.key]?.links[link].end = .copied(.zero) }
    }
    let reference = ChildReference(key: adopted.key, origin: origin, index: place)
    followers[index].childByLabel[label] = reference
    followers[index].unexplained.removeAll { $0 == adopted.orderID }
    followers[index].orders[adopted.orderID]?.owner = .ours(reference)
    applyPicture(order, of: reference, follower: index)
    settleUndetermined(follower: index, key: adopted.key)
    touched.touch(follower: index, adopted.key)
  }

  /// Nobody here made the order: it is left alone, and counts as the owner's (rule 34).
  mutating func apply(_ halted: FollowerHalted) {
    guard let index = index(of: halted.follower), let order = followers[index].orders[halted.orderID]?.order else {
      return
    }
    settleUndetermined(follower: index, key: order.key)
    followers[index].halt = Halt(orderID: halted.orderID, label: halted.correlationID)
    followers[index].unexplained.removeAll { $0 == halted.orderID }
    if followers[index].orders[halted.orderID]?.owner == .unexplained {
      followers[index].orders[halted.orderID]?.owner = .owner
      applyOwnerTrade(order, by: order.filled, follower: index)
    }
    settleUndetermined(follower: index, key: order.key)
    touched.everything = true
  }
}

extension FollowerAccount {
  /// The child that has this number.
  func child(numbered orderID: OrderID, in key: PositionKey) -> ChildReference? {
    guard let place = ledgers.index(forKey: key) else { return nil }
    for link in ledgers.values[place].links.reversed() {
      if let child = link.children.lastIndex(where: { $0.orderID == orderID }) {
        return ChildReference(key: key, origin: link.origin, index: child)
      }
    }
    return nil
  }

  /// Whether a placement without an order number looks like this order: its reply may come after the stream's message.
  ///
  /// - Parameter isShown: whether a reading of the book showed the order without a label of ours. One in doubt is none of it
  ///   then; of one that is on its way the reply tells.
  func matchesOpenPlacement(_ order: BrokerOrder, isShown: Bool = false) -> Bool {
    outbox.requests.contains { request in
      guard request.kind == .placement, request.child.key == order.key, request.attemptedAt != nil,
        !request.isKnownAbsent, !(isShown && request.isInDoubt),
        let child = child(request.child), case .placing = child.state
      else { return false }
      return child.side == order.side && child.asked.quantity == order.quantity
    }
  }

  /// Whether an order that was told of without a label may be one of ours that the broker took late: a placement of the
  /// position was in doubt, or the book has not been read since the start. The next reading of the book tells.
  func mayBeLate(_ order: BrokerOrder) -> Bool {
    if hasBaseline, bookReadAt == nil { return true }
    guard let place = ledgers.index(forKey: order.key) else { return false }
    return ledgers.values[place].links.contains { link in
      link.children.indices.contains { child in
        link.children[child].wasPlacedInDoubt && link.children[child].side == order.side
          && !isKnownAbsent(ChildReference(key: order.key, origin: link.origin, index: child))
      }
    }
  }

  /// Whether a person said that the broker does not have the child's order.
  private func isKnownAbsent(_ child: ChildReference) -> Bool {
    outbox.requests.contains { $0.isKnownAbsent && $0.child == child }
  }

  /// Whether an older order of the position carries a label of ours that is not explained yet: what others traded after it
  /// counts after it, so that they close lots of ours only where there were any (rule 32).
  func awaitsExplanation(before order: BrokerOrder) -> Bool {
    // What was traded before the baseline is in it.
    guard hasBaseline else { return false }
    return unexplained.contains { orderID in
      orders[orderID]?.order.key == order.key && orderID.isOlder(than: order.orderID)
    }
  }

  /// Numbers of orders that the broker gave us today and of which no picture has been seen (rule 28). A number that a person gave
  /// may be a wrong one: no reading has to show it.
  public func acceptedToday(_ now: Timestamp) -> [OrderID] {
    ledgers.values.flatMap { ledger in
      ledger.links.flatMap { link in
        link.children.compactMap { child in
          guard case .working(let id, _, _) = child.state, child.requestedAt.indianDay == now.indianDay,
            !child.isNumberedByHand
          else { return nil }
          return orders[id] == nil ? id : nil
        }
      }
    }
  }

  /// Since when the broker has had an order of ours of which nobody told that it reached the exchange: its stream may be
  /// silent.
  public var unseenSince: Timestamp? {
    var since: Timestamp?
    for ledger in ledgers.values {
      _ = ledger.hasChild { child in
        if !child.afterMarket, let moment = child.inTransitSince { since = min(since ?? moment, moment) }
        return false
      }
    }
    return since
  }

  /// Surplus orders that still rest, and positions in which the fills of one are not closed again (rule 29).
  public var surplusOrders: Int {
    ledgers.values.reduce(0) { sum, ledger in
      let resting = ledger.links.reduce(0) { $0 + $1.children.count { $0.isSurplus && $0.isOpen } }
      return sum + (resting == 0 && ledger.alerts.contains(.surplus) ? 1 : resting)
    }
  }
}
