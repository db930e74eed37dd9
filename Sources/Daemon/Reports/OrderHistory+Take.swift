import Domain
import Projections

extension OrderHistory {
  mutating func takeRequest(_ entry: LogEntry) {
    switch entry.event {
    case .placementRequested(let request):
      let made = record(
        entry, request.requestID, .placement, request.child, request.terms.quantity, request.terms.price, request.why,
        leaves: request.leavesAtOnce)
      orders.append(
        OrderRecord(
          follower: request.child.follower, child: request.child, key: request.key, label: request.correlationID,
          side: request.side, purpose: request.purpose, requestedAt: entry.recordedAt, sequence: entry.sequence,
          quantity: request.terms.quantity, price: request.terms.price.limit, requests: [made]))
      links[LinkID(follower: request.child.follower, origin: request.child.origin), default: LinkRecord()].hasOrders =
        true
      byLabel[request.correlationID] = orders.count - 1
      open[request.requestID] = orders.count - 1
    case .modificationRequested(let request):
      add(
        record(
          entry, request.requestID, .modification, request.child, request.terms.quantity, request.terms.price,
          request.why,
          leaves: request.leavesAtOnce), to: request.child)
    case .cancellationRequested(let request):
      add(
        record(
          entry, request.requestID, .cancellation, request.child, nil, nil, request.why, leaves: request.leavesAtOnce),
        to: request.child)
    default: break
    }
  }

  private func record(
    _ entry: LogEntry, _ id: RequestID, _ kind: RequestKind, _ child: ChildID, _ quantity: Quantity?,
    _ price: OrderPrice?,
    _ why: Arithmetic, leaves: Bool
  ) -> RequestRecord {
    let seen = leader(OrderID(text: child.origin.text))?.newest
    return RequestRecord(
      id: id, kind: kind, sequence: entry.sequence, requestedAt: entry.recordedAt, causation: entry.causation,
      leaderEvent: seen?.sequence,
      leaderEventAt: seen?.at, quantity: quantity, price: price, why: why, leftAtOnce: leaves,
      attemptedAt: leaves ? entry.recordedAt : nil, attempts: leaves ? 1 : 0)
  }

  private mutating func add(_ request: RequestRecord, to child: ChildID) {
    guard let leader = state.settings?.leader,
      let order = byLabel[CorrelationID(leader: leader, child: child)]
    else { return }
    orders[order].requests.append(request)
    open[request.id] = order
  }

  mutating func takeOutcome(_ entry: LogEntry) {
    switch entry.event {
    case .requestAttempted(let event):
      changeOpen(event.requestID) {
        $0.attemptedAt = entry.recordedAt
        $0.attempts += 1
        $0.isInDoubt = false
        $0.add(.attempt, entry, "")
      }
    case .requestDoubted(let event):
      changeOpen(event.requestID) {
        $0.isInDoubt = true
        $0.text = event.text
        $0.add(.doubt, entry, event.text)
      }
    case .requestAccepted(let event):
      let order = open[event.requestID]
      end(event.requestID, .accepted, "", entry)
      if let order { claim(event.orderID, for: order) }
    case .requestRefused(let event) where event.refusal.provesNothingPlaced:
      changeOpen(event.requestID) {
        $0.attemptedAt = nil
        $0.isInDoubt = false
        $0.text = event.text
        $0.add(.turnedAway, entry, event.text)
      }
    case .requestRefused(let event): end(event.requestID, .refused, event.text, entry)
    case .requestResolved(let event): takeResolved(event, entry)
    case .requestWithdrawn(let event): end(event.requestID, .withdrawn, event.reason.words, entry)
    default: break
    }
  }

  private mutating func takeResolved(_ event: RequestResolved, _ entry: LogEntry) {
    let order = open[event.requestID]
    if let orderID = event.orderID {
      changeOpen(event.requestID) { $0.add(.resolved, entry, "a person says that it is order \(orderID)") }
      end(event.requestID, .accepted, "", entry)
      if let order { claim(orderID, for: order) }
    } else {
      changeOpen(event.requestID) { $0.add(.resolved, entry, "a person says that it did not reach the broker") }
      // A placement is attempted again or withdrawn in the same moment.
      if let order, orders[order].requests.last(where: { $0.id == event.requestID })?.kind != .placement {
        end(event.requestID, .settled, "by hand", entry)
      }
    }
  }

  /// A reading that counts towards the proof that a placement in doubt was never taken.
  mutating func noteReading(_ follower: FollowerName, _ entry: LogEntry) {
    guard let account = state.account(follower) else { return }
    for request in account.outbox.requests where request.isInDoubt && request.absentReadings > 0 {
      changeOpen(request.id) {
        let known = $0.steps.reversed().prefix { $0.kind != .attempt && $0.kind != .doubt }.count {
          $0.kind == .reading
        }
        if known < request.absentReadings {
          $0.add(
            .reading, entry,
            "a clean reading of the order book does not show it, the \(request.absentReadings). in turn")
        }
      }
    }
  }

