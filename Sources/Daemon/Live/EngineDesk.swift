import Domain
import Engine
import EventStore
import Logging
import Ports
import Projections
import Reactors

/// What the engine's thread works at: the engine itself and the plans of its readings. Confined to that thread.
struct EngineDesk {
  /// How long a stop waits for outcomes, and for cancels to be seen.
  static let patience = Microseconds.seconds(10)
  static let pulse = Microseconds.milliseconds(500)
  /// How long a commit that failed waits before it is tried again.
  static let retryPause = Microseconds.milliseconds(250)

  private let room: EngineRoom
  private let log: SQLiteEventLog
  private let engine: Engine
  private var intake: Intake
  private let outside: EngineRoom.Outside
  private let clock: any WallClock
  private let logger: Logger
  private var schedules: [(account: AccountRole, plan: ReadingSchedule)]
  private let places: [AccountRole: Int]
  /// When each account has to be read next, as far as was known when something last happened to it.
  private var nextReadings: [Timestamp?]
  /// Accounts to which something happened since their plan was last asked: a plan looks at everything that is open in its
  /// account, too much for a hundred accounts after every message of one.
  private var stirred: Set<Int>
  /// Requests that left and have no outcome yet.
  private var inFlight = 0
  /// Observations whose commit failed; they are tried again before anything else.
  private var unrecorded: [Observation] = []
  private var sight: LeaderSight
  private var awakening: Awakening
  private var stopsBy: Timestamp?
  private var takesEntriesBack = false

  init(
    room: EngineRoom, log: SQLiteEventLog, intake: Intake, outside: EngineRoom.Outside, clock: any WallClock,
    logger: Logger
  ) throws {
    self.room = room
    self.log = log
    self.intake = intake
    self.outside = outside
    self.clock = clock
    self.logger = logger
    engine = try Engine(log: log, clock: clock)
    clock.neverBefore(engine.state.now)
    sight = LeaderSight(at: clock.now())
    awakening = Awakening(at: clock.now())
    room.noteStart(after: engine.state.lastSequence)
    schedules = ([.leader] + intake.settings.followers.map { .follower($0.name) }).map { ($0, ReadingSchedule($0)) }
    places = Dictionary(uniqueKeysWithValues: schedules.enumerated().map { ($1.account, $0) })
    nextReadings = Array(repeating: .earliest, count: schedules.count)
    stirred = Set(schedules.indices)
  }

  mutating func work() throws -> EngineRoom.Rest {
    send(try engine.start(version: Version.text, settings: intake.settings))
    room.note(engine.state.lastSequence)
    while !isDone {
      let messages = room.take(within: pause)
      try noticeGap()
      try handle(messages)
      askForReadings()
      outside.beat()
      if messages.isEmpty { try log.checkpointWhenIdle() }
    }
    let rest = EngineRoom.Rest(
      restingOrders: engine.state.restingOrders, openPositions: engine.state.openPositions, unansweredCalls: inFlight)
    try observe([.stopped])
    try engine.saveSnapshot()
    try log.close()
    return rest
  }

  private var isDone: Bool {
    guard let end = stopsBy else { return false }
    if clock.now() >= end { return true }
    return inFlight == 0 && unrecorded.isEmpty && !(takesEntriesBack && hasOpenEntries)
  }

  private var hasOpenEntries: Bool {
    engine.state.followers.contains { account in
      account.settings.sends && account.ledgers.values.contains { $0.open(.entry) > .zero }
    }
  }

  /// A stop waits for outcomes alone, unless it takes entries back.
  private var looksAhead: Bool { stopsBy == nil || takesEntriesBack }

  /// How long the thread may sleep: until a lane, a reading or the next beat is due.
  private var pause: Microseconds {
    if !unrecorded.isEmpty { return EngineDesk.retryPause }
    let now = clock.now()
    let moments = looksAhead ? [engine.nextDue, sight.next(in: engine.state)] + nextReadings : []
    let due = moments.compactMap { $0 }.min() ?? now + EngineDesk.pulse
    return Microseconds(max(0, min(EngineDesk.pulse.count, (due - now).count)))
  }

  // MARK: - Messages

  private mutating func handle(_ messages: [EngineRoom.Message]) throws {
    var observations = unrecorded
    var replies: [@Sendable (CommandReply) -> Void] = []
    var ofLeader: [AccountReport] = []
    var baselines: [(AccountRole, AccountReport)] = []
    if looksAhead {
      observations += lookAtLeader()
      for report in awakening.release(at: clock.now()) { observations += take(report, of: .leader) }
    }
    for message in messages {
      stir(message)
      switch message {
      case .report(let account, let report):
        if case .outcome = report { inFlight -= 1 }
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
        guard let index = places[account] else { continue }
        schedules[index].plan.finished(reading, at: clock.now())
      case .settings(let settings):
        intake.settings = settings
        observations.append(.configuration(settings))
      case .command(let mode, let follower, let reply):
        if let follower, engine.state.index(of: follower) == nil {
          reply(.unknownFollower(follower))
          continue
        }
        observations.append(.operatorCommand(mode, follower))
        replies.append(reply)
      case .stop(let takesEntriesBack):
        stopsBy = stopsBy ?? clock.now() + EngineDesk.patience
        self.takesEntriesBack = takesEntriesBack
        if takesEntriesBack { observations.append(.stopping) }
      }
    }
    if looksAhead, let due = engine.nextDue, due <= clock.now() {
      observations.append(.clock(due: "lane"))
      stirAll()
    }
    if !observations.isEmpty { try observe(observations) }
    // What the log lacks of a holding is known when the orders of that reading are in it.
    for (account, report) in baselines where unrecorded.isEmpty {
      let restated = intake.restatement(report, of: account, in: engine.state)
      if !restated.isEmpty { try observe(restated) }
    }
    // Only now is it known what a report leaves without a price.
    for report in ofLeader {
      for reading in intake.quotes(for: report, of: .leader, in: engine.state) { outside.read(.leader, reading) }
    }
    for reply in replies { reply(unrecorded.isEmpty ? .recorded(engine.state.lastSequence) : .notRecorded) }
  }

