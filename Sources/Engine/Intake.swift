import Domain
import Ports
import Projections
import Reactors

/// Puts what was heard of an account into observations, in the order in which decisions must know them. Pure.
public struct Intake: Sendable {
  public var settings: CopySettings
  /// Whether the broker may be asked for prices (`market.quotes`).
  let asksQuotes: Bool
  let contracts: any ContractDirectory
  /// A freeze limit that the configuration sets for an underlying on a day.
  private let freezeLimit: @Sendable (Underlying, Day) -> Quantity?

  public init(
    settings: CopySettings, contracts: any ContractDirectory, asksQuotes: Bool = false,
    freezeLimit: @escaping @Sendable (Underlying, Day) -> Quantity? = { _, _ in nil }
  ) {
    self.settings = settings
    self.contracts = contracts
    self.asksQuotes = asksQuotes
    self.freezeLimit = freezeLimit
  }

  public func observations(_ report: AccountReport, of account: AccountRole, in state: State) -> [Observation] {
    switch report {
    case .stream(let isConnected, let reason): [.stream(account, isConnected: isConnected, reason: reason)]
    case .order(let update):
      order(
        isDoubtful(report, of: account, in: state) ? update.referenced.withoutEnd : update.referenced, of: account,
        .stream, state)
    case .book(let book, let askedAt, let trades): reading(book, askedAt: askedAt, trades, of: account, state)
    case .baseline(let reading): baseline(reading, of: account, state)
    case .positions(let rows, let after): positions(rows, after: after, of: account, state)
    case .quotes(let prices):
      prices.sorted { $0.key < $1.key }.map { .quote($0.key, $0.value) }
    case .funds(let funds): [account.follower.map { .followerFunds($0, funds) } ?? .leaderFunds(funds)]
    case .margin(let contract, let perLot):
      account.follower.map { [.margin($0, contract, perLot: perLot)] } ?? []
    case .basketMargin(let basket, let units, let margin):
      account.follower.map { [.basketMargin($0, basket, units: units, margin: margin)] } ?? []
    case .optionChain(let series, let chain): GreeksReading.observations(chain, of: series, in: state)
    case .marginUnknown: [.clock(due: "margin")]
    case .outcome(let request, let outcome): self.outcome(outcome, request, of: account)
    case .blocked(let reason, let text): [.blocked(account, reason, text: text)]
    case .unreadBeforeBaseline(let text):
      state.hasBaseline(account) ? [] : [.blocked(account, .noReading, text: text)]
    case .readable: [.readable(account)]
    case .clock(let ahead): [.brokerClock(ahead: ahead)]
    case .day(let day): [.tradingDay(day)]
    }
  }

  /// Whether the stream calls an order rejected that the exchange had accepted. It may be over, or a change of it may have
  /// come back and the order stands as it was (dhan-api-v2.md §6.5): only the book can tell, and it has to be read.
  public func isDoubtful(_ report: AccountReport, of account: AccountRole, in state: State) -> Bool {
    guard case .order(let update) = report, update.order.status == .rejected else { return false }
    let known: BrokerOrder? =
      switch account {
      case .leader: state.leader.orders[update.order.orderID]?.order
      case .follower(let name): state.account(name)?.orders[update.order.orderID]?.order
      }
    switch known?.status {
    case .pending, .partTraded, .triggered: return true
    case .transit, .unknown, .traded, .rejected, .cancelled, .expired, nil: return false
    }
  }

  /// Whether a reading of the book shows changes that an open stream should have told of by the time it was asked for.
  ///
  /// The state's own *now* would not do: where a stream is silent, nothing moves it.
  public func isMissed(
    _ book: [BrokerOrder], askedAt: Timestamp, of account: AccountRole, in state: State
  ) -> Bool {
    guard let access = state.access(of: account), access.isConnected, let opened = access.streamChangedAt else {
      return false
    }
    return book.contains { order in
      guard let changed = order.updatedAt.map({ $0 + state.leader.clockAhead }), changed > opened,
        askedAt - changed > Intake.streamDelay
      else {
        return false
      }
      return Recorder.event(for: observation(order, of: account, .book), in: state) != nil
    }
  }

  /// How long a book may show an order as it stood before it ended: readings lag, and broker times have whole seconds.
  private static let bookDelay = Microseconds.seconds(5)
  /// How late a stream may tell of a change before it counts as dead; broker times have whole seconds.
  /// Events of one moment have different times in the log, by microseconds.
  static let clockStep = Microseconds.milliseconds(50)

