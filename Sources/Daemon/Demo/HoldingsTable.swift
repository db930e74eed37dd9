import Domain

/// Leader, expected and actual of every follower and contract, each as the log has it and as the broker itself counts.
///
/// The two sides know nothing of each other: the log's come from a fold of events, the broker's from its own books.
struct HoldingsTable {
  /// What the broker counts of one account.
  struct Books: Equatable {
    /// What is not flat.
    var positions: [PositionKey: Quantity]
    /// Orders that can still fill.
    var restingOrders: Int
    /// Orders whose label another order has too: what was placed twice.
    var doubledOrders: Int

    init(positions: [BaselinePosition], orders: [BrokerOrder]) {
      self.positions = Dictionary(positions.map { ($0.key, $0.quantity) }, uniquingKeysWith: +)
      restingOrders = orders.count { !$0.status.isFinal }
      let labels = orders.compactMap(\.correlationID)
      doubledOrders = labels.count - Set(labels).count
    }
  }

  struct Row {
    let follower: FollowerName
    let key: PositionKey
    let contract: String
    let lotSize: Int64
    /// Signed units, as all that follow.
    let leader: Quantity
    let leaderAtBroker: Quantity
    let expected: Quantity
    let actual: Quantity
    let actualAtBroker: Quantity

    var agrees: Bool { leader == leaderAtBroker && expected == actual && actual == actualAtBroker }
  }

  let rows: [Row]
  let restingOrders: Int
  let doubledOrders: Int

  var isInSync: Bool { restingOrders == 0 && doubledOrders == 0 && rows.allSatisfy(\.agrees) }

  init(status: StatusReport, books: [ClientID: Books]) {
    let leader = status.leader.clientID.flatMap { books[$0] }?.positions ?? [:]
    rows = status.followers.flatMap { follower -> [Row] in
      let ours = books[follower.clientID]?.positions ?? [:]
      let known = Dictionary(follower.positions.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
      return Set(known.keys).union(ours.keys).union(leader.keys).sorted().map { key in
        let position = known[key]
        return Row(
          follower: follower.name, key: key, contract: position?.name ?? ContractNames().contract(key.contract),
          lotSize: position?.lotSize ?? 1, leader: position?.leader ?? .zero, leaderAtBroker: leader[key] ?? .zero,
          expected: position?.expected ?? .zero, actual: position?.actual ?? .zero, actualAtBroker: ours[key] ?? .zero)
      }
    }
    let followers = status.followers.compactMap { books[$0.clientID] }
    restingOrders = followers.reduce(0) { $0 + $1.restingOrders }
    doubledOrders = followers.reduce(0) { $0 + $1.doubledOrders }
  }

  var text: String {
    var table = TextTable([
      ("follower", .left), ("contract", .left), ("leader", .right), ("expected", .right), ("actual", .right),
      ("broker: leader", .right), ("broker: actual", .right), ("", .left),
    ])
    for row in rows {
      func lots(_ quantity: Quantity) -> String {
        quantity.units % row.lotSize == 0 ? "\(quantity.units / row.lotSize)" : "\(quantity) units"
      }
      table.add(
        "\(row.follower)", "\(row.contract) \(row.key.product.rawValue)", lots(row.leader), lots(row.expected),
        lots(row.actual), lots(row.leaderAtBroker), lots(row.actualAtBroker), row.agrees ? "ok" : "DIFFERS")
    }
    let resting = restingOrders == 0 ? "no order of a follower rests" : "\(restingOrders) orders of followers rest"
    let doubled = doubledOrders == 0 ? "none was placed twice" : "\(doubledOrders) WERE PLACED TWICE"
    return (table.lines + ["(in lots; left as the log has it, right as the broker counts)", "\(resting), \(doubled)"])
      .joined(separator: "\n")
  }
}
