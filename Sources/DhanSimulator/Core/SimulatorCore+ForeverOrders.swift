import Domain
import PaperExchange

/// Forever orders (dhan-api-v2.md §5.2): placing, modifying, cancelling and listing them.
extension SimulatorCore {
  static let foreverFields: Set<String> = [
    "dhanClientId", "correlationId", "orderFlag", "transactionType", "exchangeSegment", "productType", "orderType",
    "validity", "securityId", "quantity", "disclosedQuantity", "price", "triggerPrice", "price1", "triggerPrice1",
    "quantity1",
  ]
  static let foreverModifyFields: Set<String> = [
    "dhanClientId", "orderId", "orderFlag", "orderType", "legName", "quantity", "price", "disclosedQuantity",
    "triggerPrice", "validity",
  ]
  private static let foreverSegments: Set<ExchangeSegment> = [.nseEquity, .nseFNO, .bseEquity, .bseFNO]

  mutating func placeForever(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Delivery {
    switch ticket(request, account, fields: SimulatorCore.foreverFields) {
    case .failure(let refusal): return Delivery(refused(refusal.reply, account))
    case .success(let ticket):
      guard let body = OrderBody(request.body, switches),
        SimulatorCore.foreverSegments.contains(ticket.key.contract.segment), let legs = legs(body, ticket)
      else { return Delivery(refused(.badInput, account)) }
      let order = ForeverOrder(
        id: foreverID(at: now), account: account, key: ticket.key, side: ticket.side, createdAt: now, updatedAt: now,
        legs: legs, seen: shownPrices(of: ticket.key.contract))
      foreverOrders.append(order)
      return Delivery(accepted(order.id, "CONFIRM"), after: replyDelay())
    }
  }

  private func legs(_ body: OrderBody, _ ticket: PaperTicket) -> [ForeverOrder.Leg]? {
    guard body.has("triggerPrice"), let first = leg(body, ticket.type, ticket.validity, ticket.key.contract, suffix: "")
    else { return nil }
    switch body.text("orderFlag") {
    case "SINGLE": return [first]
    case "OCO": return leg(body, ticket.type, ticket.validity, ticket.key.contract, suffix: "1").map { [first, $0] }
    default: return nil
    }
  }

  /// - Parameter suffix: of the fields' names: those of the second leg end in `1`.
  private func leg(
    _ body: OrderBody, _ type: OrderType?, _ validity: Validity?, _ contract: ContractID, suffix: String
  ) -> ForeverOrder.Leg? {
    guard let type, type == .limit || type == .market, let validity, validity != .other,
      let quantity = body.units("quantity" + suffix), quantity > 0,
      let trigger = body.rupees("triggerPrice" + suffix), trigger > .zero,
      let price = body.rupees("price" + suffix), type == .market ? price >= .zero : price > .zero
    else { return nil }
    var leg = ForeverOrder.Leg(
      type: type, validity: validity, quantity: Quantity(quantity), price: price, triggerPrice: trigger)
    leg.watch(from: shownPrices(of: contract).current)
    return leg
  }

  mutating func modifyForever(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let body = OrderBody(request.body, switches), body.holdsOnly(SimulatorCore.foreverModifyFields),
      body.text("dhanClientId") == account.description, body.text("orderId") == id,
      let name = body.text("legName"), let number = ForeverOrder.legNames.firstIndex(of: name),
      body.units("disclosedQuantity") != nil
    else { return Delivery(refused(.badInput, account)) }
    guard let index = armedForever(id, account) else { return Delivery(refused(.orderNotFound, account)) }
    let order = foreverOrders[index]
    guard body.text("orderFlag") == order.flag, order.legs.indices.contains(number),
      let leg = leg(body, body.word("orderType"), body.word("validity"), order.key.contract, suffix: "")
    else { return Delivery(refused(.badInput, account)) }
    foreverOrders[index].legs[number] = leg
    foreverOrders[index].updatedAt = now
    return Delivery(accepted(order.id, "CONFIRM"), after: replyDelay())
  }

  mutating func cancelForever(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let index = armedForever(id, account) else { return Delivery(refused(.orderNotFound, account)) }
    for leg in foreverOrders[index].legs.indices { foreverOrders[index].legs[leg].state = .cancelled }
    foreverOrders[index].updatedAt = now
    return Delivery(accepted(foreverOrders[index].id, "CANCELLED"), after: replyDelay())
  }

  private func armedForever(_ id: String, _ account: ClientID) -> Int? {
    foreverOrders.firstIndex { $0.account == account && $0.id.description == id && $0.isArmed }
  }

  /// Thirteen digits: one less than the number of an order has, so that no two are equal.
  private func foreverID(at now: Timestamp) -> OrderID {
    let (year, month, day) = now.indianDay.civil
    let date = (year % 100) * 10_000 + month * 100 + day
    return OrderID(stringLiteral: String(5_000_000_000_000 + date * 1_000_000 + foreverOrders.count + 1))
  }

  private mutating func replyDelay() -> Microseconds {
    let range = exchange.settings.replyDelay
    return Microseconds(range.shortest.count + chance.next(below: range.longest.count - range.shortest.count + 1))
  }

  /// One row for each leg.
  func foreverOrderList(_ account: ClientID) -> Reply {
    let writer = readingWriter
    return array { list in
      for order in foreverOrders where order.account == account {
        for (leg, name) in zip(order.legs, ForeverOrder.legNames) {
          let placed: PaperOrderReport? =
            if case .placed(let id) = leg.state { exchange.orderReport(id, of: account) } else { nil }
          writer.forever(order, leg, name, placed, to: &list)
        }
      }
    }
  }
}

extension ReadingWriter {
  /// - Parameter placed: the order that the leg became.
  fileprivate func forever(
    _ order: ForeverOrder, _ leg: ForeverOrder.Leg, _ name: String, _ placed: PaperOrderReport?,
    to writer: inout JSONWriter
  ) {
    let status =
      switch leg.state {
      case .armed: "CONFIRM"
      case .cancelled: "CANCELLED"
      case .refused: "REJECTED"
      case .placed: placed?.order.status.rawValue ?? "TRADED"
      }
    writer.object { row in
      row.field("dhanClientId", order.account.description)
      row.field("orderId", order.id.description)
      row.field("orderStatus", status)
      row.field("transactionType", order.side.rawValue)
      row.field("exchangeSegment", order.key.contract.segment.rawValue)
      row.field("productType", order.key.product.rawValue)
      row.field("orderType", order.flag)
      row.field("tradingSymbol", contracts[order.key.contract]?.tradingSymbol ?? "")
      row.field("securityId", order.key.contract.securityID.description)
      row.field("quantity", leg.quantity.units)
      row.field("price", rupees: leg.price)
      row.field("triggerPrice", rupees: leg.triggerPrice)
      row.field("legName", name)
      row.field("createTime", IndianTime.second(order.createdAt))
      row.field("updateTime", IndianTime.second(placed?.order.updatedAt ?? order.updatedAt))
      row.field("exchangeTime", IndianTime.second(placed?.arrivedAt))
      option(order.key.contract, to: &row)
    }
  }
}
