import Domain

/// One order of the leader, or one link of our own, for one follower on one day.
public struct DayLine: Sendable {
  public let origin: LinkOrigin
  /// When the day first told of it.
  public let at: Timestamp
  public let key: PositionKey
  /// The leader's order at the end of the day; `nil` for a link of our own.
  public let leader: BrokerOrder?
  public let orders: [OrderRecord]
  /// The fills of the day.
  public let fills: [CopiedFill]
  public let verdict: CopyVerdict

  public var slippage: Slippage? { fills.slippage }
  public var latency: CopyLatency { CopyLatency(fills) }

  init(_ leader: LeaderRecord, follower: FollowerName, _ basis: DayBasis) {
    let id = OrderHistory.LinkID(follower: follower, origin: LinkOrigin(leader.orderID))
    origin = id.origin
    at = leader.changes.first { basis.isToday($0.at) }?.at ?? leader.first.at
    key = leader.key
    self.leader = leader.newest.order
    orders = basis.orders[id] ?? []
    fills = DayLine.fills(orders, basis)
    verdict = CopyVerdict(basis.history, leader, follower: follower)
  }

  /// - Parameter orders: of a link of our own; not empty.
  init(own id: OrderHistory.LinkID, _ orders: [OrderRecord], _ basis: DayBasis) {
    origin = id.origin
    at = orders[0].requestedAt
    key = orders[0].key
    leader = nil
    self.orders = orders
    fills = DayLine.fills(orders, basis)
    verdict = CopyVerdict(basis.history, id, key, nil)
  }

  private static func fills(_ orders: [OrderRecord], _ basis: DayBasis) -> [CopiedFill] {
    orders.flatMap { basis.copies[$0] }.filter { basis.isToday($0.fill.at) }
      .sorted { $0.fill.sequence < $1.fill.sequence }
  }

  /// `BUY 4 lots at 152.35`, `SELL 2 of 4 lots at 150.1 in 2 orders`, or `nothing`.
  func follower(_ names: ContractNames) -> String {
    guard let first = orders.first else { return "nothing" }
    let asked = orders.reduce(Quantity.zero) { $0 + $1.quantity }
    let filled = orders.reduce(Quantity.zero) { $0 + $1.filled }
    let whole = names.quantity(asked, key)
    var text = "\(first.side.rawValue) "
    text +=
      filled == asked ? whole : filled == .zero ? "none of \(whole)" : "\(names.quantity(filled, key)) of \(whole)"
    let prices = orders.flatMap(\.fillPrices).compactMap { $0 }
    let value = prices.reduce(Paise.zero) { $0 + $1.value }
    let units = prices.reduce(Quantity.zero) { $0 + $1.quantity }
    if let price = UnitPrice(value: value, quantity: units) { text += " at \(price.perUnit)" }
    return orders.count == 1 ? text : "\(text) in \(orders.count) orders"
  }

  /// What the leader did, or why there is a link of our own.
  func leader(_ names: ContractNames) -> String {
    if var leader {
      // A rejection's words would make the table wider than any screen; `explain` has them.
      leader.reason = ""
      return EventSentence(names: names).terms(of: leader)
    }
    return "\(origin.ownPurpose?.words ?? "a link of our own"), \(names.key(key))"
  }
}
