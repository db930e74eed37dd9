import Domain
import Engine
import PaperExchange
import Ports
import Projections
import Reactors

/// What accounts are asked for, and when. Readings of the paper exchange are of one moment and come back at once.
extension PaperSession {
  var nextReading: Timestamp? {
    guard let state = engine?.state else { return nil }
    return schedules.compactMap { $0.plan.next(at: clock.now(), in: state) }.min()
  }

  /// Reads until nothing is due: what a reading tells may ask for another.
  func readWhatIsDue() throws {
    let now = clock.now()
    var isAnythingRead = true
    while isAnythingRead {
      isAnythingRead = false
      for index in schedules.indices {
        guard let state = engine?.state else { return }
        for reading in schedules[index].plan.due(at: now, in: state) {
          isAnythingRead = true
          try read(reading, of: index)
          schedules[index].plan.finished(reading, at: now)
        }
      }
    }
    try readQuotes()
  }

  private func read(_ reading: Reading, of index: Int) throws {
    let account = schedules[index].account
    guard let state = engine?.state, let client = client(of: account) else { return }
    let book = exchange.orderBook(of: client)
    switch reading {
    case .funds:
      if let funds = exchange.funds(of: client) { try observe([(account, .funds(funds))]) }
    case .baseline:
      let holdings = exchange.positions(of: client)
      try observe([(account, .baseline(BaselineReading(holdings: holdings, book: book)))])
    case .book:
      let now = clock.now()
      if intake.isMissed(book, askedAt: now, of: account, in: state) { schedules[index].plan.suspectStream(at: now) }
      try observe([(account, .book(book, askedAt: now))])
    case .positions:
      let rows = exchange.positions(of: client).map {
        BrokerPosition(key: $0.key, net: $0.quantity, carriedForward: .zero)
      }
      try observe([(account, .positions(rows, after: state.lastSequence))])
    case .margin, .profile, .quote: break
    }
  }

  private func client(of account: AccountRole) -> ClientID? {
    guard let follower = account.follower else { return intake.settings.leader }
    return intake.settings.followers.first { $0.name == follower }?.clientID
  }

  /// The margins that the sizing of shorts needs, told with the order that needs them.
  func margins(for report: AccountReport, of account: AccountRole) -> [Observation] {
    guard let state = engine?.state else { return [] }
    return intake.margins(for: report, of: account, in: state).compactMap { follower, reading in
      guard case .margin(let key, _, let price) = reading, let client = client(of: .follower(follower)),
        let margin = exchange.marginPerLot(client, key.contract, price: price)
      else { return nil }
      return .margin(follower, key.contract, perLot: margin)
    }
  }

  // MARK: - Quotes

  /// A price for an order of the leader's that has none (rule 19).
  func quotes(for report: AccountReport, of account: AccountRole) -> [Observation] {
    guard case .order(let update) = report, account == .leader, update.order.price == .zero else { return [] }
    return quote(of: update.order.key.contract).map { [$0] } ?? []
  }

  /// Prices for lots that we hold on a side on which the leader has nothing: we close them by ourselves.
  private func readQuotes() throws {
    guard tellsQuotes, let engine else { return }
    let state = engine.state
    let strays = state.followers.flatMap { account in
      account.ledgers.filter { $0.value.side != nil && state.leader.positions[$0.key]?.side != $0.value.side }.keys
    }
    for contract in Set(strays.map(\.contract)).sorted() {
      if let quote = quote(of: contract) { try send(engine.observe([quote])) }
    }
  }

  private func quote(of contract: ContractID) -> Observation? {
    guard tellsQuotes, contract.option != nil, let state = engine?.state, state.wantsQuote(contract),
      let price = exchange.referencePrice(of: contract)
    else { return nil }
    return .quote(contract, price)
  }
}

/// The contracts of the paper exchange that are copied, as the broker's instrument file tells them.
struct PaperDirectory: ContractDirectory {
  private struct Number: Hashable {
    let segment: ExchangeSegment
    let securityID: SecurityID
  }

  private let contracts: [Number: Instrument]

  init(_ listed: [Instrument]) {
    let options = listed.filter { $0.contract.option != nil }
    contracts = Dictionary(
      options.map { (Number(segment: $0.contract.segment, securityID: $0.contract.securityID), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  func instrument(_ segment: ExchangeSegment, _ securityID: SecurityID) -> Instrument? {
    contracts[Number(segment: segment, securityID: securityID)]
  }
}
