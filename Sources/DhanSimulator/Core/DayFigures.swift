import Domain
import PaperExchange

/// What the day's trades in one contract add up to.
struct DayFigures {
  let open: Paise
  var high: Paise
  var low: Paise
  var last: PaperTrade
  var volume = Quantity.zero
  var turnover = Paise.zero

  init(_ first: PaperTrade) {
    open = first.price
    high = first.price
    low = first.price
    last = first
    add(first)
  }

  var average: Paise { volume > .zero ? Paise(turnover.count / volume.units) : .zero }

  mutating func add(_ trade: PaperTrade) {
    high = max(high, trade.price)
    low = min(low, trade.price)
    last = trade
    volume += trade.quantity
    turnover += trade.price * trade.quantity
  }
}

extension SimulatorCore {
  /// Of the accounts' trades, which are all there are.
  var dayFigures: [ContractID: DayFigures] {
    var figures: [ContractID: DayFigures] = [:]
    var lastNumber: Int64?
    let trades = exchange.accountIDs.flatMap { exchange.trades(of: $0) }.sorted { $0.tradeID < $1.tradeID }
    // Both sides carry one number when two accounts have met.
    for trade in trades where trade.tradeID != lastNumber {
      lastNumber = trade.tradeID
      if figures[trade.key.contract]?.add(trade) == nil { figures[trade.key.contract] = DayFigures(trade) }
    }
    return figures
  }
}
