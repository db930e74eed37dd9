import Domain
import EventStore
import Logging
import Ports
import Projections
import Reactors
import StopPoints

/// What whoever drives the engine works at: the engine itself, and the plans of its readings. Confined to one thread.
///
/// Knows neither threads nor sleep: ``turn(_:)`` takes what was heard, and ``pause`` tells how long nothing has to happen. The
/// service gives it a thread and real time, a simulation its own.
public struct EngineDesk {
  /// How long a stop waits for outcomes, and for cancels to be seen.
  static let patience = Microseconds.seconds(10)
  /// The longest time without a turn.
  public static let pulse = Microseconds.milliseconds(500)

  let engine: Engine
  private var keeper: LogKeeper
  var intake: Intake
  let outside: Outside
  let clock: any WallClock
  let logger: Logger
  var plans: ReadingPlans
  /// How many calls of each request left and have no outcome yet.
  private var inFlight: [RequestID: Int] = [:]
  /// What was heard while nothing could be made of it.
  private var unheard: [Message] = []
  var sight: LeaderSight
  var awakening: Awakening
  var stopsBy: Timestamp?
  private var takesEntriesBack = false
  var vanished = VanishedHoldings()

  /// Folds `log`. Nothing is sent before ``start(version:)``.
  ///
  /// - Parameters:
  ///   - space: the room on the disk of the log; `nil` where it has no end.
  ///   - reopen: opens the log anew after this one was dropped, when it is not known any more what it holds; `nil` where
  ///     that ends the work.
  public init(
    log: any EventLog, intake: Intake, outside: Outside, clock: any WallClock, logger: Logger,
    space: (any LogSpace)? = nil, limits: SpaceLimits = .standard, reopen: (() throws -> any EventLog)? = nil
  ) throws {
    self.intake = intake
    self.outside = outside
    self.clock = clock
    self.logger = logger
    engine = try Engine(log: log, clock: clock)
    keeper = LogKeeper(engine, space: space, limits: limits, reopen: reopen, clock: clock, logger: logger)
    StopPoint.folded.pass()
    clock.neverBefore(engine.state.now)
    sight = LeaderSight(at: clock.now())
    awakening = Awakening(at: clock.now())
    plans = ReadingPlans([.leader] + intake.settings.followers.map { .follower($0.name) })
  }

  public var state: State { engine.state }
  /// Whether ``state`` is what the log says; it says nothing while the log cannot be read.
  public var isSound: Bool { engine.isSound }
  public var lastSequence: SequenceNumber { engine.state.lastSequence }

  public mutating func start(version: ShortText) throws {
    let dispatches = try record(engine.startObservations(version: version, settings: intake.settings))
    StopPoint.started.pass()
    send(dispatches)
  }

  /// Does everything that follows from `messages` and from the time that has passed. The messages share one commit, but for those
  /// before a reading of what an account holds or of its book, which is judged by what they said.
  public mutating func turn(_ messages: [Message]) throws {
    unheard += messages
    outside.beat()
    guard try keeper.isReady(underway: Set(inFlight.keys)) else { return }
    try noticeGap()
    guard engine.isSound else { return }
    let messages = unheard
    unheard = []
    // What the streams told before it has to be known where a baseline or a book is judged: it may be older. A trade between the two
    // would count twice or never, and an order that had ended would be alive again.
    var rest = messages[...]
    repeat {
      let end = rest.dropFirst().firstIndex(where: \.isWholeReading) ?? rest.endIndex
      let part = Array(rest[..<end])
      rest = rest[end...]
      try handle(part)
    } while !rest.isEmpty && engine.isSound && !keeper.waits
    unheard = Array(rest)
    guard engine.isSound else { return }
    askForReadings()
    if messages.isEmpty { try keeper.keepUp() }
  }

  /// Records that the service stops, and closes the log.
  public mutating func finish() throws -> Rest {
    let rest = Rest(
      restingOrders: engine.state.restingOrders, openPositions: engine.state.openPositions,
      unansweredCalls: inFlight.values.reduce(0, +))
    try observe([.stopped])
    StopPoint.stopped.pass()
    do {
      try engine.saveSnapshot()
    } catch let failure as EventStoreError {
      logger.warning("no snapshot was kept, and the next start folds more of the log: \(failure)")
    }
    try engine.log.close()
    if let failure = keeper.failure { throw failure }
    return rest
  }

  /// Whether a stop has waited for everything it waits for.
  public var isDone: Bool {
    guard let end = stopsBy else { return false }
    if clock.now() >= end { return true }
    return inFlight.isEmpty && !keeper.waits && !(takesEntriesBack && hasOpenEntries)
  }

