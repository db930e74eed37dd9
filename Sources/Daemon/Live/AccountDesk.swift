import Domain
import Engine
import Foundation
import Logging
import Ports
import StopPoints

/// Everything that concerns one account: its stream, its readings, its token. A fault here is a fault of this account alone
/// (rule 38).
public struct AccountDesk: Sendable {
  /// How often a token file is looked at.
  static let tokenInterval = Duration.seconds(2)
  /// How often an idle connection is used, so that the first order of the day pays no handshake.
  static let warmInterval = Duration.seconds(20)
  /// The pauses between the rounds of a baseline. After the last one positions that stand still are believed although no
  /// trades explain them.
  static let baselinePauses: [Duration] = [
    .zero, .milliseconds(300), .milliseconds(700), .milliseconds(1_500), .milliseconds(2_500),
  ]
  /// How long an entry waits for its margin.
  static let marginTime = Microseconds.seconds(3)

  public let account: AccountRole
  public let gateway: any BrokerGateway
  let feed: any OrderFeed
  let token: TokenKeeper
  private let room: EngineRoom
  private let clock: any WallClock
  /// Whether the account has paid for data (`market.quotes`).
  private let asksQuotes: Bool
  private let logger: Logger
  private let quotes = QuoteLane()
  private let wishes: AsyncStream<Reading>
  private let wish: AsyncStream<Reading>.Continuation

  public init(
    account: AccountRole, gateway: any BrokerGateway, feed: any OrderFeed, token: TokenKeeper, room: EngineRoom,
    asksQuotes: Bool = false, clock: any WallClock = SystemClock(), logger: Logger
  ) {
    self.asksQuotes = asksQuotes
    self.account = account
    self.gateway = gateway
    self.feed = feed
    self.token = token
    self.room = room
    self.clock = clock
    var logger = logger
    logger[metadataKey: "account"] = "\(account)"
    self.logger = logger
    (wishes, wish) = AsyncStream.makeStream()
  }

  /// Asks for a reading; its report goes to the room.
  func ask(_ reading: Reading) { wish.yield(reading) }

  /// Works until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await feed.run { hear($0) } }
      group.addTask { await watchToken() }
      group.addTask { await keepWarm() }
      group.addTask {
        // Each reading is a task of its own: a margin does not wait behind a book.
        await withDiscardingTaskGroup { readings in
          for await reading in wishes { readings.addTask { await perform(reading) } }
        }
      }
    }
  }

  // MARK: - Stream

  private func hear(_ event: FeedEvent) {
    switch event {
    case .connected: report(.stream(isConnected: true, reason: ""))
    case .disconnected(let reason):
      // The end that our own stop makes is no news.
      guard !Task.isCancelled else { return }
      let reason = token.withoutToken(reason)
      report(.stream(isConnected: false, reason: reason))
      logger.notice("stream gone: \(reason)")
    case .suspectsToken(let reason):
      logger.warning("the broker may not know the token: \(token.withoutToken(reason))")
      wish.yield(.profile)
    case .order(let update):
      if let client = update.clientID, client != token.clientID {
        logger.warning("an order update of another account was passed over")
        return
      }
      report(
        .order(
          OrderUpdate(
            order: withoutToken(update.order), clientID: update.clientID, referencePrice: update.referencePrice)))
    case .unreadable(let what):
      logger.warning("a message of the stream was passed over: \(token.withoutToken(what))")
    }
  }

  private func report(_ report: AccountReport) { room.post(.report(account, report)) }

  // MARK: - Readings

  private func perform(_ reading: Reading) async {
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

  /// Reports what was read, and before it what the reading proves whatever it says: that the account can be read, and what the
  /// broker's clock shows, by which orders and days are dated.
  private func read(_ content: AccountReport) {
    report(.readable)
    let ahead = gateway.clockAhead
    if account == .leader, let ahead { report(.clock(ahead: ahead)) }
    let brokerNow = Timestamp(microseconds: clock.now().microseconds - (ahead?.count ?? 0))
    report(.day(brokerNow.indianDay))
    report(content)
  }

  /// Makes a call for the engine; its outcome goes to the room.
  func perform(_ dispatch: Dispatch) {
    StopPoint.callUnderWay.passAndGoOn()
    gateway.perform(dispatch.call) { [room, token, account] outcome in
      StopPoint.replied.pass()
      room.post(.report(account, .outcome(dispatch.requestID, outcome.with(token.withoutToken))))
    }
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
      if isLast, let reading = BaselineReading(before, after, trustsPositions: true) {
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
  private func withoutToken(_ order: BrokerOrder) -> BrokerOrder {
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

  // MARK: - Token and connections

  private func watchToken() async {
    while (try? await Task.sleep(for: AccountDesk.tokenInterval)) != nil {
      guard token.reloadIfChanged() else { continue }
      logger.notice("the token was read anew")
      feed.reconnect()
      wish.yield(.profile)
    }
  }

  private func keepWarm() async {
    while (try? await Task.sleep(for: AccountDesk.warmInterval)) != nil { await gateway.keepWarm() }
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

extension CallOutcome {
  /// The outcome with its words changed by `edit`.
  func with(_ edit: (String) -> String) -> CallOutcome {
    switch self {
    case .accepted: self
    case .refused(let refusal, let text): .refused(refusal, text: edit(text))
    case .inDoubt(let text): .inDoubt(text: edit(text))
    }
  }
}
