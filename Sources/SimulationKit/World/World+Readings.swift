import Domain
import Engine
import PaperExchange
import Ports

/// What accounts answer when they are asked, when, and how wrong.
extension World {
  /// How long a reading waits for its answer.
  static let readingTimeout = Microseconds.seconds(5)
  /// How far a reading may lag behind what the broker has done.
  static let lag = Microseconds.seconds(3)

  func ask(_ reading: Reading, of account: AccountRole) {
    let line = lines[account] ?? Line()
    if line.hasDeadToken {
      return deliver(
        [.blocked(.deadToken, text: "DH-901 Invalid_Authentication")], reading, of: account, between(3, 40))
    }
    if now < line.hangsUntil || happens(faults.readingsHang) { return fail(reading, of: account, World.readingTimeout) }
    if happens(faults.readingsUnreadable) { return fail(reading, of: account, between(3, 200)) }
    if happens(faults.readingsRateLimited) { return deliver([], reading, of: account, between(3, 40)) }
    if reading == .baseline { return goOn(BaselineAttempt(account: account), life) }
    agenda.note(
      .reading(account, reading, askedAt: machine.now(), after: state?.lastSequence ?? .beforeFirst, life: life),
      at: now + between(1, 40))
  }

  private func fail(_ reading: Reading, of account: AccountRole, _ time: Microseconds) {
    let isNeeded = reading == .baseline || reading == .funds
    deliver(isNeeded ? [.unreadBeforeBaseline(text: "no answer")] : [], reading, of: account, time)
  }

  private func deliver(
    _ reports: [AccountReport], _ reading: Reading, of account: AccountRole, _ time: Microseconds, life: Int? = nil
  ) {
    let life = life ?? self.life
    for report in reports { agenda.note(.message(.report(account, report), life: life), at: now + time) }
    if case .quote = reading { return }
    agenda.note(.message(.finished(account, reading), life: life), at: now + time)
  }

  /// The broker answers: what it says is of this moment, or of one before.
  func answer(
    _ reading: Reading, of account: AccountRole, askedAt: Timestamp, after: SequenceNumber, _ life: Int
  ) {
    guard let client = clientID(of: account) else {
      return deliver([], reading, of: account, .milliseconds(1), life: life)
    }
    var reports: [AccountReport] = []
    switch reading {
    case .book: reports = [.book(book(of: account, client), askedAt: askedAt)]
    case .bookWithTrades:
      let trades = exchange.trades(of: client).map(\.asTold)
      reports = [.book(book(of: account, client), askedAt: askedAt, trades: trades)]
    case .funds: reports = exchange.funds(of: client).map { [.funds($0)] } ?? []
    case .positions: reports = [.positions(positions(of: client), after: after)]
    case .quote(let contract): reports = exchange.referencePrice(of: contract).map { [.quotes([contract: $0])] } ?? []
    case .margin(let key, _, let price):
      reports =
        exchange.marginPerLot(client, key.contract, price: price).map { [.margin(key.contract, perLot: $0)] } ?? []
    case .basketMargin(let basket, let units, let legs):
      reports = exchange.margin(client, legs).map { [.basketMargin(basket, units: units, $0)] } ?? []
    case .optionChain(let series): reports = [.optionChain(series, chain(of: series))]
    case .baseline, .profile: break
    }
    switch reading {
    case .quote, .margin, .basketMargin, .optionChain: break
    case .profile: reports = [.readable]
    case .baseline, .book, .bookWithTrades, .funds, .positions: reports = proof(of: account) + reports
    }
    if let follower = account.follower {
      for case .book(let book, let askedAt, _) in reports { answersBook(follower, askedAt, book) }
    }
    deliver(reports, reading, of: account, between(1, 60), life: life)
  }

  /// What a reading proves whatever it says, told before it: that the account can be read, and what the broker's clock shows.
  private func proof(of account: AccountRole) -> [AccountReport] {
    let ahead: [AccountReport] = account == .leader ? [.clock(ahead: machine.now() - now)] : []
    return [.readable] + ahead + [.day(now.indianDay)]
  }

  private func book(of account: AccountRole, _ client: ClientID) -> [BrokerOrder] {
    if happens(faults.readingsLag), let sample = lines[account]?.sample, now - sample.at <= World.lag {
      return sample.book
    }
    var book = exchange.orderBook(of: client)
    lines[account, default: Line()].sample = Line.Sample(at: now, book: book)
    if happens(faults.booksEmpty) { return [] }
    if !book.isEmpty, happens(faults.booksIncomplete) { book.remove(at: random.below(book.count)) }
    return book
  }

  private func positions(of client: ClientID) -> [BrokerPosition] {
    exchange.dayPositions(of: client).map { BrokerPosition(key: $0.key, net: $0.net, carriedForward: $0.carried) }
  }

  // MARK: - Baseline

  /// Rounds of positions, trades and book, each read at a moment of its own, until two agree.
  struct BaselineAttempt {
    static let pauses = [0, 300, 700, 1_500, 2_500]
    let account: AccountRole
    var rounds = 0
    var before: BaselineReading.Round?
    var positions: [BrokerPosition]?
    var trades: [BrokerTrade]?
  }

  func goOn(_ attempt: BaselineAttempt, _ life: Int) {
    guard life == self.life, let client = clientID(of: attempt.account) else { return }
    var next = attempt
    if attempt.positions == nil {
      next.positions = positions(of: client)
    } else if attempt.trades == nil {
      next.trades = exchange.trades(of: client).map(\.asTold)
    } else {
      return finishRound(attempt, book: book(of: attempt.account, client), life)
    }
    agenda.note(.baseline(next, life: life), at: now + between(2, 60))
  }

  private func finishRound(_ attempt: BaselineAttempt, book: [BrokerOrder], _ life: Int) {
    let round = BaselineReading.Round(positions: attempt.positions ?? [], trades: attempt.trades ?? [], book: book)
    let isLast = attempt.rounds == BaselineAttempt.pauses.count
    if let before = attempt.before,
      let reading = BaselineReading(before, round)
        ?? (isLast ? BaselineReading(before, round, trustsPositions: true, now: now) : nil)
    {
      return deliver(
        proof(of: attempt.account) + [.baseline(reading)], .baseline, of: attempt.account, between(1, 40), life: life)
    }
    if isLast { return fail(.baseline, of: attempt.account, between(1, 40)) }
    let next = BaselineAttempt(account: attempt.account, rounds: attempt.rounds + 1, before: round)
    agenda.note(
      .baseline(next, life: life),
      at: now + .milliseconds(Int64(BaselineAttempt.pauses[attempt.rounds])) + between(2, 40))
  }
}

extension PaperTrade {
  /// As the broker's list of trades shows it.
  fileprivate var asTold: BrokerTrade {
    BrokerTrade(
      orderID: orderID, tradeID: ShortText(validating: "\(tradeID)") ?? .empty, key: key, side: side,
      quantity: quantity, price: price,
      tradedAt: at)
  }
}
