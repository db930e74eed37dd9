import Domain

/// What an account says of itself, as of ``now``: call ``advance(to:)`` first. An account that the exchange does not
/// know has nothing.
extension PaperExchange {
  /// Every order of the account, oldest first, those in TRANSIT included.
  public func orderBook(of account: ClientID) -> [BrokerOrder] {
    accounts[account]?.orders.map { picture(orders[$0]) } ?? []
  }

  public func order(_ id: OrderID, of account: ClientID) -> BrokerOrder? {
    find(.id(id), of: account).map { picture(orders[$0]) }
  }

  /// Every order of the account like ``orderBook(of:)``, with the facts beside it.
  public func orderReports(of account: ClientID) -> [PaperOrderReport] {
    accounts[account]?.orders.map { report(orders[$0]) } ?? []
  }

  public func orderReport(_ id: OrderID, of account: ClientID) -> PaperOrderReport? {
    find(.id(id), of: account).map { report(orders[$0]) }
  }

  /// The account's latest order of today with this label.
  public func orderReport(labelled label: CorrelationID, of account: ClientID) -> PaperOrderReport? {
    accounts[account]?.orders.last { orders[$0].label == label }.map { report(orders[$0]) }
  }

  /// What was held at any time of the day, in the order of the keys; the latest fills may be missing for `positionsLag`.
  public func dayPositions(of account: ClientID) -> [PaperPosition] {
    guard let state = accounts[account] else { return [] }
    var rows: [PositionKey: PaperPosition] = [:]
    for (key, quantity) in state.carried where quantity != .zero {
      rows[key] = PaperPosition(key: key, carried: quantity)
    }
    func add(_ key: PositionKey, _ side: Side, _ units: Quantity, _ price: Paise) {
      var row = rows[key] ?? PaperPosition(key: key)
      switch side {
      case .buy:
        row.bought += units
        row.boughtValue += price * units
      case .sell:
        row.sold += units
        row.soldValue += price * units
      }
      rows[key] = row
    }
    for trade in state.trades {
      guard trade.at + settings.positionsLag <= now else { break }
      add(trade.key, trade.side, trade.quantity, trade.price)
    }
    for move in state.moves { add(move.key, move.side, move.quantity, move.price) }
    return rows.values.sorted { $0.key < $1.key }
  }

  /// Every fill of the account, oldest first; the latest may be missing for `tradesLag`.
  public func trades(of account: ClientID) -> [PaperTrade] {
    (accounts[account]?.trades ?? []).filter { $0.at + settings.tradesLag <= now }
  }

  /// Every fill of the account, oldest first, whatever its readings show: what is true.
  public func everyTrade(of account: ClientID) -> [PaperTrade] { accounts[account]?.trades ?? [] }

  /// What the account holds, whatever its readings show: what is true.
  public func held(by account: ClientID) -> [PositionKey: Quantity] {
    (accounts[account]?.positions ?? [:]).mapValues(\.quantity)
  }

  /// Contracts whose product the account converted today.
  public func convertedContracts(of account: ClientID) -> Set<ContractID> {
    Set((accounts[account]?.moves ?? []).map(\.key.contract))
  }

  /// Positions that are not flat, in the order of their keys; the latest fills may be missing for `positionsLag`.
  public func positions(of account: ClientID) -> [BaselinePosition] {
    guard let state = accounts[account] else { return [] }
    var held = state.positions.mapValues(\.quantity)
    for trade in state.trades.reversed() {
      if trade.at + settings.positionsLag <= now { break }
      held[trade.key, default: .zero] -= Quantity(trade.side.sign * trade.quantity.units)
    }
    return held.filter { $0.value != .zero }.map { BaselinePosition(key: $0.key, quantity: $0.value) }
      .sorted { $0.key < $1.key }
  }

  /// The accounts, sorted by number.
  public var accountIDs: [ClientID] { clientIDs }

  /// The contracts, sorted.
  public var listed: [Instrument] { instruments.values.sorted { $0.contract < $1.contract } }

  /// What the rest of the market offers in a contract now: what its last quote left.
  public func quote(of contract: ContractID) -> PaperQuote? {
    guard let book = books[contract] else { return nil }
    return PaperQuote(
      contract: contract, bid: book.marketBid?.price ?? .zero, ask: book.marketAsk?.price ?? .zero,
      bidSize: book.marketBid?.size ?? .zero, askSize: book.marketAsk?.size ?? .zero)
  }

  /// The price that the checks measure against: a trade of the last ``PaperSettings/referenceAge``, else the middle of
  /// the quote.
  public func referencePrice(of contract: ContractID) -> Paise? { reference(contract) }

  /// What the rest of the market holds in a contract, signed: with all accounts it adds up to what they carried in.
  public func marketPosition(of contract: ContractID) -> Quantity { books[contract]?.marketPosition ?? .zero }

  /// What the rest of the market has received less what it has paid, over all contracts.
  public var marketCash: Paise {
    var total = Paise.zero
    for contract in books.keys.sorted() { total += books[contract]?.marketCash ?? .zero }
    return total
  }

  /// Start of day, less premium paid, plus premium received; nothing is bound here.
  public func cash(of account: ClientID) -> Paise? { accounts[account]?.cash }
}
