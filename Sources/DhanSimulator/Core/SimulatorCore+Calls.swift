import Domain
import PaperExchange

/// Placing, modifying and cancelling (dhan-api-v2.md §4.2 to §4.5).
extension SimulatorCore {
  mutating func place(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Delivery {
    switch ticket(request, account) {
    case .failure(let refusal): return Delivery(refused(refusal.reply, account))
    case .success(let ticket): return call(.place(ticket), account, status: "TRANSIT", at: now)
    }
  }

  /// Splits what is above the freeze quantity into orders that all carry the same label; below it behaves as a
  /// placement.
  mutating func slice(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Delivery {
    guard case .success(let whole) = ticket(request, account), let contract = contracts[whole.key.contract] else {
      return place(request, account, at: now)
    }
    let instrument = contract.instrument
    let largest = instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) } ?? whole.quantity
    var left = whole.quantity
    var replies: [[UInt8]] = []
    var delay = Microseconds(0)
    while left > .zero, largest > .zero {
      var slice = whole
      slice.quantity = min(left, largest)
      let delivery = call(.place(slice), account, status: "TRANSIT", at: now)
      guard delivery.reply.status == 200 else { return replies.isEmpty ? delivery : sliced(replies, delay) }
      replies.append(delivery.reply.body)
      delay = delivery.delay
      left -= slice.quantity
    }
    return sliced(replies, delay)
  }

  private func sliced(_ replies: [[UInt8]], _ delay: Microseconds) -> Delivery {
    switch switches.slicingReply {
    case .object: return Delivery(Reply(status: 200, body: replies.first ?? []), after: delay)
    case .array:
      var writer = JSONWriter()
      writer.array { array in for reply in replies { array.raw(json: reply) } }
      return Delivery(Reply(status: 200, body: writer.bytes), after: delay)
    }
  }

  mutating func modify(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let body = OrderBody(request.body, switches), body.holdsOnly(OrderBody.modifyFields),
      body.text("dhanClientId") == account.description, body.text("orderId") == id,
      let type: OrderType = body.word("orderType"), type != .other,
      let validity: Validity = body.word("validity"), validity != .other,
      let quantity = body.units("quantity", absent: -1), let price = body.rupees("price", absent: Paise(-1)),
      let trigger = body.rupees("triggerPrice", absent: Paise(-1)),
      let disclosed = body.units("disclosedQuantity", absent: -1)
    else { return Delivery(refused(.badInput, account)) }
    guard let orderID = OrderID(validating: id) else { return Delivery(.refusal(400, "DH-906", Reply.noSuchOrder)) }
    let change = PaperChange(
      quantity: quantity < 0 ? nil : Quantity(quantity), price: price < .zero ? nil : price,
      triggerPrice: trigger < .zero ? nil : trigger, type: type, validity: validity,
      disclosedQuantity: disclosed < 0 ? nil : Quantity(disclosed))
    return call(.modify(.id(orderID), change), account, status: "TRANSIT", at: now)
  }

