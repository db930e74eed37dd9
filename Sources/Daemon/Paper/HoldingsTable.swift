import Domain
import PaperExchange
import Projections

/// Leader, expected and actual of every follower and contract: what the exchange itself says, not what we believe.
struct HoldingsTable {
  struct Row {
    let follower: FollowerName
    let contract: String
    let leader: Int64
    let expected: Int64
    let actual: Int64
  }

  let rows: [Row]
  let restingOrders: Int

  var isInSync: Bool { restingOrders == 0 && rows.allSatisfy { $0.expected == $0.actual } }

  init(state: State, exchange: PaperExchange) {
    var rows: [Row] = []
    let leader = exchange.positions(of: state.settings?.leader ?? "0")
    for account in state.followers {
      let ours = exchange.positions(of: account.settings.clientID)
      let keys = Set(leader.map(\.key)).union(ours.map(\.key)).sorted()
      for key in keys {
        let lot = state.instruments[key.contract]?.lotSize.units ?? 1
        let name = state.instruments[key.contract]?.displayName.string ?? key.contract.securityID.description
        rows.append(
          Row(
            follower: account.name, contract: "\(name) \(key.product.rawValue)",
            leader: (leader.first { $0.key == key }?.quantity.units ?? 0) / lot,
            expected: (ExpectedHolding(state, account, key)?.quantity.units ?? 0) / lot,
            actual: (ours.first { $0.key == key }?.quantity.units ?? 0) / lot))
      }
    }
    self.rows = rows
    restingOrders = state.followers.reduce(0) { sum, account in
      sum + exchange.orderBook(of: account.settings.clientID).count { !$0.status.isFinal }
    }
  }

  var text: String {
    var table = TextTable([
      ("follower", .left), ("contract", .left), ("leader", .right), ("expected", .right), ("actual", .right),
      ("", .left),
    ])
    for row in rows {
      table.add(
        "\(row.follower)", row.contract, "\(row.leader)", "\(row.expected)", "\(row.actual)",
        row.expected == row.actual ? "ok" : "DIFFERS")
    }
    let resting = restingOrders == 0 ? "no order of a follower rests" : "\(restingOrders) orders of followers rest"
    return (table.lines + ["(lots; actual as the exchange counts)", resting]).joined(separator: "\n")
  }
}
