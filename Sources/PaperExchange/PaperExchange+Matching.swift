import Domain

/// Price–time priority: the best price first, at one price whoever came first, an account or the rest of the market. A
/// trade is at the price of the order that was there before.
extension PaperExchange {
  private enum Counterparty {
    case order(Int)
    case market
  }

  /// Trades an order that is not in the book yet with whatever crosses its limit.
  mutating func match(_ index: Int) {
    while orders[index].open > .zero {
      let order = orders[index]
      let contract = order.key.contract
      guard let (counterparty, price, size) = best(against: order) else { return }
      let units = min(order.open, size)
      books[contract, default: ContractBook()].lastTrade = ContractBook.LastTrade(price: price, at: now)
      let trade = takeTrade()
      switch counterparty {
      case .order(let other): fill(other, units, at: price, trade: trade)
      case .market: books[contract]?.takeFromMarket(order.side.opposite, units, at: price)
      }
      fill(index, units, at: price, trade: trade)
    }
  }

  private func best(against order: PaperOrder) -> (Counterparty, price: Paise, size: Quantity)? {
    guard let book = books[order.key.contract] else { return nil }
    let side = order.side.opposite
    func crosses(_ price: Paise) -> Bool {
      order.side == .buy ? price <= order.terms.price : price >= order.terms.price
    }
    let resting = book.resting(side).first.flatMap { crosses($0.price) ? $0 : nil }
    let level = book.level(side).flatMap { crosses($0.price) ? $0 : nil }
    guard let resting else { return level.map { (.market, $0.price, $0.size) } }
    if let level {
      let isBetter = side == .buy ? level.price > resting.price : level.price < resting.price
      if isBetter || (level.price == resting.price && level.rank < resting.rank) {
        return (.market, level.price, level.size)
      }
    }
    return (.order(resting.index), resting.price, orders[resting.index].open)
  }

  /// New prices of the rest of the market: first they trade with what rests, then what is left stands in the book.
  mutating func show(_ quote: PaperQuote) -> PaperReply {
    guard instruments[quote.contract] != nil else { return .refused("The quote is for an unknown contract.") }
    guard quote.bid >= .zero, quote.ask >= .zero, quote.bidSize >= .zero, quote.askSize >= .zero else {
      return .refused("A quote has no negative prices or sizes.")
    }
    guard quote.bid < quote.ask || quote.bid == .zero || quote.ask == .zero else {
      return .refused("The bid \(quote.bid) is not below the offer \(quote.ask).")
    }
    var book = books[quote.contract] ?? ContractBook()
    book.marketBid = nil
    book.marketAsk = nil
    books[quote.contract] = book
    guard isOpen else { return .done }
    let isBid = quote.bid > .zero && quote.bidSize > .zero
    let isAsk = quote.ask > .zero && quote.askSize > .zero
    let bidLeft = isBid ? sweep(quote.contract, .buy, quote.bid, quote.bidSize) : .zero
    let askLeft = isAsk ? sweep(quote.contract, .sell, quote.ask, quote.askSize) : .zero
    let rank = takeRank()
    if bidLeft > .zero {
      books[quote.contract]?.marketBid = ContractBook.Level(price: quote.bid, size: bidLeft, rank: rank)
    }
    if askLeft > .zero {
      books[quote.contract]?.marketAsk = ContractBook.Level(price: quote.ask, size: askLeft, rank: rank)
    }
    // A rising market shows in its offer, a falling one in its bid.
    runStops(quote.contract, highest: isAsk ? quote.ask : nil, lowest: isBid ? quote.bid : nil)
    return .done
  }

  /// The rest of the market takes what rests at `limit` or better, each at its own price; returns what it did not get.
  private mutating func sweep(_ contract: ContractID, _ side: Side, _ limit: Paise, _ size: Quantity) -> Quantity {
    var left = size
    while left > .zero, let resting = books[contract]?.resting(side.opposite).first {
      guard side == .buy ? resting.price <= limit : resting.price >= limit else { break }
      let units = min(left, orders[resting.index].open)
      books[contract]?.lastTrade = ContractBook.LastTrade(price: resting.price, at: now)
      books[contract]?.takeFromMarket(side, units, at: resting.price)
      fill(resting.index, units, at: resting.price, trade: takeTrade())
      left -= units
    }
    return left
  }

  private mutating func fill(_ index: Int, _ units: Quantity, at price: Paise, trade: Int64) {
    orders[index].filled += units
    orders[index].turnover += price * units
    orders[index].lastPrice = price
    orders[index].note = ""
    let order = orders[index]
    accounts[order.account]?.book(order.key, order.side, units, at: price)
    accounts[order.account]?.trades.append(
      PaperTrade(
        tradeID: trade, at: now, orderID: order.id, key: order.key, side: order.side, quantity: units, price: price))
    if order.filled == order.terms.quantity { finish(index, .traded) } else { emit(index) }
  }

  private mutating func takeTrade() -> Int64 {
    defer { nextTrade += 1 }
    return nextTrade
  }
}
