import Domain
import PaperExchange

/// What the broker does by itself when prices get somewhere: forever orders (dhan-api-v2.md §5.2), conditional orders
/// (§5.3) and the exit at a profit or a loss (§5.4).
extension SimulatorCore {
  mutating func watchPrices(at now: Timestamp) {
    guard exchange.isOpen else { return }
    if !foreverOrders.isEmpty { watchForeverOrders(at: now) }
    if !conditionalOrders.isEmpty { watchConditions(at: now) }
    if !profitExits.isEmpty { watchProfits(at: now) }
  }

  func shownPrices(of contract: ContractID) -> ShownPrices {
    let offered = exchange.quote(of: contract)
    let sides = [offered?.bid, offered?.ask].compactMap(\.self).filter { $0 > .zero }
    let quoted = sides.isEmpty ? nil : Paise(sides.reduce(0) { $0 + $1.count } / Int64(sides.count))
    return ShownPrices(quoted: quoted, reference: exchange.referencePrice(of: contract))
  }

  private mutating func watchForeverOrders(at now: Timestamp) {
    for index in foreverOrders.indices where foreverOrders[index].isArmed {
      let shown = shownPrices(of: foreverOrders[index].key.contract)
      let fresh = shown.fresh(since: foreverOrders[index].seen)
      foreverOrders[index].seen = shown
      guard !fresh.isEmpty else { continue }
      for leg in foreverOrders[index].legs.indices where foreverOrders[index].legs[leg].waitsForRise == nil {
        foreverOrders[index].legs[leg].watch(from: shown.current)
      }
      let met = foreverOrders[index].legs.firstIndex { leg in
        leg.state == .armed && fresh.contains { leg.isMet(at: $0) }
      }
      if let met { fire(index, leg: met, at: now) }
    }
  }

  /// The leg becomes an ordinary order; the other one of an OCO goes.
  private mutating func fire(_ index: Int, leg: Int, at now: Timestamp) {
    let order = foreverOrders[index]
    let terms = order.legs[leg]
    let ticket = PaperTicket(
      key: order.key, side: order.side, type: terms.type, validity: terms.validity, quantity: terms.quantity,
      price: terms.type == .market ? .zero : terms.price)
    for other in order.legs.indices { foreverOrders[index].legs[other].state = .cancelled }
    let id = placeForTheClient(ticket, order.account, at: now)
    foreverOrders[index].legs[leg].state = id.map { .placed($0) } ?? .refused
    foreverOrders[index].updatedAt = now
  }

  private mutating func watchConditions(at now: Timestamp) {
    for index in conditionalOrders.indices where conditionalOrders[index].status == .active {
      let order = conditionalOrders[index]
      guard order.condition.lastDay >= now.indianDay else {
        conditionalOrders[index].status = .expired
        continue
      }
      guard let price = shownPrices(of: order.condition.contract).current else { continue }
      conditionalOrders[index].seen = price
      guard order.condition.isMet(at: price, before: order.seen) else { continue }
      conditionalOrders[index].status = .triggered
      conditionalOrders[index].triggeredAt = now
      for ticket in order.orders { _ = placeForTheClient(ticket, order.account, at: now) }
    }
  }

  /// An order that no call of the client placed; the kill switch stops it as any other.
  private mutating func placeForTheClient(
    _ ticket: PaperTicket, _ account: ClientID, at now: Timestamp
  ) -> OrderID? {
    let isKilled = accounts[account]?.isKilled == true
    if isKilled { rejectNextCall(of: account, at: now) }
    let request = PaperRequest.place(ticket)
    let action: PaperAction = isKilled ? .call(request, account: account) : .phone(request, account: account)
    guard case .call(.accepted(let id), after: _) = exchange.act(action, at: now) else { return nil }
    return id
  }

  private mutating func watchProfits(at now: Timestamp) {
    for (account, exit) in profitExits.sorted(by: { $0.key < $1.key }) where isBreached(exit, account) {
      profitExits[account] = nil
      _ = exchange.act(.squareOff(account: account), at: now)
      if exit.killsAccount { accounts[account]?.isKilled = true }
    }
  }

  private func isBreached(_ exit: ProfitExit, _ account: ClientID) -> Bool {
    var result = Paise.zero
    for position in exchange.dayPositions(of: account) where exit.counts(position.key.product) {
      // The quote, not an older trade: a fall of the market must not wait for somebody to trade in it.
      let row = ReadingWriter.result(of: position, reference: shownPrices(of: position.key.contract).current)
      result += row.realised + row.unrealised
    }
    return result >= exit.profit || result <= Paise(-exit.loss.count)
  }
}
