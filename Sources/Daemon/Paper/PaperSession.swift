import Domain
import Engine
import EventStore
import PaperExchange
import Ports
import Projections
import Reactors

/// The engine and the embedded paper exchange side by side, in whatever time its owner steps through.
///
/// Plays the part that streams, REST and timers play at Dhan: what the exchange shows goes to the engine through ``Intake``,
/// what the engine lets go becomes calls, replies arrive after their delay, and accounts are read by the same
/// ``ReadingSchedule`` as at Dhan. Nothing here decides anything.
public final class PaperSession {
  private struct PendingReply {
    let due: Timestamp
    let account: AccountRole
    let report: AccountReport
  }

  public let clock: SteppedClock
  public internal(set) var exchange: PaperExchange
  /// `nil` while the engine is down.
  public private(set) var engine: Engine?
  /// Whether the stream's messages say what the market traded at.
  public var tellsReferences = true
  /// Accounts that answer no reading.
  public var unreadable: Set<AccountRole> = []
  var intake: Intake
  var schedules: [(account: AccountRole, plan: ReadingSchedule)] = []
  private var replies: [PendingReply] = []
  private var sight: LeaderSight
  /// Called with every action before it is done to the exchange.
  private let journal: (PaperJournal.Entry) throws -> Void

  /// - Parameter asksQuotes: whether there is a data plan, so that prices can be asked for (rule 19).
  public init(
    exchange: PaperExchange, settings: CopySettings, clock: SteppedClock, asksQuotes: Bool = true,
    journal: @escaping (PaperJournal.Entry) throws -> Void = { _ in }
  ) {
    self.exchange = exchange
    self.intake = Intake(settings: settings, contracts: PaperDirectory(exchange.listed), asksQuotes: asksQuotes)
    self.clock = clock
    self.sight = LeaderSight(at: clock.now())
    self.journal = journal
  }

  /// Starts an engine over `log`: folds it, doubts what had left without an outcome, and reads every account.
  ///
  /// A restart is the same: what the books show and the log does not know is caught up.
  public func start(_ log: any EventLog, version: ShortText) throws {
    let engine = try Engine(log: log, clock: clock)
    self.engine = engine
    sight = LeaderSight(at: clock.now())
    replies = []
    try send(engine.start(version: version, settings: intake.settings))
    let accounts = [AccountRole.leader] + intake.settings.followers.map { .follower($0.name) }
    schedules = accounts.map { ($0, ReadingSchedule($0)) }
    try observe(accounts.map { ($0, .stream(isConnected: true, reason: "")) })
    try readWhatIsDue()
  }

  /// Drops the engine with everything it had in memory: no shutdown, no word to anybody. What was on its way is lost.
  public func crash() {
    engine = nil
    replies = []
    schedules = []
  }

  /// Goes on with other settings. A follower that they name anew is read, and copies from then on.
  public func apply(_ new: CopySettings) throws {
    intake.settings = new
    guard let engine else { return }
    try send(engine.observe([.configuration(new)]))
    for follower in new.followers where !schedules.contains(where: { $0.account == .follower(follower.name) }) {
      let account = AccountRole.follower(follower.name)
      schedules.append((account, ReadingSchedule(account)))
      try observe([(account, .stream(isConnected: true, reason: ""))])
    }
    try readWhatIsDue()
  }

  /// Records what the operator says and does what follows from it.
  func obey(_ command: OperatorCommand) throws -> CommandReply {
    guard let engine else { return .notRecorded }
    let observation: Observation
    do {
      observation = try command.observation(in: engine.state)
    } catch {
      return error.reply
    }
    try send(engine.observe([observation]))
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
    [
      exchange.nextDue, replies.map(\.due).min(), engine?.nextDue, engine.flatMap { sight.next(in: $0.state) },
      nextReading,
    ].compactMap { $0 }.min()
  }

  private func step() throws {
    let now = clock.now()
    let updates = exchange.advance(to: now)
    guard let engine else { return }
    var reports = updates.compactMap { update in
      account(update.account).map { ($0, AccountReport.order(seen(update))) }
    }
    reports += replies.filter { $0.due <= now }.map { ($0.account, $0.report) }
    replies.removeAll { $0.due <= now }
    try observe(reports, isDue: engine.nextDue.map { $0 <= now } ?? false)
    try readWhatIsDue()
  }

  /// What was heard, and whether the clock is to be looked at, in one commit; then the calls that may leave.
  func observe(_ reports: [(AccountRole, AccountReport)], isDue: Bool = false) throws {
    guard let engine else { return }
    var observations = lookAtLeader(engine.state)
    for (account, report) in reports {
      if account == .leader, case .book(_, let askedAt, _) = report {
        sight.bookRead(askedAt: askedAt)
        observations += lookAtLeader(engine.state)
      }
      observations += margins(for: report, of: account) + intake.observations(report, of: account, in: engine.state)
    }
    if isDue { observations.append(.clock(due: "lane")) }
    if !observations.isEmpty { try send(engine.observe(observations)) }
    for (account, report) in reports {
      let restated = intake.restatement(report, of: account, in: engine.state)
      if !restated.isEmpty { try send(engine.observe(restated)) }
      if case .stream(isConnected: true, _) = report { readBookNow(account) }
      for reading in intake.quotes(for: report, of: account, in: engine.state) { try readQuote(reading) }
    }
  }

  private func lookAtLeader(_ state: State) -> [Observation] {
    let now = clock.now()
    let isSuspected = schedules.first { $0.account == .leader }?.plan.isSuspect(at: now) ?? false
    return sight.look(at: now, isSuspected: isSuspected, in: state).map { [$0] } ?? []
  }

  /// The stream of an account is gone, or open again.
  public func setStream(_ account: AccountRole, isConnected: Bool) throws {
    try observe([(account, .stream(isConnected: isConnected, reason: isConnected ? "" : "reset by peer"))])
    try readWhatIsDue()
  }

  /// Makes the calls. Their outcomes come back later, and may come back never.
  func send(_ dispatches: [Dispatch]) throws {
    for dispatch in dispatches {
      let reply = try act(.call(PaperRequest(dispatch.call), account: dispatch.clientID))
      guard case .call(let outcome, let delay) = reply else { continue }
      replies.append(
        PendingReply(
          due: clock.now() + delay, account: .follower(dispatch.follower),
          report: .outcome(dispatch.requestID, outcome)))
    }
  }

  private func account(_ client: ClientID) -> AccountRole? {
    if client == intake.settings.leader { return .leader }
    return intake.settings.followers.first { $0.clientID == client }.map { .follower($0.name) }
  }

  private func seen(_ update: PaperUpdate) -> OrderUpdate {
    let reference = tellsReferences ? exchange.referencePrice(of: update.order.key.contract) : nil
    return OrderUpdate(order: update.order, clientID: update.account, referencePrice: reference)
  }
}
