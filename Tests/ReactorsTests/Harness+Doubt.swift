import Domain
import Projections
import Reactors

/// Calls without an outcome, and orders that nobody expected.
extension Harness {
  /// The broker knows the order by the label that the engine calls it by.
  mutating func adopt(_ adopted: OrderAdopted) {
    guard adopted.isSurplus, let order = state.account(adopted.child.follower)?.orders[adopted.orderID]?.order,
      let leader = state.settings?.leader
    else { return }
    let label = CorrelationID(leader: leader, child: adopted.child)
    broker[label] = order
    accounts[label] = adopted.child.follower
  }

  /// An order under `label` appears that is not the one which the broker gave us a number for.
  @discardableResult
  mutating func appears(
    _ label: CorrelationID?, _ side: Side, lots: Int64, filled: Int64 = 0, status: OrderStatus? = nil,
    price: Int64 = 10_000, source: OrderSource = .stream, id: OrderID? = nil
  ) -> OrderID {
    let number = id ?? OrderID(stringLiteral: "2\(100_000_000_000 + nextOrder)")
    if id == nil { nextOrder += 1 }
    let order = BrokerOrder(
      orderID: number, correlationID: label, key: key, side: side, type: .limit, validity: .day,
      quantity: lotSize.quantity(of: Lots(lots)), price: Paise(price), filled: lotSize.quantity(of: Lots(filled)),
      averagePrice: filled > 0 ? Paise(price) : .zero,
      status: status ?? (filled == lots ? .traded : filled > 0 ? .partTraded : .pending), updatedAt: time)
    observe(.followerOrder("asha", order, source))
    return number
  }

  /// The label under which the harness's broker keeps an order.
  func label(of orderID: OrderID) -> CorrelationID? { broker.first { $0.value.orderID == orderID }?.key }

  /// Two clean readings a settle time apart that show nothing new.
  mutating func readTwice(trades: Bool = true) {
    for _ in 0..<2 {
      time = time + .seconds(6)
      observe(.followerBookRead("asha", orders: 0, askedAt: time, tradesAgree: trades))
    }
  }

  var surplus: Int { account.surplusOrders }
  var halted: [OrderID] {
    log.compactMap { if case .followerHalted(let halted) = $0 { halted.orderID } else { nil } }
  }
  var adoptions: [OrderAdopted] { log.compactMap { if case .orderAdopted(let adopted) = $0 { adopted } else { nil } } }
  var attempts: Int { log.count { if case .requestAttempted = $0 { true } else { false } } }
  var cancels: Int { log.count { if case .cancellationRequested = $0 { true } else { false } } }
  var alertsRaised: [AlertKind] {
    log.compactMap { if case .alertRaised(let alert) = $0 { alert.kind } else { nil } }
  }
  /// The newest placement.
  var placement: PlacementRequested? {
    log.reversed().lazy.compactMap { if case .placementRequested(let request) = $0 { request } else { nil } }.first
  }
}
