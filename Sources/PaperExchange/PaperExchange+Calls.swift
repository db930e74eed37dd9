import Domain
import Ports

/// What the broker checks while the caller waits. Everything else comes back later, as a state of the order.
extension PaperExchange {
  /// Beyond these, amounts are typing mistakes and could leave 64 bits when multiplied.
  private static let largestQuantity = Quantity(10_000_000)
  private static let largestPrice = Paise.rupees(10_000_000)

  /// A call through the API with whatever fault awaits it.
  mutating func apiCall(_ request: PaperRequest, _ account: ClientID) -> PaperReply {
    guard accounts[account] != nil else { return unknown(account) }
    var after = settings.replyDelay.draw(from: &generator)
    let outcome: CallOutcome
    switch nextCallFault(account) {
    case .none: outcome = take(request, for: account, byHand: false, rejection: nil)
    case .loseRequest: outcome = .inDoubt(text: "timeout: no reply")
    case .loseReply:
      _ = take(request, for: account, byHand: false, rejection: nil)
      outcome = .inDoubt(text: "timeout: no reply")
    case .takeLate(let lateness):
      due.add(.lateCall(request, account), due: now + lateness)
      outcome = .inDoubt(text: "timeout: no reply")
    case .refuse(let refusal, let text): outcome = .refused(refusal, text: text)
    case .serverError(let taken):
      if taken { _ = take(request, for: account, byHand: false, rejection: nil) }
      outcome = .inDoubt(text: "500 DH-908 internal server error")
    case .delayReply(let delay):
      outcome = take(request, for: account, byHand: false, rejection: nil)
      after = Microseconds(after.count + delay.count)
    case .rejectLate(let text): outcome = take(request, for: account, byHand: false, rejection: text)
    }
    return .call(outcome, after: after)
  }

  private mutating func nextCallFault(_ account: ClientID) -> PaperCallFault {
    guard let asked = accounts[account]?.callFaults.first else { return settings.faults.callFault(from: &generator) }
    accounts[account]?.callFaults.removeFirst()
    return asked
  }

  /// Takes a request or refuses it; what is taken reaches the exchange after the transit delay.
  mutating func take(
    _ request: PaperRequest, for account: ClientID, byHand: Bool, rejection: String?
  ) -> CallOutcome {
    guard isOpen || waitsForOpening(request, of: account) else {
      return .refused(.other, text: "DH-906 Market is Closed! Want to place an offline order?")
    }
    switch request {
    case .place(let ticket): return takePlacement(ticket, for: account, byHand: byHand, rejection: rejection)
    case .modify(let reference, let change):
      guard let index = find(reference, of: account) else { return notModifiable }
      return takeModification(index, change, byHand: byHand, rejection: rejection)
    case .cancel(let reference):
      guard let index = find(reference, of: account), !orders[index].phase.isFinal else { return notModifiable }
      if case .transit = orders[index].phase {
        return .refused(.inTransit, text: "DH-906 Order is in Transit state, cannot be cancelled")
      }
      due.add(.cancellation(index, rejection: rejection), due: arrival(of: index))
      return .accepted(orders[index].id)
    }
  }

  private mutating func takePlacement(
    _ ticket: PaperTicket, for account: ClientID, byHand: Bool, rejection: String?
  ) -> CallOutcome {
    let terms = PaperTerms(ticket)
    if let text = mistake(in: terms, ticket.side, byHand: byHand) { return .refused(.other, text: text) }
    let arrival = now + settings.transitDelay.draw(from: &generator)
    let id = nextOrderID()
    let order = PaperOrder(
      id: id, account: account, label: ticket.correlationID ?? (byHand ? nil : generatedLabel(account)),
      key: ticket.key, side: ticket.side, isByHand: byHand, isAfterMarket: !isOpen, createdAt: now, terms: terms,
      phase: isOpen ? .transit : .queued, lastArrival: arrival, changedAt: now)
    let index = orders.count
    orders.append(order)
    indexes[id] = index
    accounts[account]?.orders.append(index)
    if let name = ticket.name { accounts[account]?.names[name] = id }
    if isOpen { due.add(.placement(index, rejection: rejection), due: arrival) }
    emit(index)
    return .accepted(id)
  }

