import Domain

/// The newest price of a contract that the log knows: what an open position is marked at.
public struct LastPrice: Sendable {
  public enum Source: String, Sendable {
    case leaderTrade = "leader_trade"
    case followerTrade = "follower_trade"
    /// What the market traded at when the leader's order was first told (`RefLtp`).
    case leaderReference = "leader_reference"
    /// What the broker answered when it was asked for a price.
    case quote
  }

  public let price: Paise
  public let source: Source
  public let at: Timestamp

  /// `a trade of the leader's`
  public var words: String {
    switch source {
    case .leaderTrade: "a trade of the leader's"
    case .followerTrade: "a trade of a follower's"
    case .quote: "a quote of the broker's"
    case .leaderReference: "the market beside an order of the leader's"
    }
  }
}

/// The newest price of every contract.
struct LastPrices {
  private var prices: [ContractID: LastPrice] = [:]

  subscript(contract: ContractID) -> LastPrice? { prices[contract] }

  /// To be called with every event after the history took it.
  mutating func take(_ entry: LogEntry, _ history: OrderHistory) {
    if case .leaderOrder(let seen) = entry.event, let record = history.leader(seen.picture.order.orderID) {
      take(record, entry)
    }
    if case .quoteSeen(let seen) = entry.event { note(seen.price, .quote, seen.contract, entry) }
    for (place, fill) in history.freshFills {
      let order = history.orders[place]
      guard let price = order.fillPrices[fill] else { continue }
      note(price.rounded, .followerTrade, order.key.contract, entry)
    }
  }

  private mutating func take(_ record: LeaderRecord, _ entry: LogEntry) {
    let (now, before) = (record.newest.order, record.changes.dropLast().last?.order)
    let reference = now.referencePrice
    if reference > .zero, reference != before?.referencePrice {
      note(reference, .leaderReference, record.key.contract, entry)
    }
    guard record.newest.isFill, now.averagePrice > .zero else { return }
    let (units, paid) = before.map { ($0.filled, $0.averagePrice * $0.filled) } ?? (.zero, .zero)
    let price = UnitPrice(value: now.averagePrice * now.filled - paid, quantity: now.filled - units)
    note(price?.rounded ?? now.averagePrice, .leaderTrade, record.key.contract, entry)
  }

  private mutating func note(_ price: Paise, _ source: LastPrice.Source, _ contract: ContractID, _ entry: LogEntry) {
    prices[contract] = LastPrice(price: price, source: source, at: entry.recordedAt)
  }
}
