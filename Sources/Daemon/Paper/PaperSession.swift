import Domain
import Engine
import EventStore
import PaperExchange
import Ports
import Projections
import Reactors

/// The engine and the embedded paper exchange side by side, in whatever time its owner steps through.
///
/// Plays the part that streams, REST and timers play at Dhan: what the exchange shows goes to the engine as observations,
/// what the engine lets go becomes calls, replies arrive after their delay, and while something is in doubt the book is read
/// every second. Nothing here decides anything.
public final class PaperSession {
  /// How often the books are read while a request is in doubt, and at all times (rule 39).
  static let readingInterval = Microseconds.seconds(1)
  static let sweepInterval = Microseconds.seconds(15)

  private struct PendingReply {
    let due: Timestamp
    let observation: Observation
  }

  public let clock: SteppedClock
  public private(set) var exchange: PaperExchange
  /// `nil` while the engine is down.
  public private(set) var engine: Engine?
  private var settings: CopySettings
  private var replies: [PendingReply] = []
  private var nextReading: Timestamp?
  private var nextSweep: Timestamp?
  /// Called with every action before it is done to the exchange.
  private let journal: (PaperJournal.Entry) throws -> Void

  public init(
    exchange: PaperExchange, settings: CopySettings, clock: SteppedClock,
    journal: @escaping (PaperJournal.Entry) throws -> Void = { _ in }
  ) {
    self.exchange = exchange
    self.settings = settings
    self.clock = clock
    self.journal = journal
  }

  /// Starts an engine over `log`: folds it, doubts what had left without an outcome, and reads every account.
  ///
  /// A restart is the same: what the books show and the log does not know is caught up.
  public func start(_ log: any EventLog, version: ShortText) throws {
    let engine = try Engine(log: log, clock: clock)
    self.engine = engine
    replies = []
    try send(engine.start(version: version, settings: settings))
    let accounts = [AccountRole.leader] + settings.followers.map { .follower($0.name) }
    try send(engine.observe(accounts.map { .stream($0, isConnected: true, reason: "") }))
    try read()
    nextSweep = clock.now() + PaperSession.sweepInterval
  }

  /// Drops the engine with everything it had in memory: no shutdown, no word to anybody. What was on its way is lost.
  public func crash() {
    engine = nil
    replies = []
    nextReading = nil
    nextSweep = nil
  }

  /// Goes on with other settings; the accounts stay the same.
  public func apply(_ new: CopySettings) throws {
    settings = new
    guard let engine else { return }
    try send(engine.observe([.configuration(new)]))
  }

  /// Records what the operator says and does what follows from it.
  func obey(_ command: OperatorCommand) throws -> CommandReply {
    guard let engine else { return .notRecorded }
    if let follower = command.follower, engine.state.index(of: follower) == nil { return .unknownFollower(follower) }
    try send(engine.observe([.operatorCommand(command.mode, command.follower)]))
    return .recorded(engine.state.lastSequence)
  }

  /// Asks for every resting entry to be taken back; what comes of it is told as time passes.
  public func takeEntriesBack() throws {
    guard let engine else { return }
    try send(engine.observe([.stopping]))
  }

  /// Whether an entry of ours still works somewhere.
  public var hasOpenEntries: Bool {
    engine?.state.followers.contains { $0.ledgers.values.contains { $0.open(.entry) > .zero } } ?? false
  }

  /// Records that the service stops, keeps a snapshot, and ends the engine.
  public func stop() throws {
    guard let engine else { return }
    _ = try engine.observe([.stopped])
    try engine.saveSnapshot()
    self.engine = nil
  }

  /// Does something to the exchange, now.
  @discardableResult
  public func act(_ action: PaperAction) throws -> PaperReply {
    try journal(PaperJournal.Entry(at: max(clock.now(), exchange.now), action: action))
    return exchange.act(action, at: clock.now())
  }

  /// Lets time pass up to `end`, doing everything that is due on the way at its moment.
  public func advance(to end: Timestamp) throws {
    while let due = nextDue, due <= end {
      clock.set(due)
      try step()
    }
    clock.set(end)
  }

  /// Lets time pass until a call has left whose reply is still on its way, at most up to `end`.
  public func advanceToOpenCall(before end: Timestamp) throws {
    while replies.isEmpty, let due = nextDue, due <= end {
      clock.set(due)
      try step()
    }
  }

  private var nextDue: Timestamp? {
    [exchange.nextDue, replies.map(\.due).min(), engine?.nextDue, nextReading, nextSweep].compactMap { $0 }.min()
  }

