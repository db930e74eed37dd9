import Domain

/// The orders of ours as a table, the oldest first. SLIPPAGE is in rupees for one unit, worse than the leader where it is
/// positive; LATENCY is that of the first fill.
public struct OrdersReport: Sendable {
  private let history: OrderHistory
  private let orders: [OrderRecord]
  private let fills: CopiedFills
  private let inDoubt: Bool
  private let now: Timestamp?

  /// - Parameters:
  ///   - inDoubt: only orders of which a request has no known outcome.
  ///   - now: the moment for which the age of a doubt is told.
  public init(_ history: OrderHistory, follower: FollowerName? = nil, inDoubt: Bool = false, now: Timestamp? = nil) {
    self.history = history
    self.now = now
    self.inDoubt = inDoubt
    fills = CopiedFills(history)
    orders = history.orders.filter { (follower == nil || $0.follower == follower) && (!inDoubt || $0.isInDoubt) }
  }

  public func text(_ times: TimeStyle) -> String {
    if orders.isEmpty { return inDoubt ? "No request is in doubt." : "No order was placed yet." }
    return inDoubt ? doubts(times) : table(times)
  }

  private func table(_ times: TimeStyle) -> String {
    let names = ContractNames(history.state)
    var table = TextTable([
      ("REQUESTED", .left), ("FOLLOWER", .left), ("ORDER", .left), ("COPIES", .left), ("", .left), ("SIDE", .left),
      ("CONTRACT", .left), ("QUANTITY", .right), ("PRICE", .right), ("FILLED", .right), ("AVERAGE", .right),
      ("SLIPPAGE", .right), ("LATENCY", .right), ("STATUS", .left),
    ])
    for order in orders {
      let copied = fills[order]
      table.add(
        times.text(order.requestedAt), "\(order.follower)", order.orderID?.description ?? "\(order.label)",
        "\(order.child.origin)", order.purpose.rawValue, order.side.rawValue, names.key(order.key),
        "\(order.quantity)", "\(order.price)", "\(order.filled)",
        order.averagePrice == .zero ? "" : "\(order.averagePrice)", copied.slippage?.perUnit ?? "",
        copied.first?.latency?.readable ?? "", order.stateWord)
    }
    return table.text
  }

  private func doubts(_ times: TimeStyle) -> String {
    let names = ContractNames(history.state)
    var table = TextTable([
      ("REQUEST", .left), ("LABEL", .left), ("FOLLOWER", .left), ("WHAT", .left), ("LEFT AT", .left), ("AGE", .right),
      ("READINGS WITHOUT IT", .right), ("WHY", .left),
    ])
    for order in orders {
      for request in order.requests where request.isInDoubt {
        let what = "\(request.kind.words) of \(order.side.rawValue) \(names.quantity(order.quantity, order.key))"
        table.add(
          "\(request.id)", "\(order.label)", "\(order.follower)", "\(what) \(names.key(order.key))",
          request.attemptedAt.map(times.text) ?? "", age(request)?.readable ?? "", "\(readings(request, order))",
          request.text)
      }
    }
    return table.text
      + "\nTwo clean readings of the order book settle a placement, one any other; `copytrade resolve` does it by hand."
  }

  private func age(_ request: RequestRecord) -> Microseconds? {
    guard let now, let left = request.attemptedAt else { return nil }
    return max(Microseconds(0), now - left)
  }

  /// Clean readings of the book that did not show the order since it was last attempted.
  private func readings(_ request: RequestRecord, _ order: OrderRecord) -> Int64 {
    history.state.account(order.follower)?.outbox[request.id]?.absentReadings ?? 0
  }

  private func doubt(_ request: RequestRecord, _ order: OrderRecord) -> [(String, JSONValue)] {
    guard request.isInDoubt else { return [] }
    return [
      ("absent_readings", .int(readings(request, order))),
      ("age_us", age(request).map { .int($0.count) } ?? .null),
    ]
  }

  /// `{"last_sequence", "orders": [{…, "requests": [{…}]}]}`
  public var json: JSONValue {
    .object([
      ("last_sequence", .sequence(history.state.lastSequence)),
      ("orders", .array(orders.map { $0.json(ContractNames(history.state), fills[$0], doubts: doubt) })),
    ])
  }
}

extension RequestKind {
  var words: String {
    switch self {
    case .placement: "placement"
    case .modification: "modification"
    case .cancellation: "cancellation"
    }
  }
}

extension OrderRecord {
  /// - Parameters:
  ///   - fills: of this order, beside the leader's.
  ///   - doubts: what to add about a request.
  func json(
    _ names: ContractNames, _ fills: [CopiedFill],
    doubts: (RequestRecord, OrderRecord) -> [(String, JSONValue)] = { _, _ in [] }
  ) -> JSONValue {
    let slippage = fills.slippage
    return .object(
      [
        ("follower", .text(follower)), ("order_id", .text(orderID)), ("correlation_id", .text(label)),
        ("leader_order_id", child.origin.ownPurpose == nil ? .text(child.origin) : .null),
        ("origin", .text(child.origin)), ("child", .int(child.number)), ("purpose", .string(purpose.rawValue)),
        ("side", .string(side.rawValue)),
      ] + JSONValue.members(of: key) + [
        ("name", .string(names.contract(key.contract))), ("quantity", .units(quantity)), ("price", .rupees(price)),
        ("filled", .units(filled)), ("average_price", averagePrice == .zero ? .null : .rupees(averagePrice)),
        ("status", .text(status?.rawValue)), ("in_doubt", .bool(isInDoubt)),
        ("surplus", .bool(adoption?.isSurplus ?? false)), ("reason", .string(reason)),
        ("requested_at", .time(requestedAt)), ("sequence", .sequence(sequence)),
        ("slippage_rupees", .rupees(slippage?.total)), ("slippage_paise_per_unit", .text(slippage?.paisePerUnit)),
        ("latency_us", fills.first?.latency.map { .int($0.count) } ?? .null),
        ("fills", .array(fills.map(\.json))),
        ("requests", .array(requests.map { .object($0.members(of: self) + doubts($0, self)) })),
      ])
  }
}

extension RequestRecord {
  /// - Parameter order: that the request is of; its first fill ends the stages.
  func members(of order: OrderRecord) -> [(String, JSONValue)] {
    [
      ("request_id", .text(id)), ("kind", .string(kind.words)), ("sequence", .sequence(sequence)),
      ("requested_at", .time(requestedAt)), ("attempted_at", .time(attemptedAt)), ("attempts", .int(Int64(attempts))),
      ("quantity", quantity.map { .units($0) } ?? .null), ("price", .rupees(price?.limit)),
      ("trigger_price", .rupees(price?.trigger)),
      ("outcome", .string(outcomeWord)), ("outcome_at", .time(outcomeAt)),
      ("outcome_sequence", .sequence(outcomeSequence)), ("text", .string(text)),
      ("stages", StageTimes(request: self, order: order).json),
    ]
  }
}