  mutating func takeAdoption(_ adopted: OrderAdopted, _ entry: LogEntry) {
    guard let leader = state.settings?.leader else { return }
    let account = AccountOrder(follower: adopted.child.follower, orderID: adopted.orderID)
    guard let picture = unclaimed[account]?.last?.1 else { return }
    let label =
      adopted.isSurplus ? CorrelationID(leader: leader, child: adopted.child) : adopted.correlationID
    var order = OrderRecord(
      follower: adopted.child.follower, child: adopted.child, key: adopted.key, label: label, side: picture.side,
      purpose: adopted.purpose, requestedAt: entry.recordedAt, sequence: entry.sequence, quantity: picture.quantity,
      price: picture.price, requests: [])
    order.adoption = OrderRecord.Adoption(
      sequence: entry.sequence, at: entry.recordedAt, causation: entry.causation, isSurplus: adopted.isSurplus,
      label: adopted.correlationID)
    orders.append(order)
    byLabel[label] = orders.count - 1
    links[LinkID(follower: adopted.child.follower, origin: adopted.child.origin), default: LinkRecord()].hasOrders =
      true
    claim(adopted.orderID, for: orders.count - 1)
  }

  private mutating func changeOpen(_ id: RequestID, _ body: (inout RequestRecord) -> Void) {
    guard let order = open[id] else { return }
    change(id, of: order, body)
  }

  private mutating func end(_ id: RequestID, _ outcome: RequestRecord.Outcome, _ text: String, _ entry: LogEntry) {
    settledKey = open[id].map { orders[$0].key }
    changeOpen(id) {
      $0.outcome = outcome
      $0.outcomeAt = entry.recordedAt
      $0.outcomeSequence = entry.sequence
      $0.isInDoubt = false
      if !text.isEmpty { $0.text = text }
    }
    open[id] = nil
  }

  private mutating func claim(_ orderID: OrderID, for order: Int) {
    let account = AccountOrder(follower: orders[order].follower, orderID: orderID)
    guard byOrder[account] == nil else { return }
    byOrder[account] = order
    orders[order].orderID = orderID
    for (entry, picture) in unclaimed.removeValue(forKey: account) ?? [] { show(picture, entry, order) }
  }

  mutating func takePicture(_ entry: LogEntry, _ picture: BrokerOrder, of follower: FollowerName) {
    let account = AccountOrder(follower: follower, orderID: picture.orderID)
    let labelled = picture.correlationID.flatMap { byLabel[$0] }
    guard let order = byOrder[account] ?? labelled, orders[order].follower == follower else {
      unclaimed[account, default: []].append((entry, picture))
      return
    }
    if orders[order].orderID == nil { claim(picture.orderID, for: order) }
    // Another order has the label: whose this one is is decided next (rule 29).
    guard byOrder[account] == order else { return unclaimed[account, default: []].append((entry, picture)) }
    show(picture, entry, order)
  }

  private mutating func show(_ picture: BrokerOrder, _ entry: LogEntry, _ order: Int) {
    let newlyFilled = picture.filled - orders[order].filled
    if newlyFilled > .zero {
      orders[order].fills.append(
        OrderFill(
          sequence: entry.sequence, at: entry.recordedAt, quantity: newlyFilled, averagePrice: picture.averagePrice))
      if orders[order].firstFillAt == nil { orders[order].firstFillAt = entry.recordedAt }
      orders[order].filled = picture.filled
      freshFills.append((order, orders[order].fills.count - 1))
    } else if picture.averagePrice > .zero, !orders[order].fills.isEmpty {
      // The broker tells the average of a fill later, or more exactly.
      orders[order].fills[orders[order].fills.count - 1].averagePrice = picture.averagePrice
    }
    let word = orders[order].statuses.last
    if word?.status != picture.status || word?.reason != picture.reason {
      orders[order].statuses.append(
        OrderRecord.StatusChange(
          sequence: entry.sequence, at: entry.recordedAt, status: picture.status, reason: picture.reason))
    }
    orders[order].averagePrice = picture.averagePrice
    orders[order].status = picture.status
    orders[order].quantity = picture.quantity
    orders[order].price = picture.price
    orders[order].reason = picture.reason
  }
}

extension RequestRecord {
  fileprivate mutating func add(_ kind: Step.Kind, _ entry: LogEntry, _ text: String) {
    steps.append(Step(kind: kind, sequence: entry.sequence, at: entry.recordedAt, text: text))
  }
}