  private func step() throws {
    let now = clock.now()
    let updates = exchange.advance(to: now)
    guard let engine else { return }
    var observations: [Observation] = []
    for update in updates { observations += observed(update.order, of: update.account, source: .stream, engine.state) }
    observations += replies.filter { $0.due <= now }.map(\.observation)
    replies.removeAll { $0.due <= now }
    if let due = engine.nextDue, due <= now { observations.append(.clock(due: "lane")) }
    if !observations.isEmpty { try send(engine.observe(observations)) }
    if let due = nextReading, due <= now { try readBooksInDoubt() }
    if let due = nextSweep, due <= now {
      // What a stream lost, the books still show (dhan-api-v2.md §6.6).
      nextSweep = now + PaperSession.sweepInterval
      try read()
    }
    scheduleReading()
  }

  /// Makes the calls. Their outcomes come back later, and may come back never.
  private func send(_ dispatches: [Dispatch]) throws {
    for dispatch in dispatches {
      let reply = try act(.call(PaperRequest(dispatch.call), account: dispatch.clientID))
      guard case .call(let outcome, let delay) = reply else { continue }
      let observation: Observation =
        switch outcome {
        case .accepted(let order): .accepted(dispatch.follower, dispatch.requestID, order)
        case .refused(let refusal, let text): .refused(dispatch.follower, dispatch.requestID, refusal, text: text)
        case .inDoubt(let text): .doubted(dispatch.follower, dispatch.requestID, text: text)
        }
      replies.append(PendingReply(due: clock.now() + delay, observation: observation))
    }
    scheduleReading()
  }

  // MARK: - Readings

  /// Funds, books and, the first time, baselines of every account.
  private func read() throws {
    guard let engine else { return }
    var observations: [Observation] = []
    if let funds = exchange.funds(of: settings.leader) { observations.append(.leaderFunds(funds)) }
    for order in exchange.orderBook(of: settings.leader) {
      observations += observed(order, of: settings.leader, source: .book, engine.state)
    }
    let positions = exchange.positions(of: settings.leader)
    observations += positions.flatMap { facts($0.key.contract, engine.state) }
    observations.append(.leaderBaseline(positions))
    for follower in settings.followers {
      if let funds = exchange.funds(of: follower.clientID) {
        observations.append(.followerFunds(follower.name, funds))
      }
      observations += reading(of: follower, engine.state)
      observations.append(.followerBaseline(follower.name, exchange.positions(of: follower.clientID)))
    }
    try send(engine.observe(observations))
  }

  private func readBooksInDoubt() throws {
    nextReading = nil
    guard let engine else { return }
    let observations = settings.followers.filter { engine.state.isInDoubt($0.name) }
      .flatMap { reading(of: $0, engine.state) }
    if !observations.isEmpty { try send(engine.observe(observations)) }
  }

  /// The book of a follower, and that it was read whole: every order that the log knows of today stands in it (rule 28).
  private func reading(of follower: FollowerSettings, _ state: State) -> [Observation] {
    let book = exchange.orderBook(of: follower.clientID)
    var observations = book.flatMap { observed($0, of: follower.clientID, source: .book, state) }
    if state.isClean(Set(book.map(\.orderID)), of: follower.name) {
      observations.append(.followerBookRead(follower.name, orders: book.count))
    }
    return observations
  }

  private func scheduleReading() {
    guard let engine, settings.followers.contains(where: { engine.state.isInDoubt($0.name) }) else {
      nextReading = nil
      return
    }
    if nextReading == nil { nextReading = clock.now() + PaperSession.readingInterval }
  }

  /// An order with the facts that decisions about it need, in the order in which they must be known.
  private func observed(
    _ order: BrokerOrder, of account: ClientID, source: OrderSource, _ state: State
  ) -> [Observation] {
    var observations = facts(order.key.contract, state)
    if account == settings.leader {
      if order.side == .sell { observations += margins(order) }
      observations.append(.leaderOrder(order, source))
    } else if let follower = settings.followers.first(where: { $0.clientID == account }) {
      observations.append(.followerOrder(follower.name, order, source))
    }
    return observations
  }

  private func facts(_ contract: ContractID, _ state: State) -> [Observation] {
    guard state.instruments[contract] == nil, let listed = exchange.listed.first(where: { $0.contract == contract })
    else { return [] }
    return [.instrument(listed)]
  }

  /// Shorts are sized by margin where a follower puts a share at risk.
  private func margins(_ order: BrokerOrder) -> [Observation] {
    settings.followers.compactMap { follower in
      guard case .riskBased = follower.sizing.strategy,
        let margin = exchange.marginPerLot(follower.clientID, order.key.contract, price: order.price)
      else { return nil }
      return .margin(follower.name, order.key.contract, perLot: margin)
    }
  }
}