  private var hasOpenEntries: Bool {
    engine.state.followers.contains { account in
      account.settings.sends && account.ledgers.values.contains { $0.open(.entry) > .zero }
    }
  }

  /// A stop waits for outcomes alone, unless it takes entries back.
  private var looksAhead: Bool { stopsBy == nil || takesEntriesBack }

  /// How long the thread may sleep: until a lane, a reading or the next beat is due.
  public var pause: Microseconds {
    if keeper.waits { return LogKeeper.retryPause }
    let now = clock.now()
    let moments = looksAhead ? [engine.nextDue, sight.next(in: engine.state), plans.next] : []
    let due = moments.compactMap { $0 }.min() ?? now + EngineDesk.pulse
    return Microseconds(max(0, min(EngineDesk.pulse.count, (due - now).count)))
  }

  // MARK: - Messages

  private mutating func handle(_ messages: [Message]) throws {
    var observations: [Observation] = []
    if let observation = keeper.lookAtSpace() { observations.append(observation) }
    var replies: [@Sendable (CommandReply) -> Void] = []
    var ofLeader: [AccountReport] = []
    var baselines: [(AccountRole, AccountReport)] = []
    if looksAhead {
      observations += lookAtLeader()
      for report in awakening.release(at: clock.now()) { observations += take(report, of: .leader) }
    }
    for message in messages {
      plans.stir(message)
      switch message {
      case .report(let account, let report):
        if case .outcome(let request, _) = report {
          StopPoint.beforeReplyIsRecorded.pass()
          answered(request)
        }
        if case .book = report { StopPoint.beforeBookIsRecorded.pass() }
        // A stop accepts nothing of the leader's any more.
        if stopsBy != nil, account == .leader { continue }
        if case .baseline = report { baselines.append((account, report)) }
        guard account == .leader else {
          observations += take(report, of: account)
          continue
        }
        for report in awakening.admit(report, at: clock.now()) {
          observations += take(report, of: .leader)
          ofLeader.append(report)
        }
      case .finished(let account, let reading):
        let now = clock.now()
        plans[account]?.finished(reading, at: now)
      case .settings(let settings):
        intake.settings = settings
        observations.append(.configuration(settings))
      case .command(let command, let reply):
        do {
          observations.append(try command.observation(in: engine.state))
          replies.append(reply)
        } catch {
          reply(error.reply)
        }
      case .stop(let takesEntriesBack):
        stopsBy = stopsBy ?? clock.now() + EngineDesk.patience
        self.takesEntriesBack = takesEntriesBack
        if takesEntriesBack { observations.append(.stopping) }
      }
    }
    if looksAhead, let due = engine.nextDue, due <= clock.now() {
      let look = Observation.clock(due: "lane")
      if !keeper.unrecorded.contains(look) { observations.append(look) }
      plans.stirAll()
    }
    if !observations.isEmpty || keeper.waits { try observe(observations) }
    guard engine.isSound else {
      for reply in replies { reply(.notRecorded) }
      return
    }
    // What the log lacks of a holding is known when the orders of that reading are in it.
    for (account, report) in baselines where !keeper.waits {
      if isDoubted(report, of: account) { continue }
      let restated = intake.restatement(report, of: account, in: engine.state)
      if !restated.isEmpty { try observe(restated) }
    }
    // Only now is it known what a report leaves without a price.
    for report in ofLeader {
      for reading in intake.quotes(for: report, of: .leader, in: engine.state) { outside.read(.leader, reading) }
    }
    for reply in replies { reply(!keeper.waits ? .recorded(engine.state.lastSequence) : .notRecorded) }
  }

  private mutating func askForReadings() {
    guard looksAhead else { return }
    for (account, reading) in plans.ask(at: clock.now(), in: engine.state) { outside.read(account, reading) }
  }

  // MARK: - Engine

  /// Records and decides. What the log cannot take now is kept and tried again; nothing leaves meanwhile (promise 9).
  mutating func observe(_ observations: [Observation]) throws { send(try record(observations)) }

  private mutating func record(_ observations: [Observation]) throws -> [Dispatch] {
    // What was kept concerns accounts of messages that are long handled.
    if keeper.waits { plans.stirAll() }
    return try keeper.record(observations, underway: Set(inFlight.keys))
  }

  private mutating func answered(_ request: RequestID) {
    let left = (inFlight[request] ?? 1) - 1
    inFlight[request] = left > 0 ? left : nil
  }

  private mutating func send(_ dispatches: [Dispatch]) {
    for dispatch in dispatches { inFlight[dispatch.requestID, default: 0] += 1 }
    for (number, dispatch) in dispatches.enumerated() {
      if number > 0 { StopPoint.betweenCalls.pass() }
      StopPoint.beforeCall.pass()
      outside.perform(dispatch)
    }
  }
}
