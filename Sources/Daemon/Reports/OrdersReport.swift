import Domain

/// The orders of ours as a table, the oldest first. SLIPPAGE is in rupees for one unit, worse than the leader where it is
/// positive; LATENCY is that of the first fill.
public struct OrdersReport: Sendable {
  private let history: OrderHistory
  private let orders: [OrderRecord]
  private let fills: CopiedFills
  private let inDoubt: Bool

  /// - Parameter inDoubt: only orders of which a request has no known outcome.
  public init(_ history: OrderHistory, follower: FollowerName? = nil, inDoubt: Bool = false) {
    self.history = history
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
      ("REQUEST", .left), ("FOLLOWER", .left), ("WHAT", .left), ("LEFT AT", .left), ("READINGS WITHOUT IT", .right),
      ("WHY", .left),
    ])
    for order in orders {
      for request in order.requests where request.isInDoubt {
        let readings = history.state.index(of: order.follower).flatMap {
          history.state.followers[$0].outbox[request.id]?.absentReadings
        }
        let what = "\(request.kind.words) of \(order.side.rawValue) \(names.quantity(order.quantity, order.key))"
        table.add(
          "\(request.id)", "\(order.follower)", "\(what) \(names.key(order.key))",
          request.attemptedAt.map(times.text) ?? "", "\(readings ?? 0)", request.text)
      }
    }
    return table.text
  }

  /// `{"last_sequence", "orders": [{…, "requests": [{…}]}]}`
  public var json: JSONValue {
    .object([
      ("last_sequence", .sequence(history.state.lastSequence)),
      ("orders", .array(orders.map { $0.json(ContractNames(history.state), fills[$0]) })),
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
  /// - Parameter fills: of this order, beside the leader's.
  func json(_ names: ContractNames, _ fills: [CopiedFill]) -> JSONValue {
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
        ("status", .text(status?.rawValue)), ("in_doubt", .bool(isInDoubt)), ("reason", .string(reason)),
        ("requested_at", .time(requestedAt)), ("sequence", .sequence(sequence)),
        ("slippage_rupees", .rupees(slippage?.total)), ("slippage_paise_per_unit", .text(slippage?.paisePerUnit)),
        ("latency_us", fills.first?.latency.map { .int($0.count) } ?? .null),
        ("fills", .array(fills.map(\.json))),
        ("requests", .array(requests.map { .object($0.members(of: self)) })),
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
