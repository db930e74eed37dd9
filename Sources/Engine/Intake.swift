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
    switch state.order(update.order.orderID, of: account)?.status {
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
      return isNews(order, of: account, in: state)
    }
  }

  /// Whether a row of the book tells what a stream would have: that the order exists, how far it has come, its terms. Labels and
  /// other words differ between the two although nothing happened (dhan-api-v2.md §4.8, §6.3).
  private func isNews(_ row: BrokerOrder, of account: AccountRole, in state: State) -> Bool {
    let merged: BrokerOrder
    switch Recorder.event(for: observation(row, of: account, .book), in: state) {
    case .leaderOrder(let seen): merged = seen.picture.order
    case .followerOrder(let seen): merged = seen.picture.order
    default: return false
    }
    guard let known = state.order(row.orderID, of: account) else { return true }
    return merged.status != known.status || merged.filled != known.filled || merged.quantity != known.quantity
      || merged.price != known.price || merged.triggerPrice != known.triggerPrice
  }

  /// Events of one moment have different times in the log, by microseconds.
  static let clockStep = Microseconds.milliseconds(50)
  /// How late a stream may tell of a change before it counts as dead; broker times have whole seconds.
  private static let streamDelay = Microseconds.seconds(3)

  /// The facts of a contract, when the log does not have them as they are today.
  func facts(of contract: ContractID, _ state: State) -> [Observation] {
    guard let listed = contracts.instrument(contract.segment, contract.securityID), listed.contract == contract
    else { return delisting(of: contract, state) }
    // Looked up anew for each day of trading: the limits change with the month, and a service may run through it.
    let instrument = listed.bounded(by: freezeLimit(listed.underlying, state.tradingDay ?? state.now.indianDay))
    return state.instruments[contract] == instrument ? [] : [.instrument(instrument)]
  }

  /// A contract that the log knows and the file of today does not: it may be left, and not entered.
  private func delisting(of contract: ContractID, _ state: State) -> [Observation] {
    guard var known = state.instruments[contract], known.isListed else { return [] }
    known.isListed = false
    return [.instrument(known)]
  }

  /// What an account held before anything was copied; nothing while the log already knows more than the reading tells.
  private func baseline(_ reading: BaselineReading, of account: AccountRole, _ state: State) -> [Observation] {
    guard isUpToDate(reading, of: account, state) else { return [] }
    let orders = reading.book.inOrderOfChange.flatMap { order($0, of: account, .book, state) }
    // What it holds is told when the orders are in the log (``restatement(_:of:in:)``).
    if state.hasBaseline(account) {
      return account == .leader ? orders + [.leaderBookRead(orders: reading.book.count)] : orders
    }
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

extension Instrument {
  /// The same contract with the smaller of two freeze limits (options-domain.md §1.3).
  func bounded(by freeze: Quantity?) -> Instrument {
    guard let freeze else { return self }
    var instrument = self
    instrument.freezeQuantity = freezeQuantity.map { min($0, freeze) } ?? freeze
    return instrument
  }
}

extension State {
  /// An order of an account, as far as the log knows it.
  func order(_ id: OrderID, of account: AccountRole) -> BrokerOrder? {
    switch account {
    case .leader: leader.orders[id]?.order
    case .follower(let name): self.account(name)?.orders[id]?.order
    }
  }

  public func hasBaseline(_ account: AccountRole) -> Bool {
    switch account {
    case .leader: leader.hasBaseline
    case .follower(let name): self.account(name)?.hasBaseline ?? false
    }
  }

  public func isInDoubt(_ follower: FollowerName) -> Bool {
    account(follower)?.outbox.requests.contains(where: \.isInDoubt) ?? false
  }
}
