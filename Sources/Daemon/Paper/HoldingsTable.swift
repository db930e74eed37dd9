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
            expected: state.expectedLots(of: account.name, key).count,
            actual: (ours.first { $0.key == key }?.quantity.units ?? 0) / lot))
      }
    }
    self.rows = rows
    restingOrders = state.followers.reduce(0) { sum, account in
      sum + exchange.orderBook(of: account.settings.clientID).count { !$0.status.isFinal }
    }
  }

  var text: String {
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let header = column("follower", 10) + column("contract", 38) + "leader  expected  actual  (lots)"
    let lines = rows.map { row in
      column("\(row.follower)", 10) + column(row.contract, 38) + column("\(row.leader)", 8)
        + column("\(row.expected)", 10) + column("\(row.actual)", 8) + (row.expected == row.actual ? "ok" : "DIFFERS")
    }
    let resting = restingOrders == 0 ? "no order of a follower rests" : "\(restingOrders) orders of followers rest"
    return ([header] + lines + [resting]).joined(separator: "\n")
  }
}

extension State {
  /// The lots that a follower should hold for what the leader holds now: the ratio of the episode times the leader's net
  /// lots, rounded down.
  func expectedLots(of follower: FollowerName, _ key: PositionKey) -> Lots {
    guard let position = leader.positions[key], let side = position.side,
      let lot = instruments[key.contract]?.lotSize,
      let ratio = account(follower)?.ledgers[key]?.episode?.ratio
    else { return .zero }
    return Lots(side.sign * ratio.scaled(position.net.magnitude.units, dividedBy: lot.units))
  }
}
