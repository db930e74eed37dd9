import Domain

/// Everything that the reports of one day's followers are made from.
struct DayBasis {
  let day: Day
  let history: OrderHistory
  let movements: [LotMovements.Movement]
  let prices: LastPrices
  let copies: CopiedFills
  /// The leader's orders that were first seen or changed on the day.
  let leaderOrders: [LeaderRecord]
  let orders: [OrderHistory.LinkID: [OrderRecord]]

  init(day: Day, history: OrderHistory, movements: [LotMovements.Movement], prices: LastPrices) {
    self.day = day
    self.history = history
    self.movements = movements
    self.prices = prices
    copies = CopiedFills(history)
    leaderOrders = history.leaderOrders.filter { $0.changes.contains { $0.at.indianDay == day } }
    orders = Dictionary(grouping: history.orders) {
      OrderHistory.LinkID(follower: $0.follower, origin: $0.child.origin)
    }
  }

  func isToday(_ time: Timestamp) -> Bool { time.indianDay == day }
}