  mutating func cancel(
    _ id: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Delivery {
    guard allows(request, account) else { return Delivery(refused(.invalidAddress, account)) }
    guard let orderID = OrderID(validating: id) else { return Delivery(.refusal(400, "DH-906", Reply.noSuchOrder)) }
    var delivery = call(.cancel(.id(orderID)), account, status: "CANCELLED", at: now)
    if delivery.reply.status == 200, switches.cancelReply == .empty { delivery.reply = .empty(202) }
    return delivery
  }

  /// Hands a request to the exchange; what the broker knows only later comes later.
  mutating func call(
    _ request: PaperRequest, _ account: ClientID, status: String, at now: Timestamp
  ) -> Delivery {
    if case .place = request, accounts[account]?.isKilled == true {
      rejectNextCall(of: account, at: now)
    }
    let answer = exchange.act(.call(request, account: account), at: now)
    switch answer {
    case .call(.accepted(let id), let delay): return Delivery(accepted(id, status), after: delay)
    case .call(.refused(_, let text), let delay): return Delivery(refused(.refusal(text: text), account), after: delay)
    case .refused(let text): return Delivery(refused(.refusal(text: text), account))
    case .call(.inDoubt, after: _), .done: return Delivery(.empty(200), .hang)
    }
  }

  /// Refusals of the kill switch come as rejections by the risk checks (§5.4 of the sheet).
  mutating func rejectNextCall(of account: ClientID, at now: Timestamp) {
    _ = exchange.act(.failCalls(.rejectLate(text: "Kill Switch is active"), times: 1, account: account), at: now)
  }

  func accepted(_ id: OrderID, _ status: String) -> Reply {
    .json { writer in
      writer.object {
        $0.field("orderId", id.description)
        $0.field("orderStatus", status)
      }
    }
  }

  mutating func refused(_ reply: Reply, _ account: ClientID) -> Reply {
    accounts[account]?.tally.refused += 1
    return reply
  }

  /// In the order that was measured: quantity, address, the other fields, the contract (§1.5 of the sheet).
  func ticket(
    _ request: SimulatedRequest, _ account: ClientID, fields: Set<String> = OrderBody.placeFields
  ) -> Result<PaperTicket, CallRefusal> {
    guard let body = OrderBody(request.body, switches) else { return .failure(CallRefusal(.badInput)) }
    guard body.has("quantity") else {
      return .failure(CallRefusal(.refusal(400, "DH-905", "quantity is required")))
    }
    guard body.has("dhanClientId") else {
      return .failure(CallRefusal(.refusal(400, "DH-905", "dhanClientId is required")))
    }
    guard allows(request, account) else { return .failure(CallRefusal(.invalidAddress)) }
    guard body.holdsOnly(fields), body.text("dhanClientId") == account.description,
      let side: Side = body.word("transactionType"), let segment: ExchangeSegment = body.word("exchangeSegment"),
      let product: ProductType = body.word("productType"), product != .other,
      let type: OrderType = body.word("orderType"), type != .other,
      let validity: Validity = body.word("validity"), validity != .other,
      let securityID = body.text("securityId").flatMap({ SecurityID(validating: $0) }),
      let quantity = body.units("quantity"), body.has("price"), let price = body.rupees("price"),
      let trigger = body.rupees("triggerPrice"), let disclosed = body.units("disclosedQuantity"), disclosed >= 0,
      let isAfterMarket = body.flag("afterMarketOrder"), body.has("correlationId") == (label(body) != nil),
      !isAfterMarket || ["PRE_OPEN", "OPEN", "OPEN_30", "OPEN_60"].contains(body.text("amoTime"))
    else { return .failure(CallRefusal(.badInput)) }
    guard let contract = contract(segment, securityID) else {
      return .failure(CallRefusal(.refusal(400, "DH-906", "Transaction has Failed")))
    }
    return .success(
      PaperTicket(
        correlationID: label(body), key: PositionKey(contract: contract, product: product), side: side, type: type,
        validity: validity, quantity: Quantity(quantity), price: price, triggerPrice: trigger,
        afterMarket: isAfterMarket ? true : nil, disclosedQuantity: disclosed > 0 ? Quantity(disclosed) : nil))
  }

  /// The label; `nil` when there is none, or no valid one.
  private func label(_ body: OrderBody) -> CorrelationID? {
    guard let text = body.text("correlationId"), CorrelationText.isValid(text, cap: switches.correlationIDCap) else {
      return nil
    }
    return CorrelationID(validating: text)
  }

  func allows(_ request: SimulatedRequest, _ account: ClientID) -> Bool {
    let source: String =
      switch switches.sourceAddress {
      case .connection: request.source
      case .header: request.statedSource ?? request.source
      }
    return accounts[account]?.allows(source) ?? false
  }
}

/// Why a call was not even handed to the exchange.
struct CallRefusal: Error {
  let reply: Reply
  init(_ reply: Reply) { self.reply = reply }
}
