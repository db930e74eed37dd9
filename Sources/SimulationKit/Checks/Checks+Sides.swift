import Domain
import PaperExchange
import Projections

/// Promise 5 by the exchange's own ledger: nobody enters a side on which the leader neither stood of late nor had an order that
/// would have opened it, whatever the messages about him looked like.
extension Checks {
  /// How long after the oldest entry that is still copied a leader's fill may have been told of.
  private static let tellingTime = Microseconds.seconds(30)

  mutating func checkSides(_ exchange: PaperExchange, leader: ClientID) {
    let entries = newEntries
    newEntries = []
    guard !entries.isEmpty else { return }
    let age = folded.settings?.entries.maximumAge ?? Microseconds(0)
    let past = LeaderPast(exchange, leader, since: exchange.now + Microseconds(-(age.count + Checks.tellingTime.count)))
    let reports = exchange.orderReports(of: leader)
    let converted = exchange.convertedContracts(of: leader)
    for entry in entries where !entry.isAcrossProducts {
      let (request, contract) = (entry.request, entry.request.key.contract)
      // An order of which nothing was told, and a conversion, show nowhere but in the next reading.
      let isUntold = reports.contains { $0.order.key.contract == contract && !entry.known.contains($0.order.orderID) }
      if isUntold || converted.contains(contract) || past.stood(on: request.side, in: contract) { continue }
      findings.fail(
        "promise 5: \(request.child.follower) enters \(request.side) \(contract.securityID), where the leader never was; "
          + "request \(request.requestID)")
    }
  }
}

/// An entry as it was decided, and what the log knew of the leader by then.
struct NewEntry {
  let request: PlacementRequested
  let known: Set<OrderID>
  /// Whether an order of the contract counts under the other product: which one the leader meant shows in no order (rule 8).
  let isAcrossProducts: Bool

  init(_ request: PlacementRequested, _ leader: LeaderBook) {
    self.request = request
    known = Set(leader.orders.keys)
    isAcrossProducts = leader.orders.values.contains {
      $0.order.key.contract == request.key.contract && $0.product != $0.order.key.product
    }
  }
}

/// What an account held and had out at any moment since another one.
private struct LeaderPast {
  let held: [PositionKey: Quantity]
  let trades: [PaperTrade]
  let reports: [PaperOrderReport]
  let since: Timestamp

  init(_ exchange: PaperExchange, _ account: ClientID, since: Timestamp) {
    held = exchange.held(by: account)
    trades = exchange.everyTrade(of: account)
    reports = exchange.orderReports(of: account)
    self.since = since
  }

  func stood(on side: Side, in contract: ContractID) -> Bool {
    let keys = Set(held.keys).union(trades.map(\.key)).filter { $0.contract == contract }
    return keys.contains { positions(of: $0, from: since).contains { Side(holding: $0.net) == side } }
      || reports.contains { $0.order.key.contract == contract && $0.order.side == side && wouldOpen($0) }
  }

  /// What was held at the end, and before each trade since a moment, newest first, with the trade.
  private func positions(of key: PositionKey, from moment: Timestamp) -> [(net: Quantity, trade: PaperTrade?)] {
    var net = held[key] ?? .zero
    var result: [(Quantity, PaperTrade?)] = [(net, nil)]
    for trade in trades.reversed() where trade.key == key {
      if trade.at < moment { break }
      net -= Quantity(trade.side.sign * trade.quantity.units)
      result.append((net, trade))
    }
    return result
  }

  /// Whether the order would have opened its side when it was handed in, or after any trade of another order while it stood.
  private func wouldOpen(_ report: PaperOrderReport) -> Bool {
    let order = report.order
    let ended = order.status.isFinal ? order.updatedAt.map { $0 + .seconds(2) } : nil
    if let ended, ended < since { return false }
    // It may have been larger before.
    if report.modifications > 0 { return true }
    let past = positions(of: order.key, from: report.createdAt)
    return past.enumerated().contains { place, moment in
      let begins = place + 1 < past.count ? past[place + 1].trade?.at ?? report.createdAt : report.createdAt
      guard ended.map({ begins <= $0 }) ?? true else { return false }
      let own = past[0...place].reduce(into: Quantity.zero) { sum, later in
        if let trade = later.trade, trade.orderID == order.orderID { sum += trade.quantity }
      }
      let open = order.quantity - order.filled + own
      let covered = Side(holding: moment.net) == order.side.opposite ? moment.net.magnitude : .zero
      return open > covered
    }
  }
}
