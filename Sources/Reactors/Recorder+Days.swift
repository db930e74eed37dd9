import Domain
import Projections

/// Days, and what they make of what brokers still show.
extension Recorder {
  static func day(_ observation: Observation, _ state: State) -> Event? {
    switch observation {
    case .tradingDay(let day):
      guard state.tradingDay.map({ $0 < day }) ?? true else { return nil }
      return .dayBegan(DayBegan(day: day, expired: state.expired(before: day)))
    case .restated(let account, let positions):
      guard let day = state.tradingDay, state.lacksRestatement(account) else { return nil }
      return .accountRestated(
        AccountRestated(account: account, day: day, positions: positions.sorted { $0.key < $1.key }))
    case .leaderSight(let since):
      guard (state.leader.blindSince == nil) != (since == nil) else { return nil }
      return .leaderSight(LeaderSightChanged(blindSince: since))
    default: return nil
    }
  }
}

extension State {
  /// An order as it has to be understood today: one of an earlier day is over whatever the broker still shows of it, and says
  /// nothing (`nil`) once positions were read that hold what it filled.
  func asOfToday(_ order: BrokerOrder, known: BrokerOrder?, of account: AccountRole) -> BrokerOrder? {
    guard let day = tradingDay, let updatedAt = order.updatedAt, updatedAt < day.startInIndia else { return order }
    // One that waited for its session is of today since it arrived, whatever time the broker still gives it.
    if order.afterMarket, !order.isOver(before: day, settings?.calendar) { return order }
    if let known, known.afterMarket, !known.status.isFinal {
      var arrived = order
      arrived.updatedAt = day.startInIndia
      return arrived
    }
    if let known, let time = known.updatedAt, time >= day.startInIndia { return order }
    if isRestated(account, on: day) { return nil }
    var over = order
    if !order.status.isFinal { over.status = .expired }
    return over
  }

  private func isRestated(_ account: AccountRole, on day: Day) -> Bool {
    switch account {
    case .leader: leader.restatedOn == day
    case .follower(let name): self.account(name)?.restatedOn == day
    }
  }
}