  private mutating func take(_ report: AccountReport, of account: AccountRole) -> [Observation] {
    if let index = places[account] {
      if case .stream(isConnected: true, _) = report { schedules[index].plan.readBookNow() }
      if intake.isDoubtful(report, of: account, in: engine.state) {
        logger.notice(
          "the stream calls an accepted order rejected; the order book decides", metadata: ["account": "\(account)"])
        // A reading that is on its way may be older: it is read again each second.
        schedules[index].plan.readBookNow()
        schedules[index].plan.suspectStream(at: clock.now())
      }
      if case .book(let book, let askedAt) = report,
        intake.isMissed(book, askedAt: askedAt, of: account, in: engine.state)
      {
        logger.warning(
          "the stream missed what the order book shows; it is opened anew", metadata: ["account": "\(account)"])
        schedules[index].plan.suspectStream(at: clock.now())
        outside.reconnect(account)
      }
    }
    for (follower, reading) in intake.margins(for: report, of: account, in: engine.state) {
      outside.read(.follower(follower), reading)
    }
    var seen: [Observation] = []
    if account == .leader, case .book(_, let askedAt) = report {
      sight.bookRead(askedAt: askedAt)
      seen = lookAtLeader()
    }
    return seen + intake.observations(report, of: account, in: engine.state)
  }

  /// Whether somebody sees him, before anything is told of what he did: then it counts by its age (rule 35).
  private mutating func lookAtLeader() -> [Observation] {
    let now = clock.now()
    let isSuspected = places[.leader].map { schedules[$0].plan.isSuspect(at: now) } ?? false
    return sight.look(at: now, isSuspected: isSuspected, in: engine.state).map { [$0] } ?? []
  }

  /// The process had stopped and goes on: every stream counts as gone until it was opened anew, and every book is read.
  private mutating func noticeGap() throws {
    let now = clock.now()
    guard let length = awakening.turn(at: now), stopsBy == nil else { return }
    let reason = "this process had stopped for \(length.count / 1_000_000) s"
    logger.warning("\(reason); streams are opened anew and every account is read")
    for index in schedules.indices {
      schedules[index].plan.startAnew(at: now)
      outside.reconnect(schedules[index].account)
    }
    stirAll()
    try observe(unrecorded + schedules.map { .stream($0.account, isConnected: false, reason: reason) })
  }

  private mutating func askForReadings() {
    guard looksAhead else { return }
    let now = clock.now()
    for index in schedules.indices where stirred.contains(index) || nextReadings[index].map({ $0 <= now }) ?? false {
      for reading in schedules[index].plan.due(at: now, in: engine.state) {
        outside.read(schedules[index].account, reading)
      }
      nextReadings[index] = schedules[index].plan.next(at: now, in: engine.state)
    }
    stirred.removeAll(keepingCapacity: true)
  }

  /// What a follower's messages change of plans is its own; anything else may have led to requests for everybody.
  private mutating func stir(_ message: EngineRoom.Message) {
    switch message {
    case .report(let account, _) where account != .leader, .finished(let account, _):
      if let index = places[account] { stirred.insert(index) }
    case .report, .settings, .command, .stop: stirAll()
    }
  }

  private mutating func stirAll() { stirred.formUnion(schedules.indices) }

  // MARK: - Engine

  /// Records and decides. What the log cannot take now is kept and tried again; nothing leaves meanwhile (promise 9).
  private mutating func observe(_ observations: [Observation]) throws {
    do {
      let dispatches = try engine.observe(observations)
      // What was kept concerns accounts of messages that are long handled.
      if !unrecorded.isEmpty { stirAll() }
      unrecorded = []
      room.note(engine.state.lastSequence)
      send(dispatches)
    } catch let error as EventStoreError where error.isTransient {
      if unrecorded.isEmpty { logger.critical("the log takes no events; nothing is sent until it does: \(error)") }
      unrecorded = observations
    }
  }

  private mutating func send(_ dispatches: [Dispatch]) {
    inFlight += dispatches.count
    for dispatch in dispatches { outside.perform(dispatch) }
  }
}

/// What became of an operator's command.
public enum CommandReply: Hashable, Sendable {
  /// Durable; the newest event of the log is this one.
  case recorded(SequenceNumber)
  case unknownFollower(FollowerName)
  /// The log takes no events now; the command is tried again with everything else.
  case notRecorded
}

extension EventStoreError {
  /// Whether the same append may work a moment later: the disk was full, or somebody held a lock.
  var isTransient: Bool { code == .full || code == .busy }
}
