import Domain

/// The fills of every order of ours beside the leader's, from the log alone.
struct CopiedFills {
  private struct Link: Hashable {
    let follower: FollowerName
    let origin: LinkOrigin
  }

  private var fills: [CorrelationID: [CopiedFill]] = [:]

  init(_ history: OrderHistory) {
    let links = Dictionary(grouping: history.orders) { Link(follower: $0.follower, origin: $0.child.origin) }
    for (link, orders) in links { take(orders, history.leader(OrderID(text: link.origin.text))) }
  }

  subscript(order: OrderRecord) -> [CopiedFill] { fills[order.label] ?? [] }

  /// A fill answers the leader's fill that reached the same fraction: of his order as of all that the link came to.
  private mutating func take(_ orders: [OrderRecord], _ leader: LeaderRecord?) {
    let whole = orders.reduce(Quantity.zero) { $0 + $1.extent }
    let all = orders.flatMap { order in
      zip(order.fills, order.fillPrices).map { (order: order, fill: $0, price: $1) }
    }
    var filled = Quantity.zero
    for (order, fill, price) in all.sorted(by: { $0.fill.sequence < $1.fill.sequence }) {
      filled += fill.quantity
      let due = leader?.fill(reaching: filled, of: whole, by: fill.sequence)
      let answers = due ?? leader.flatMap { order.leaderChange(before: fill, of: $0) }
      fills[order.label, default: []].append(
        CopiedFill(fill, price: price, side: order.side, leader: leader, answers: answers))
    }
  }
}

extension OrderRecord {
  /// What the order comes to: all of it while it can still fill, what filled once it is over.
  fileprivate var extent: Quantity {
    let isOver = status?.isFinal ?? (requests.first?.outcome == .refused || requests.first?.outcome == .withdrawn)
    return isOver ? filled : quantity
  }

  /// The leader's event behind the newest request for lots that had left before the fill.
  fileprivate func leaderChange(before fill: OrderFill, of leader: LeaderRecord) -> LeaderRecord.Change? {
    let request = requests.last {
      $0.kind != .cancellation && $0.attemptedAt != nil && $0.sequence <= fill.sequence && $0.leaderEvent != nil
    }
    guard let sequence = request?.leaderEvent else { return nil }
    return leader.changes.last { $0.sequence <= sequence }
  }
}