  private static let streamDelay = Microseconds.seconds(3)

  // MARK: - Orders

  private func order(
    _ order: BrokerOrder, of account: AccountRole, _ source: OrderSource, _ state: State
  ) -> [Observation] {
    facts(of: order.key.contract, state) + [observation(order, of: account, source)]
  }

  private func observation(_ order: BrokerOrder, of account: AccountRole, _ source: OrderSource) -> Observation {
    account.follower.map { .followerOrder($0, order, source) } ?? .leaderOrder(order, source)
  }

  /// The facts of a contract, when the log does not have them as they are today.
  func facts(of contract: ContractID, _ state: State) -> [Observation] {
    guard let listed = contracts.instrument(contract.segment, contract.securityID), listed.contract == contract
    else { return [] }
    // Looked up anew for each day of trading: the limits change with the month, and a service may run through it.
    let instrument = listed.bounded(by: freezeLimit(listed.underlying, state.tradingDay ?? state.now.indianDay))
    return state.instruments[contract] == instrument ? [] : [.instrument(instrument)]
  }

  /// A book, oldest change first, and that it was read whole; for a follower where every order that the log knows of today
  /// stands in it, every trade is of an order in it, and nothing in doubt left after it was asked for (rules 28 and 29).
  private func reading(
    _ book: [BrokerOrder], askedAt: Timestamp, _ trades: [BrokerTrade]?, of account: AccountRole, _ state: State
  ) -> [Observation] {
    let telling = book.inOrderOfChange.filter { !isOutlived($0, askedAt: askedAt, of: account, state) }
    var observations = telling.flatMap { order($0, of: account, .book, state) }
    let shown = Set(book.map(\.orderID))
    guard let name = account.follower else {
      // Of a book that lacks what works nobody can tell which labels come of it (rules 28 and 34).
      let isWhole = state.leader.orders.values.allSatisfy { known in
        let isOver = known.order.status.isFinal && !book.isEmpty
        let isOfEarlierDay = known.order.updatedAt.map { $0 < state.dayStart } ?? false
        return isOver || isOfEarlierDay || shown.contains(known.order.orderID)
      }
      return isWhole ? observations + [.leaderBookRead(orders: book.count)] : observations
    }
    let lacking = state.missing(from: shown, of: name)
    // Orders that had ended may be missing: what works is shown as it is, and absence proves nothing.
    let lacksEnded = lacking.map { !$0.isEmpty && $0.allSatisfy(\.status.isFinal) && !book.isEmpty } ?? false
    // What was asked for before the stream was opened, or was lost, is no reading of what happened since (rule 33).
    if let known = state.account(name),
      known.access.streamChangedAt.map({ $0 <= askedAt + Intake.clockStep }) ?? true,
      lacksEnded || lacking?.isEmpty ?? false,
      trades?.allSatisfy({ shown.contains($0.orderID) }) ?? true,
      known.outbox.requests.allSatisfy({ !$0.isInDoubt || ($0.attemptedAt.map { $0 < askedAt } ?? true) })
    {
      observations.append(
        .followerBookRead(
          name, orders: book.count, askedAt: askedAt, tradesAgree: trades != nil, lacksEnded: lacksEnded))
    }
    return observations
  }

  /// Whether a row shows an order as it stood before it ended: the book was asked for while the stream may not have told of
  /// the end yet. Broker times have whole seconds; a later reading tells for certain, and may take a final status back.
  private func isOutlived(
    _ row: BrokerOrder, askedAt: Timestamp, of account: AccountRole, _ state: State
  ) -> Bool {
    let known =
      switch account {
      case .leader: state.leader.orders[row.orderID]?.order
      case .follower(let name): state.account(name)?.orders[row.orderID]?.order
      }
    guard let known, known.status.isFinal, !row.status.isFinal, row.filled <= known.filled, let ended = known.updatedAt
    else { return false }
    return askedAt < ended + state.leader.clockAhead + Intake.bookDelay
  }

  /// What an account held before anything was copied; nothing while the log already knows more than the reading tells.
  private func baseline(_ reading: BaselineReading, of account: AccountRole, _ state: State) -> [Observation] {
    guard isUpToDate(reading, of: account, state) else { return [] }
    let orders = reading.book.inOrderOfChange.flatMap { order($0, of: account, .book, state) }
    // What it holds is told when the orders are in the log (``restatement(_:of:in:)``).
    if state.hasBaseline(account) { return orders }
    return orders + reading.holdings.flatMap { facts(of: $0.key.contract, state) }
      + [account.follower.map { .followerBaseline($0, reading.holdings) } ?? .leaderBaseline(reading.holdings)]
  }