  /// Whether a request concerns an after-market order, which the broker takes while the market is closed.
  private func waitsForOpening(_ request: PaperRequest, of account: ClientID) -> Bool {
    switch request {
    case .place(let ticket): ticket.afterMarket == true
    case .modify(let reference, _), .cancel(let reference):
      find(reference, of: account).map { orders[$0].phase == .queued } ?? false
    }
  }

  private mutating func takeModification(
    _ index: Int, _ change: PaperChange, byHand: Bool, rejection: String?
  ) -> CallOutcome {
    let order = orders[index]
    guard !order.phase.isFinal else { return notModifiable }
    let terms = order.terms.applying(change)
    if let text = mistake(in: terms, order.side, byHand: byHand) { return .refused(.other, text: text) }
    guard terms.quantity >= order.filled else {
      return .refused(.belowFilled, text: "DH-906 Quantity \(terms.quantity) is below filled quantity \(order.filled)")
    }
    guard order.modifications < settings.modificationCap else {
      return .refused(
        .other, text: "DH-906 Order cannot be modified more than \(settings.modificationCap) times")
    }
    orders[index].modifications += 1
    due.add(.modification(index, change, rejection: rejection), due: arrival(of: index))
    return .accepted(order.id)
  }

  private var notModifiable: CallOutcome {
    .refused(.other, text: "DH-906 Incorrect request for order and cannot be processed")
  }

  /// What makes a request nonsense whatever the market is.
  private func mistake(in terms: PaperTerms, _ side: Side, byHand: Bool) -> String? {
    guard terms.quantity > .zero else { return "DH-905 Quantity must be greater than zero" }
    guard terms.quantity <= PaperExchange.largestQuantity else { return "DH-905 Quantity is too large" }
    guard terms.price >= .zero, terms.price <= PaperExchange.largestPrice, terms.triggerPrice >= .zero,
      terms.triggerPrice <= PaperExchange.largestPrice
    else { return "DH-905 Price is out of range" }
    switch terms.type {
    case .limit: return terms.price > .zero ? nil : "DH-905 Price is required for a LIMIT order"
    case .market:
      return settings.marketOrders == .refused && !byHand ? "DH-906 Market orders are not allowed" : nil
    case .stopLoss:
      guard terms.price > .zero, terms.triggerPrice > .zero else {
        return "DH-905 Price and trigger price are required"
      }
      let isOrdered = side == .buy ? terms.price >= terms.triggerPrice : terms.price <= terms.triggerPrice
      if isOrdered { return nil }
      return side == .buy
        ? "DH-906 Price should be greater than Trigger Price" : "DH-906 Trigger Price should be greater than Price"
    case .stopLossMarket:
      guard terms.triggerPrice > .zero || terms.price > .zero else { return "DH-905 Trigger price is required" }
      return settings.stopLossMarketOrders == .refused ? "DH-906 Trigger Price should be greater than Price" : nil
    case .other: return "DH-905 Invalid order type"
    }
  }

  func find(_ reference: PaperOrderReference, of account: ClientID) -> Int? {
    let id: OrderID? =
      switch reference {
      case .id(let id): id
      case .name(let name): accounts[account]?.names[name]
      }
    guard let id, let index = indexes[id], orders[index].account == account else { return nil }
    return index
  }

  /// When the next request for an order reaches the exchange: never before an earlier one.
  private mutating func arrival(of index: Int) -> Timestamp {
    let arrival = max(now + settings.transitDelay.draw(from: &generator), orders[index].lastArrival)
    orders[index].lastArrival = arrival
    return arrival
  }

  /// Fourteen digits: the day in India and a number. No number is used twice in the exchange's life.
  private func nextOrderID() -> OrderID {
    let (year, month, day) = now.indianDay.civil
    let number = (Int64(year % 100) * 10_000 + Int64(month) * 100 + Int64(day)) * 100_000_000 + Int64(orders.count) + 1
    let digits = String(number)
    return OrderID(stringLiteral: String(repeating: "0", count: max(0, 14 - digits.count)) + digits)
  }

  /// S5: what Dhan writes where the caller sent none; nothing when the client id leaves no room for it.
  private func generatedLabel(_ account: ClientID) -> CorrelationID? {
    CorrelationID(validating: "\(account)-\(now.microseconds / 1_000)")
  }
}
