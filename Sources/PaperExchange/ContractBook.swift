import Domain

/// What rests in one contract: orders of the accounts, and one level of the rest of the market on each side.
struct ContractBook: Hashable, Sendable {
  /// The rest of the market on one side.
  struct Level: Hashable, Sendable {
    var price: Paise
    var size: Quantity
    var rank: Int64
  }

  struct Resting: Hashable, Sendable {
    let index: Int
    let price: Paise
    let rank: Int64
  }

  struct LastTrade: Hashable, Sendable {
    let price: Paise
    let at: Timestamp
  }

  /// Best first: highest price, then earliest.
  private(set) var bids: [Resting] = []
  /// Best first: lowest price, then earliest.
  private(set) var asks: [Resting] = []
  var marketBid: Level?
  var marketAsk: Level?
  /// Stop orders before their trigger, in the order of their arrival.
  var waiting: [Int] = []
  var lastTrade: LastTrade?
  /// What the rest of the market holds, signed: the other side of every fill against a quote.
  var marketPosition = Quantity.zero
  var marketCash = Paise.zero

  func resting(_ side: Side) -> [Resting] { side == .buy ? bids : asks }
  func level(_ side: Side) -> Level? { side == .buy ? marketBid : marketAsk }

  mutating func add(_ resting: Resting, _ side: Side) {
    func isBehind(_ other: Resting) -> Bool {
      if other.price != resting.price {
        return side == .buy ? other.price < resting.price : other.price > resting.price
      }
      return other.rank > resting.rank
    }
    if side == .buy {
      bids.insert(resting, at: bids.firstIndex(where: isBehind) ?? bids.endIndex)
    } else {
      asks.insert(resting, at: asks.firstIndex(where: isBehind) ?? asks.endIndex)
    }
  }

  mutating func remove(_ index: Int, _ side: Side) {
    if side == .buy { bids.removeAll { $0.index == index } } else { asks.removeAll { $0.index == index } }
    waiting.removeAll { $0 == index }
  }

  /// Takes `units` from the rest of the market on `side`, which then holds them the other way round.
  mutating func takeFromMarket(_ side: Side, _ units: Quantity, at price: Paise) {
    let signed = Quantity(side.sign * units.units)
    marketPosition += signed
    marketCash += Paise(-signed.units * price.count)
    if side == .buy {
      marketBid?.size -= units
      if let level = marketBid, level.size <= .zero { marketBid = nil }
    } else {
      marketAsk?.size -= units
      if let level = marketAsk, level.size <= .zero { marketAsk = nil }
    }
  }

  /// What the price checks measure against: a recent trade, else the middle of the quote, else an older trade.
  func reference(at now: Timestamp, age: Microseconds) -> Paise? {
    if let lastTrade, now - lastTrade.at <= age { return lastTrade.price }
    if let bid = marketBid?.price, let ask = marketAsk?.price { return Paise((bid.count + ask.count) / 2) }
    return lastTrade?.price ?? marketBid?.price ?? marketAsk?.price
  }
}