  /// What the leader holds, open positions only; nothing where the reading is older than a question that it would answer:
  /// it was made before the order that asks, and may not show a conversion in between.
  private func positions(
    _ rows: [BrokerPosition], after: SequenceNumber, of account: AccountRole, _ state: State
  ) -> [Observation] {
    let questions = state.leader.unsettled.compactMap { state.leader.orders[$0] }
    guard account == .leader, questions.allSatisfy({ $0.firstSeen <= after }) else { return [] }
    let held = rows.reduce(into: [PositionKey: Quantity]()) { $0[$1.key, default: .zero] += $1.net }
    return [
      .leaderPositions(
        held.filter { $0.value != .zero }.map { BaselinePosition(key: $0.key, quantity: $0.value) }
          .sorted { $0.key < $1.key })
    ]
  }

  private func outcome(_ outcome: CallOutcome, _ request: RequestID, of account: AccountRole) -> [Observation] {
    guard let name = account.follower else { return [] }
    switch outcome {
    case .accepted(let order): return [.accepted(name, request, order)]
    case .refused(let refusal, let text): return [.refused(name, request, refusal, text: text)]
    case .inDoubt(let text): return [.doubted(name, request, text: text)]
    }
  }
}

extension OrderUpdate {
  /// The order with the price that the message refers to.
  fileprivate var referenced: BrokerOrder {
    var order = order
    if let referencePrice { order.referencePrice = referencePrice }
    return order
  }
}

extension BrokerOrder {
  /// The order with whatever else the message says, and nothing of its end.
  fileprivate var withoutEnd: BrokerOrder {
    var order = self
    order.status = .unknown
    return order
  }
}

extension [BrokerOrder] {
  /// Oldest change first. Broker times have whole seconds, so that orders of one second keep the order of the book, read
  /// from its older end.
  var inOrderOfChange: [BrokerOrder] {
    func time(_ order: BrokerOrder) -> Timestamp { order.updatedAt ?? .earliest }
    let isNewestFirst = first.map(time) ?? .earliest > last.map(time) ?? .earliest
    let oldestFirst = isNewestFirst ? reversed() : self
    return oldestFirst.enumerated().sorted {
      time($0.element) != time($1.element) ? time($0.element) < time($1.element) : $0.offset < $1.offset
    }.map(\.element)
  }
}

extension Instrument {
  /// The same contract with the smaller of two freeze limits (options-domain.md §1.3).
  func bounded(by freeze: Quantity?) -> Instrument {
    guard let freeze else { return self }
    return Instrument(
      contract: contract, underlying: underlying, displayName: displayName, lotSize: lotSize, tickSize: tickSize,
      freezeQuantity: freezeQuantity.map { min($0, freeze) } ?? freeze, isStockOption: isStockOption)
  }
}

extension State {
  public func hasBaseline(_ account: AccountRole) -> Bool {
    switch account {
    case .leader: leader.hasBaseline
    case .follower(let name): self.account(name)?.hasBaseline ?? false
    }
  }

  public func isInDoubt(_ follower: FollowerName) -> Bool {
    account(follower)?.outbox.requests.contains(where: \.isInDoubt) ?? false
  }

  /// When the day began, by the event that began it: a clock that jumped over midnight must not make an empty book clean.
  var dayStart: Timestamp { (tradingDay ?? now.indianDay).startInIndia }

  /// Whether a reading of a follower's book that shows `orders` holds every order of today that the log knows.
  public func isClean(_ orders: Set<OrderID>, of follower: FollowerName) -> Bool {
    missing(from: orders, of: follower)?.isEmpty ?? false
  }

  /// The orders of today that the log knows and a reading of a follower's book that shows `shown` does not hold; a clean one
  /// lacks none (rule 28). `nil` where an order is missing of which nothing but the number is known.
  public func missing(from shown: Set<OrderID>, of follower: FollowerName) -> [BrokerOrder]? {
    guard let account = account(follower), account.acceptedToday(now).allSatisfy(shown.contains) else { return nil }
    return account.orders.values.filter { known in
      // What ended at the turn of a day is dated to the new one and stands in the book of neither.
      let isOfEarlierDay =
        known.seenOn < dayStart.indianDay || known.order.updatedAt.map { $0 < dayStart } ?? false
      return !isOfEarlierDay && !shown.contains(known.order.orderID)
    }.map(\.order)
  }
}
