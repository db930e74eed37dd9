import Domain
import Engine
import Logging
import Ports
import StopPoints

/// What the engine asks to be read, and what is told of it.
extension AccountDesk {
  /// The pauses between the rounds of a baseline. After the last one positions that stand still are believed although no
  /// trades explain them.
  static let baselinePauses: [Duration] = [
    .zero, .milliseconds(300), .milliseconds(700), .milliseconds(1_500), .milliseconds(2_500),
  ]
  /// How long an entry waits for its margin.
  static let marginTime = Microseconds.seconds(3)

  func perform(_ reading: Reading) async {
    do throws(ReadingFault) {
      switch reading {
      case .book:
        let askedAt = clock.now()
        read(.book(try await orderBook(), askedAt: askedAt))
      case .bookWithTrades:
        let askedAt = clock.now()
        let trades = try await gateway.trades()
        // Read after the trades, so that every one of them is of an order that the book has to show.
        read(.book(try await orderBook(), askedAt: askedAt, trades: trades))
      case .funds: read(.funds(try await gateway.funds()))
      case .baseline: try await readBaseline()
      case .margin(let key, let lot, let price): await readMargin(key, lot: lot, price: price)
      case .basketMargin(let basket, let units, let legs):
        report(.basketMargin(basket, units: units, try await gateway.margin(for: legs)))
      case .profile:
        _ = try await gateway.profile()
        report(.readable)
      case .positions:
        let after = SequenceNumber(room.lastSequence)
        read(.positions(try await gateway.positions(), after: after))
      case .optionChain(let series): await readChain(series)
      case .quote(let contract):
        // Says nothing of the account: the data side has a plan and a budget of its own.
        return await quotes.ask(contract) { await readQuotes($0) }
      }
    } catch {
      failed(reading, error)
    }
    room.post(.finished(account, reading))
  }

  private func failed(_ reading: Reading, _ fault: ReadingFault) {
    let fault = ReadingFault(fault.reason, token.withoutToken(fault.text))
    logger.warning("\(reading.name) cannot be read: \(fault)")
    switch fault.reason {
    case .deadToken: report(.blocked(.deadToken, text: fault.text))
    case .rateLimited: break
    case .unreachable, .unreadable:
      // With a baseline the account can go on: its calls tell for themselves, and an exit is never held back by a reading.
      if reading == .baseline || reading == .funds { report(.unreadBeforeBaseline(text: fault.text)) }
    }
  }

  private func readBaseline() async throws(ReadingFault) {
    var before = try await round()
    for (number, pause) in AccountDesk.baselinePauses.enumerated() {
      do { try await Task.sleep(for: pause) } catch { return }
      StopPoint.baseline.pass()
      let after = try await round()
      let isLast = number == AccountDesk.baselinePauses.count - 1
      if let reading = BaselineReading(before, after) {
        read(.baseline(reading))
        return
      }
      if isLast, let reading = BaselineReading(before, after, trustsPositions: true, now: clock.now()) {
        logger.warning("trades do not explain the positions, which stand still; they are taken as they are")
        read(.baseline(reading))
        return
      }
      before = after
    }
    throw ReadingFault(.unreadable, "Positions, trades and order book contradict each other.")
  }

  /// The book is read last: it then holds every fill that the trades tell of, and the next round finds out about more.
  private func round() async throws(ReadingFault) -> BaselineReading.Round {
    let positions = try await gateway.positions()
    let trades = try await gateway.trades()
    let book = try await orderBook()
    return BaselineReading.Round(positions: positions, trades: trades, book: book)
  }

  private func orderBook() async throws(ReadingFault) -> [BrokerOrder] {
    try await gateway.orderBook().map(withoutToken)
  }

  /// The broker's words on a rejection go into the log, so that they are cleaned like all others.
  func withoutToken(_ order: BrokerOrder) -> BrokerOrder {
    guard !order.reason.isEmpty else { return order }
    var order = order
    order.reason = token.withoutToken(order.reason)
    return order
  }

  private func readMargin(_ key: PositionKey, lot: LotSize, price: Paise) async {
    let end = clock.now() + AccountDesk.marginTime
    repeat {
      if let margin = try? await gateway.margin(for: key, side: .sell, quantity: lot.quantity(of: .one), price: price) {
        report(.margin(key.contract, perLot: margin))
        return
      }
      try? await Task.sleep(for: .milliseconds(300))
    } while clock.now() < end && !Task.isCancelled
    logger.warning("the margin of one lot cannot be had", metadata: ["security_id": "\(key.contract.securityID)"])
    report(.marginUnknown)
  }

  /// Without a quote an order waits for the leader's first fill, as it does where nobody may ask: a warning is enough.
  private func readQuotes(_ contracts: [ContractID]) async -> Bool {
    do {
      report(.quotes(try await gateway.lastPrices(of: contracts)))
      return true
    } catch {
      if await quotes.isFirstFailure {
        logger.warning("no quotes can be had (market.quotes): \(token.withoutToken("\(error)"))")
      }
      return false
    }
  }

  /// Without a chain the prices of the log tell Greeks, as they do where nobody may ask.
  private func readChain(_ series: ChainSeries) async {
    guard asksQuotes else { return report(.optionChain(series, nil)) }
    do {
      report(.optionChain(series, try await gateway.optionChain(of: series)))
    } catch {
      logger.warning(
        "no option chain can be had (market.quotes): \(token.withoutToken("\(error)"))",
        metadata: ["underlying": "\(series.underlying)", "expiry": "\(series.expiry)"])
      report(.optionChain(series, nil))
    }
  }
}

extension Reading {
  var name: String {
    switch self {
    case .baseline: "what the account holds"
    case .book: "the order book"
    case .bookWithTrades: "the trade book or the order book"
    case .funds: "the funds"
    case .margin: "a margin"
    case .basketMargin: "the margin of a basket"
    case .profile: "the profile"
    case .positions: "the positions"
    case .quote: "a quote"
    case .optionChain: "an option chain"
    }
  }
}
