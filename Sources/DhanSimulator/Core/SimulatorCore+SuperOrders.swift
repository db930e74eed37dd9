import Domain
import PaperExchange

/// Super orders (dhan-api-v2.md §5.1). The trail of a stop-loss is noted and does not trail.
extension SimulatorCore {
  static let superFields = OrderBody.placeFields.union(["targetPrice", "stopLossPrice", "trailingJump"])

  mutating func placeSuper(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Delivery {
    switch ticket(request, account, fields: SimulatorCore.superFields) {
    case .failure(let refusal): return Delivery(refused(refusal.reply, account))
    case .success(let ticket):
      guard let body = OrderBody(request.body, switches), ticket.type == .limit || ticket.type == .market,
        body.has("targetPrice"), let target = body.rupees("targetPrice"), target > .zero,
        body.has("stopLossPrice"), let stopLoss = body.rupees("stopLossPrice"), stopLoss > .zero,
        body.has("trailingJump"), let jump = body.rupees("trailingJump")
      else { return Delivery(refused(.badInput, account)) }
      let delivery = call(.place(ticket), account, status: "TRANSIT", at: now)
      guard delivery.reply.status == 200, let entry = exchange.orderBook(of: account).last?.orderID else {
        return delivery
      }
      legNames[entry] = OrderLeg(entry: entry, name: "ENTRY_LEG", number: 1)
      superOrders.append(
        SuperOrder(
          account: account, entry: entry, key: ticket.key, side: ticket.side, targetPrice: target,
          stopLossPrice: stopLoss, trailingJump: jump))
      return delivery
    }
  }

  /// Places the legs when the entry is done, and takes back the other leg when one is.
  mutating func followSuperOrder(_ update: PaperUpdate, at now: Timestamp) {
    guard let leg = legNames[update.order.orderID],
      let index = superOrders.firstIndex(where: { $0.entry == leg.entry })
    else { return }
    let order = superOrders[index]
    switch leg.number {
    case 1:
      guard update.order.status.isFinal, update.order.filled > .zero, order.target == nil, order.stopLoss == nil else {
        return
      }
      superOrders[index].covered = update.order.filled
      superOrders[index].target = placeLeg(
        order, update.order.filled, "TARGET_LEG", 3, .limit, order.targetPrice, .zero, at: now)
      superOrders[index].stopLoss = placeLeg(
        order, update.order.filled, "STOP_LOSS_LEG", 2, .stopLoss, order.stopLossPrice, order.stopLossPrice, at: now)
    default:
      guard update.order.status == .traded, let other = leg.number == 2 ? order.target : order.stopLoss else { return }
      _ = exchange.act(.phone(.cancel(.id(other)), account: order.account), at: now)
    }
  }

  private mutating func placeLeg(
    _ order: SuperOrder, _ quantity: Quantity, _ name: String, _ number: Int64, _ type: OrderType, _ price: Paise,
    _ trigger: Paise, at now: Timestamp
  ) -> OrderID? {
    let ticket = PaperTicket(
      key: order.key, side: order.side.opposite, type: type, quantity: quantity, price: price, triggerPrice: trigger)
    guard
      case .call(.accepted(let id), after: _) = exchange.act(
        .phone(.place(ticket), account: order.account), at: now)
    else { return nil }
    legNames[id] = OrderLeg(entry: order.entry, name: name, number: number)
    return id
  }

  mutating func modifySuper(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let body = OrderBody(request.body, switches), body.text("dhanClientId") == account.description,
      let index = superOrders.firstIndex(where: { $0.account == account && $0.entry.description == id })
    else { return Delivery(refused(.badInput, account)) }
    let order = superOrders[index]
    guard let quantity = body.units("quantity"), let price = body.rupees("price"),
      let target = body.rupees("targetPrice"), let stopLoss = body.rupees("stopLossPrice"),
      let jump = body.rupees("trailingJump")
    else { return Delivery(refused(.badInput, account)) }
    if target > .zero { superOrders[index].targetPrice = target }
    if stopLoss > .zero { superOrders[index].stopLossPrice = stopLoss }
    switch body.text("legName") {
    case "ENTRY_LEG":
      let change = PaperChange(
        quantity: quantity > 0 ? Quantity(quantity) : nil, price: price > .zero ? price : nil,
        type: body.word("orderType"))
      return call(.modify(.id(order.entry), change), account, status: "TRANSIT", at: now)
    case "TARGET_LEG":
      guard let leg = order.target, target > .zero else { return Delivery(accepted(order.entry, "PENDING")) }
      return call(.modify(.id(leg), PaperChange(price: target)), account, status: "PENDING", at: now)
    case "STOP_LOSS_LEG":
      superOrders[index].trailingJump = jump
      guard let leg = order.stopLoss, stopLoss > .zero else { return Delivery(accepted(order.entry, "PENDING")) }
      let change = PaperChange(price: stopLoss, triggerPrice: stopLoss)
      return call(.modify(.id(leg), change), account, status: "PENDING", at: now)
    default: return Delivery(refused(.badInput, account))
    }
  }

  mutating func cancelSuper(
    _ id: String, leg: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let order = superOrders.first(where: { $0.account == account && $0.entry.description == id }) else {
      return Delivery(refused(.refusal(400, "DH-906", Reply.noSuchOrder), account))
    }
    let chosen: [OrderID?]
    switch leg {
    case "ENTRY_LEG": chosen = [order.entry, order.target, order.stopLoss]
    case "TARGET_LEG": chosen = [order.target]
    case "STOP_LOSS_LEG": chosen = [order.stopLoss]
    default: return Delivery(refused(.badInput, account))
    }
    let open = chosen.compactMap(\.self).filter { exchange.order($0, of: account)?.status.isFinal == false }
    guard !open.isEmpty else { return Delivery(refused(.refusal(400, "DH-906", Reply.noSuchOrder), account)) }
    var delivery = Delivery(.badInput)
    for id in open { delivery = call(.cancel(.id(id)), account, status: "CANCELLED", at: now) }
    if delivery.reply.status == 200 { delivery.reply = accepted(order.entry, "CANCELLED") }
    return delivery
  }

  func superOrderList(_ account: ClientID) -> Reply {
    array { list in
      for order in superOrders where order.account == account {
        guard let report = exchange.orderReport(order.entry, of: account) else { continue }
        list.object { row in
          row.field("dhanClientId", account.description)
          row.field("orderId", order.entry.description)
          row.field("correlationId", report.order.correlationID?.description ?? "")
          row.field("orderStatus", status(of: order, report.order.status))
          row.field("transactionType", order.side.rawValue)
          row.field("exchangeSegment", order.key.contract.segment.rawValue)
          row.field("productType", order.key.product.rawValue)
          row.field("orderType", report.order.type.rawValue)
          row.field("validity", report.order.validity.rawValue)
          row.field("tradingSymbol", contracts[order.key.contract]?.tradingSymbol ?? "")
          row.field("securityId", order.key.contract.securityID.description)
          row.field("quantity", report.order.quantity.units)
          row.field("remainingQuantity", (report.order.quantity - report.order.filled).units)
          row.field("filledQty", report.order.filled.units)
          row.field("ltp", rupees: exchange.referencePrice(of: order.key.contract) ?? .zero)
          row.field("price", rupees: report.order.price)
          row.field("averageTradedPrice", rupees: report.order.averagePrice)
          row.field("legName", "ENTRY_LEG")
          row.field("trailingJump", rupees: order.trailingJump)
          row.field("exchangeOrderId", ReadingWriter.exchangeOrderID(report))
          row.field("createTime", IndianTime.second(report.createdAt))
          row.field("updateTime", IndianTime.second(report.order.updatedAt))
          row.field("exchangeTime", IndianTime.second(report.arrivedAt))
          row.field("omsErrorDescription", report.order.reason.isEmpty ? "CONFIRMED" : report.order.reason)
          row.field("algoId", "0")
          row.array("legDetails") { legs in
            leg(order.stopLoss, "STOP_LOSS_LEG", order.stopLossPrice, of: order, to: &legs)
            leg(order.target, "TARGET_LEG", order.targetPrice, of: order, to: &legs)
          }
        }
      }
    }
  }

  private func leg(
    _ id: OrderID?, _ name: String, _ price: Paise, of order: SuperOrder, to legs: inout JSONWriter
  ) {
    let placed = id.flatMap { exchange.order($0, of: order.account) }
    legs.object { row in
      row.field("orderId", (id ?? order.entry).description)
      row.field("legName", name)
      row.field("transactionType", order.side.opposite.rawValue)
      row.field("totalQuatity", order.covered.units)
      row.field("remainingQuantity", (placed?.open ?? .zero).units)
      row.field("triggeredQuantity", (placed?.filled ?? .zero).units)
      row.field("price", rupees: price)
      row.field("orderStatus", placed?.status.rawValue ?? "PENDING")
      row.field("trailingJump", rupees: name == "STOP_LOSS_LEG" ? order.trailingJump : .zero)
    }
  }

  private func status(of order: SuperOrder, _ entry: OrderStatus) -> String {
    let legs = [order.target, order.stopLoss].compactMap(\.self).compactMap { exchange.order($0, of: order.account) }
    if legs.contains(where: { $0.status == .traded }) { return "CLOSED" }
    if legs.contains(where: { $0.filled > .zero }) { return "TRIGGERED" }
    return entry.rawValue
  }
}
