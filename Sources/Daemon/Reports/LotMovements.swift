import Domain

/// How our own lots came and went, in the order of the log: our fills, and what others closed of them (rule 32).
struct LotMovements {
  struct Account: Hashable {
    let follower: FollowerName
    let key: PositionKey
  }

  enum Cause {
    /// Places in the history's orders and in their fills.
    case fill(order: Int, fill: Int)
    /// What the owner or the broker closed, at the price of that trade where the broker told one.
    case others(Side, Quantity, price: UnitPrice?)
  }

  struct Movement {
    let account: Account
    let at: Timestamp
    let cause: Cause
  }

  private(set) var movements: [Movement] = []
  private var held: [Account: Quantity] = [:]
  /// What is known of orders that are not ours, and the newest trade of theirs in each position.
  private var others: [OrderHistory.AccountOrder: BrokerOrder] = [:]
  private var othersPrice: [Account: UnitPrice] = [:]

  /// To be called with every event after the history took it.
  mutating func take(_ entry: LogEntry, _ history: OrderHistory) {
    for (place, fill) in history.freshFills {
      let order = history.orders[place]
      let account = Account(follower: order.follower, key: order.key)
      held[account, default: .zero] += Quantity(order.fills[fill].quantity.units * order.side.sign)
      movements.append(
        Movement(account: account, at: entry.recordedAt, cause: .fill(order: place, fill: fill)))
    }
    switch entry.event {
    case .followerOrder(let seen):
      let id = OrderHistory.AccountOrder(follower: seen.follower, orderID: seen.picture.order.orderID)
      if history.byOrder[id] == nil { takeTrade(seen.picture.order, id) }
      compare(seen.follower, [seen.picture.order.key], entry, history)
    // An order without a label is the owner's for certain only when no placement can explain it any more.
    case .requestAccepted(let event): compare(event.follower, history.settledKey.map { [$0] } ?? [], entry, history)
    case .requestRefused(let event): compare(event.follower, history.settledKey.map { [$0] } ?? [], entry, history)
    case .followerBookRead(let event):
      let index = history.state.index(of: event.follower)
      compare(
        event.follower, index.map { history.state.followers[$0].ledgers.keys.sorted() } ?? [], entry, history)
    case .dayBegan(let began):
      for position in began.expired {
        guard let follower = position.account.follower else { continue }
        // The exchange settles it at a price that no order tells.
        othersPrice[Account(follower: follower, key: position.key)] = nil
        compare(follower, [position.key], entry, history)
      }
    case .accountRestated(let restated):
      guard let follower = restated.account.follower, let index = history.state.index(of: follower) else { return }
      compare(follower, history.state.followers[index].ledgers.keys.sorted(), entry, history)
    default: break
    }
  }

  private mutating func takeTrade(_ order: BrokerOrder, _ id: OrderHistory.AccountOrder) {
    let before = others.updateValue(order, forKey: id)
    let units = order.filled - (before?.filled ?? .zero)
    guard units > .zero else { return }
    let value = order.averagePrice * order.filled - (before?.averagePrice ?? .zero) * (before?.filled ?? .zero)
    othersPrice[Account(follower: id.follower, key: order.key)] =
      order.averagePrice == .zero ? nil : UnitPrice(value: value, quantity: units)
  }

  /// Whatever a ledger holds less than our fills make was closed by others.
  private mutating func compare(
    _ follower: FollowerName, _ keys: [PositionKey], _ entry: LogEntry, _ history: OrderHistory
  ) {
    guard let index = history.state.index(of: follower) else { return }
    for key in keys {
      let account = Account(follower: follower, key: key)
      let known = history.state.followers[index].ledgers[key]?.held ?? .zero
      let difference = known - (held[account] ?? .zero)
      guard let side = Side(holding: difference) else { continue }
      held[account, default: .zero] += difference
      movements.append(
        Movement(
          account: account, at: entry.recordedAt,
          cause: .others(side, difference.magnitude, price: othersPrice[account])))
    }
  }
}
