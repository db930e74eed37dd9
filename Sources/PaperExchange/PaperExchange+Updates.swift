import Domain

extension PaperExchange {
  /// Tells the account's stream what an order looks like now, unless a fault has other plans.
  mutating func emit(_ index: Int) {
    orders[index].changedAt = now
    let order = orders[index]
    let report = report(order)
    let delay = settings.updateDelay.draw(from: &generator)
    let fault = nextUpdateFault(order.account)
    guard accounts[order.account]?.isSilent == false else { return }
    let visible = max(now + delay, accounts[order.account]?.lastVisible ?? now)
    switch fault {
    case .drop: return
    case .delay(let more): add(report, order.account, at: visible + more)
    case .reorder: add(report, order.account, at: visible + settings.reorderDelay.draw(from: &generator))
    case .none, .duplicate:
      accounts[order.account]?.lastVisible = visible
      add(report, order.account, at: visible)
      if case .duplicate = fault { add(report, order.account, at: visible) }
    }
  }

  private mutating func add(_ report: PaperOrderReport, _ account: ClientID, at time: Timestamp) {
    outbox.add(PaperUpdate(at: time, account: account, report: report), due: time)
  }

  private mutating func nextUpdateFault(_ account: ClientID) -> PaperUpdateFault {
    guard let asked = accounts[account]?.updateFaults.first else {
      return settings.faults.updateFault(from: &generator)
    }
    accounts[account]?.updateFaults.removeFirst()
    return asked
  }

  /// An order as the broker shows it, with the times and facts beside it.
  func report(_ order: PaperOrder) -> PaperOrderReport {
    PaperOrderReport(
      order: picture(order), createdAt: order.createdAt, arrivedAt: order.arrivedAt, isByHand: order.isByHand,
      isAfterMarket: order.isAfterMarket, lastPrice: order.lastPrice, modifications: order.modifications,
      cameBack: order.cameBack)
  }

  /// An order as the broker shows it.
  func picture(_ order: PaperOrder) -> BrokerOrder {
    let isConverted = PaperTerms.isConverted(order.terms.type)
    // Before it reaches the exchange, an order has not been converted yet.
    let isTransit = order.phase == .transit || order.phase == .queued
    let showsLimit =
      isConverted && settings.showsConvertedOrdersAsLimit && !isTransit && !order.terms.waitsForMarket
    let showsAverage = settings.showsAverageOfPartialFills || order.phase == .traded
    let isPriced = order.filled > .zero && showsAverage
    return BrokerOrder(
      orderID: order.id, correlationID: order.label, key: order.key, side: order.side,
      type: showsLimit ? .limit : order.terms.type, validity: order.terms.validity, quantity: order.terms.quantity,
      price: isConverted && !showsLimit ? .zero : order.terms.price, triggerPrice: order.terms.triggerPrice,
      filled: order.filled,
      averagePrice: isPriced ? Paise((order.turnover.count + order.filled.units / 2) / order.filled.units) : .zero,
      status: order.status, afterMarket: order.waitsForSession, updatedAt: order.changedAt.wholeSecond,
      disclosedQuantity: order.terms.disclosedQuantity,
      reason: order.reason)
  }
}

extension Timestamp {
  /// The broker's clock shows whole seconds.
  fileprivate var wholeSecond: Timestamp {
    let rest = microseconds % 1_000_000
    return Timestamp(microseconds: microseconds - (rest < 0 ? rest + 1_000_000 : rest))
  }
}
