import Domain
import PaperExchange

/// Conditional orders (dhan-api-v2.md §5.3) on the price of a share: placing, modifying, cancelling and listing them. No
/// indicator is computed here, and nobody quotes an index.
extension SimulatorCore {
  private static let fields: Set<String> = ["dhanClientId", "alertId", "condition", "orders"]
  private static let conditionFields: Set<String> = [
    "comparisonType", "exchangeSegment", "securityId", "indicatorName", "timeFrame", "operator", "comparingValue",
    "comparingIndicatorName", "expDate", "frequency", "userNote",
  ]
  private static let orderFields: Set<String> = [
    "transactionType", "exchangeSegment", "productType", "orderType", "securityId", "quantity", "validity", "price",
    "discQuantity", "triggerPrice",
  ]

  mutating func placeConditional(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let (condition, orders) = conditional(request, account) else { return Delivery(refused(.badInput, account)) }
    let (year, month, day) = now.indianDay.civil
    let date = (year % 100) * 10_000 + month * 100 + day
    let order = ConditionalOrder(
      id: String(7_000_000_000_000 + date * 1_000_000 + conditionalOrders.count + 1), account: account, createdAt: now,
      condition: condition, orders: orders, seen: shownPrices(of: condition.contract).current)
    conditionalOrders.append(order)
    // One that holds already is met at once.
    watchPrices(at: now)
    return Delivery(conditionalReply(order.id, .active))
  }

  mutating func modifyConditional(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let (condition, orders) = conditional(request, account) else { return Delivery(refused(.badInput, account)) }
    guard let index = activeConditional(id, account) else { return Delivery(refused(.orderNotFound, account)) }
    conditionalOrders[index].condition = condition
    conditionalOrders[index].orders = orders
    conditionalOrders[index].seen = shownPrices(of: condition.contract).current
    watchPrices(at: now)
    return Delivery(conditionalReply(id, .active))
  }

  mutating func cancelConditional(_ id: String, _ request: SimulatedRequest, _ account: ClientID) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let index = activeConditional(id, account) else { return Delivery(refused(.orderNotFound, account)) }
    conditionalOrders[index].status = .cancelled
    return Delivery(conditionalReply(id, .cancelled))
  }

  private func activeConditional(_ id: String, _ account: ClientID) -> Int? {
    conditionalOrders.firstIndex { $0.account == account && $0.id == id && $0.status == .active }
  }

  private func conditionalReply(_ id: String, _ status: ConditionalOrder.Status) -> Reply {
    object { row in
      row.field("alertId", id)
      row.field("alertStatus", status.rawValue)
    }
  }

  // MARK: - Bodies

  private func conditional(
    _ request: SimulatedRequest, _ account: ClientID
  ) -> (ConditionalOrder.Condition, [PaperTicket])? {
    guard let body = OrderBody(request.body, switches), body.holdsOnly(SimulatorCore.fields),
      body.text("dhanClientId") == account.description, let condition = body.value("condition").flatMap(condition),
      case .array(let values)? = body.value("orders")
    else { return nil }
    let orders = values.compactMap(conditionalTicket)
    return !orders.isEmpty && orders.count == values.count ? (condition, orders) : nil
  }

  private func condition(_ value: JSONValue) -> ConditionalOrder.Condition? {
    guard let body = OrderBody(value), body.holdsOnly(SimulatorCore.conditionFields),
      body.text("comparisonType") == "PRICE_WITH_VALUE", let segment: ExchangeSegment = body.word("exchangeSegment"),
      segment == .nseEquity || segment == .bseEquity,
      let securityID = body.text("securityId").flatMap({ SecurityID(validating: $0) }),
      let contract = contract(segment, securityID), let comparison: ConditionalOrder.Operator = body.word("operator"),
      body.has("comparingValue"), let value = body.rupees("comparingValue"),
      let lastDay = body.text("expDate").flatMap({ Day($0) }), body.text("frequency") == "ONCE"
    else { return nil }
    return ConditionalOrder.Condition(
      contract: contract, comparison: comparison, value: value, lastDay: lastDay, note: body.text("userNote") ?? "")
  }

  private func conditionalTicket(_ value: JSONValue) -> PaperTicket? {
    guard let body = OrderBody(value), body.holdsOnly(SimulatorCore.orderFields),
      let side: Side = body.word("transactionType"), let segment: ExchangeSegment = body.word("exchangeSegment"),
      let product: ProductType = body.word("productType"), product != .other,
      let type: OrderType = body.word("orderType"), type != .other,
      let validity: Validity = body.word("validity"), validity != .other,
      let securityID = body.text("securityId").flatMap({ SecurityID(validating: $0) }),
      let contract = contract(segment, securityID), let quantity = body.units("quantity"), quantity > 0,
      body.has("price"), let price = body.rupees("price"), let trigger = body.rupees("triggerPrice"),
      let disclosed = body.units("discQuantity"), disclosed >= 0
    else { return nil }
    return PaperTicket(
      key: PositionKey(contract: contract, product: product), side: side, type: type, validity: validity,
      quantity: Quantity(quantity), price: type == .market ? .zero : price, triggerPrice: trigger,
      disclosedQuantity: disclosed > 0 ? Quantity(disclosed) : nil)
  }

  // MARK: - Lists

  /// All of them, or the one of a number.
  func conditionalOrderList(
    _ parts: ArraySlice<Substring>, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    guard parts.first == "orders", parts.count <= 2 else { return .unknownPath(request.path, at: now) }
    let own = conditionalOrders.filter { $0.account == account }
    guard parts.count == 2, let id = parts.last else {
      return array { list in for order in own { list.object { write(order, to: &$0) } } }
    }
    guard let order = own.first(where: { $0.id == id }) else { return .orderNotFound }
    return object { write(order, to: &$0) }
  }

  private func write(_ order: ConditionalOrder, to row: inout JSONWriter) {
    row.field("alertId", order.id)
    row.field("alertStatus", order.status.rawValue)
    row.field("createdTime", IndianTime.millisecond(order.createdAt))
    row.field("triggeredTime", order.triggeredAt.map { IndianTime.millisecond($0) })
    row.field("lastPrice", rupees: order.seen ?? .zero)
    row.object("condition") { condition in
      condition.field("comparisonType", "PRICE_WITH_VALUE")
      condition.field("exchangeSegment", order.condition.contract.segment.rawValue)
      condition.field("securityId", order.condition.contract.securityID.description)
      condition.field("operator", order.condition.comparison.rawValue)
      condition.field("comparingValue", rupees: order.condition.value)
      condition.field("expDate", order.condition.lastDay.description)
      condition.field("frequency", "ONCE")
      condition.field("userNote", order.condition.note)
    }
    row.array("orders") { list in
      for ticket in order.orders {
        list.object { element in
          element.field("transactionType", ticket.side.rawValue)
          element.field("exchangeSegment", ticket.key.contract.segment.rawValue)
          element.field("productType", ticket.key.product.rawValue)
          element.field("orderType", ticket.type.rawValue)
          element.field("securityId", ticket.key.contract.securityID.description)
          element.field("quantity", ticket.quantity.units)
          element.field("validity", ticket.validity.rawValue)
          element.field("price", ticket.price.description)
          element.field("discQuantity", (ticket.disclosedQuantity ?? .zero).description)
          element.field("triggerPrice", ticket.triggerPrice.description)
        }
      }
    }
  }
}
