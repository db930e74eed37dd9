import Domain
import Projections
import Reactors

/// What the first reading of a day says of what an account holds.
extension Intake {
  /// To be observed after the reading itself, which tells the orders that it shows: what it holds less than the log, and no
  /// order explains, the leader has closed while nobody looked, and followers close it too (rule 6).
  ///
  /// - Parameter state: as it is with the report in it.
  public func restatement(_ report: AccountReport, of account: AccountRole, in state: State) -> [Observation] {
    guard case .baseline(let reading) = report, let day = state.tradingDay, state.lacksRestatement(account),
      isUpToDate(reading, of: account, state)
    else { return [] }
    var observations: [Observation] = []
    if account == .leader {
      for (number, closed) in state.leader.closedUnseen(reading.holdings.withoutExpired(on: day)).enumerated() {
        // Dated by the day that is over: what is known of its time is that it has passed.
        observations.append(
          .leaderOrder(
            BrokerOrder(
              orderID: OrderID(text: ShortText(stringLiteral: "unseen@\(state.lastSequence.value).\(number + 1)")),
              correlationID: nil, key: closed.key, side: closed.quantity < .zero ? .sell : .buy, type: .market,
              validity: .day, quantity: closed.quantity.magnitude, price: .zero, filled: closed.quantity.magnitude,
              status: .traded, updatedAt: Timestamp(microseconds: day.startInIndia.microseconds - 1)), .positions))
      }
    }
    return observations + reading.holdings.flatMap { facts(of: $0.key.contract, state) }
      + [.restated(account, reading.holdings)]
  }

  /// Whether the log knows nothing that the reading does not: a fill that came meanwhile would count twice or never.
  func isUpToDate(_ reading: BaselineReading, of account: AccountRole, _ state: State) -> Bool {
    let filled = reading.book.reduce(into: [OrderID: Quantity]()) { $0[$1.orderID] = $1.filled }
    let known: [BrokerOrder] =
      switch account {
      case .leader: state.leader.orders.values.map(\.order)
      case .follower(let name): state.account(name)?.orders.values.map(\.order) ?? []
      }
    // Orders of earlier days are no part of the book of today.
    let isOfToday = { (order: BrokerOrder) in
      guard let day = state.tradingDay, state.hasBaseline(account), let time = order.updatedAt else { return true }
      return time >= day.startInIndia
    }
    return known.allSatisfy { !isOfToday($0) || $0.filled <= filled[$0.orderID] ?? .zero }
  }
}

extension [BaselinePosition] {
  func withoutExpired(on day: Day) -> [BaselinePosition] {
    filter { $0.key.contract.option.map { $0.expiry >= day } ?? true }
  }
}
