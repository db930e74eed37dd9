import Domain
import Engine
import PaperExchange
import Ports
import Projections
import Reactors

/// What accounts are asked for, and when. Readings of the paper exchange are of one moment and come back at once.
extension PaperSession {
  var nextReading: Timestamp? {
    guard let engine else { return nil }
    return schedules.compactMap { $0.plan.next(at: clock.now(), in: engine.state) }.min()
  }

  /// Reads until nothing is due: what a reading tells may ask for another.
  func readWhatIsDue() throws {
    let now = clock.now()
    var isAnythingRead = true
    while isAnythingRead {
      isAnythingRead = false
      for index in schedules.indices {
        // No copy of the state is kept while the engine folds: it would be copied as a whole then.
        guard let engine else { return }
        for reading in schedules[index].plan.due(at: now, in: engine.state) {
          isAnythingRead = true
          try read(reading, of: index)
          schedules[index].plan.finished(reading, at: now)
        }
      }
    }
  }

  func readBookNow(_ account: AccountRole) {
    if let index = schedules.firstIndex(where: { $0.account == account }) { schedules[index].plan.readBookNow() }
  }

  private func read(_ reading: Reading, of index: Int) throws {
    let account = schedules[index].account
    guard let engine, let client = client(of: account) else { return }
    guard !unreadable.contains(account) else { return }
    let day = (account, AccountReport.day(clock.now().indianDay))
    let book = exchange.orderBook(of: client)
    switch reading {
    case .funds:
      if let funds = exchange.funds(of: client) { try observe([day, (account, .funds(funds))]) }
    case .baseline:
      let holdings = exchange.positions(of: client)
      try observe([day, (account, .baseline(BaselineReading(holdings: holdings, book: book)))])
    case .book, .bookWithTrades:
      let now = clock.now()
      if intake.isMissed(book, askedAt: now, of: account, in: engine.state) {
        schedules[index].plan.suspectStream(at: now)
      }
      let trades = reading == .bookWithTrades ? exchange.trades(of: client).map(BrokerTrade.init) : nil
      try observe([day, (account, .book(book, askedAt: now, trades: trades))])
    case .positions:
      let rows = exchange.positions(of: client).map {
        BrokerPosition(key: $0.key, net: $0.quantity, carriedForward: .zero)
      }
      try observe([day, (account, .positions(rows, after: engine.state.lastSequence))])
    case .basketMargin(let basket, let units, let legs):
      guard let margin = exchange.margin(client, legs) else { return }
      try observe([(account, .basketMargin(basket, units: units, margin))])
    case .optionChain(let series): try observe([(account, .optionChain(series, nil))])
    case .margin, .profile, .quote: break
    }
  }

  private func client(of account: AccountRole) -> ClientID? {
    guard let follower = account.follower else { return intake.settings.leader }
    return intake.settings.followers.first { $0.name == follower }?.clientID
  }

  /// The margins that the sizing of shorts needs, told with the order that needs them.
  func margins(for report: AccountReport, of account: AccountRole) -> [Observation] {
    guard let engine else { return [] }
    return intake.margins(for: report, of: account, in: engine.state).compactMap { follower, reading in
      guard case .margin(let key, _, let price) = reading, let client = client(of: .follower(follower)),
        let margin = exchange.marginPerLot(client, key.contract, price: price)
      else { return nil }
      return .margin(follower, key.contract, perLot: margin)
    }
  }

  func readQuote(_ reading: Reading) throws {
    guard case .quote(let contract) = reading, let price = exchange.referencePrice(of: contract) else { return }
    try observe([(.leader, .quotes([contract: price]))])
  }
}

extension BrokerTrade {
  fileprivate init(_ trade: PaperTrade) {
    self.init(
      orderID: trade.orderID, tradeID: ShortText(stringLiteral: "\(trade.tradeID)"), key: trade.key, side: trade.side,
      quantity: trade.quantity, price: trade.price, tradedAt: trade.at)
  }
}
