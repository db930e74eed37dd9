import Domain
import Engine
import EventStore
import Logging
import PaperExchange
import Ports
import Projections

/// The running service and everything outside of it, in virtual time: the exchange, the brokers' front doors, streams, the machine's
/// clock and its disk.
///
/// The service is the real one from the log up to what it hands to the network: ``EngineDesk`` over an ``SQLiteEventLog`` on a
/// ``SimulatedDisk``. Everything else is drawn from the seed, so that a run is the same every time.
public final class World {
  enum Happening {
    /// Something reaches the service, if it is still the process that asked.
    case message(EngineDesk.Message, life: Int)
    case frame(AccountRole, OrderUpdate)
    case call(Dispatch, life: Int)
    case reading(AccountRole, Reading, askedAt: Timestamp, after: SequenceNumber, life: Int)
    case baseline(BaselineAttempt, life: Int)
    case streamOpens(AccountRole, life: Int)
    /// A supervisor starts another process, unless somebody did.
    case start(after: Int)
  }

  static let storePath = "/copytrade.db"

  public let machine: MachineClock
  public let disk: SimulatedDisk
  public internal(set) var exchange: PaperExchange
  public var settings: CopySettings
  public var faults = WorldFaults.none
  /// Whether the stream's messages say what the market traded at.
  public var tellsReferences = true
  /// Whether they bear the label of the order (dhan-api-v2.md §4.8); the book always does.
  public var tellsLabels = true
  /// Whether there is a data plan, so that prices can be asked for (rule 19).
  public let asksQuotes: Bool
  /// Called with every call before it leaves.
  var beforeCall: (Dispatch) -> Void = { _ in }
  /// What the broker answers a follower's book with.
  var answersBook: (FollowerName, Timestamp, [BrokerOrder]) -> Void = { _, _, _ in }
  /// Called after every turn whose commit succeeded, while the process lives, and before anything leaves.
  var afterTurn: () throws -> Void = {}
  /// Called when the process ends by itself, with what ended it.
  var afterDeath: (any Error) -> Void = { _ in }

  private(set) var now: Timestamp
  var desk: EngineDesk?
  /// The log of the process that lives.
  public internal(set) var log: SQLiteEventLog?
  var lines: [AccountRole: Line] = [:]
  var agenda = Agenda<Happening>()
  var random: SeededGenerator
  /// Counts processes: what one was told the next does not hear.
  var life = 0
  var inbox: [EngineDesk.Message] = []
  var wishes = Wishes()
  /// Until when the engine's thread waits for the disk, or the process is stopped.
  var busyUntil = Timestamp.earliest
  private var nextTurn = Timestamp.earliest
  /// Where the process is to end; `nil` once it has.
  var crashPlan: CrashPlan? {
    didSet { if case .diskOperation(let number)? = crashPlan?.point { disk.stop(at: number) } }
  }
  /// Operations into the recovery at which it ends once more, as soon as it starts.
  var crashesAgainAfter: Int?
  private(set) var callCount = 0
  private(set) var replyCount = 0
  /// Turns that are taken at the same moment: a loop that stands still in time would never end.
  private var turnsAtOnce = 0

  public init(
    exchange: PaperExchange, settings: CopySettings, start: Timestamp, seed: UInt64, asksQuotes: Bool = true
  ) {
    self.exchange = exchange
    self.settings = settings
    self.asksQuotes = asksQuotes
    random = SeededGenerator(seed: seed ^ 0x5157)
    disk = SimulatedDisk(seed: seed)
    machine = MachineClock(start)
    now = start
  }

  public var state: State? { desk.flatMap { $0.isSound ? $0.state : nil } }
  public var isRunning: Bool { desk != nil }

  // MARK: - Time

  public func advance(to end: Timestamp) throws {
    while let due = nextDue, due <= end {
      now = max(now, due)
      machine.set(now)
      try step()
    }
    now = max(now, end)
    machine.set(now)
  }

  private var nextDue: Timestamp? {
    var due = [exchange.nextDue, agenda.nextDue].compactMap { $0 }.min()
    if desk != nil {
      let turn = max(busyUntil, inbox.isEmpty ? nextTurn : now)
      due = min(due ?? turn, turn)
    }
    return due
  }

  private func step() throws {
    for update in exchange.advance(to: now) { frame(update) }
    while let happening = agenda.take(by: now) { try happen(happening) }
    guard desk != nil, busyUntil <= now, !inbox.isEmpty || nextTurn <= now else { return }
    try turn()
  }

  private func happen(_ happening: Happening) throws {
    switch happening {
    case .message(let message, let life):
      guard life == self.life else { return }
      if message.isReply {
        replyCount += 1
        if crashPlan?.point == .beforeReply(replyCount) { return crash() }
      }
      inbox.append(message)
    case .frame(let account, let update): hear(update, of: account)
    case .call(let dispatch, let life): call(dispatch, life)
    case .reading(let account, let reading, let askedAt, let after, let life):
      answer(reading, of: account, askedAt: askedAt, after: after, life)
    case .baseline(let attempt, let life): goOn(attempt, life)
    case .streamOpens(let account, let life):
      guard life == self.life else { return }
      openStream(of: account)
    case .start(let life): if desk == nil, life == self.life { try start() }
    }
  }

  func post(_ message: EngineDesk.Message) { inbox.append(message) }

  private func turn() throws {
    let messages = inbox
    inbox = []
    do {
      try desk?.turn(messages)
    } catch {
      // What was committed before it failed may have left.
      try? afterTurn()
      takeWishes()
      died(error)
      return
    }
    try afterTurn()
    takeWishes()
    turnNext()
  }

  /// The engine's thread sleeps until something is due, and waits for its disk before anything else.
  func turnNext() {
    busyUntil = now + Microseconds(Int64(disk.takeTimeSpent()))
    let pause = desk?.pause ?? EngineDesk.pulse
    turnsAtOnce = pause.count <= 0 ? turnsAtOnce + 1 : 0
    nextTurn = now + (turnsAtOnce > 3 ? .milliseconds(1) : pause)
  }

  func takeWishes() {
    for wish in wishes.take() {
      switch wish {
      case .call(let dispatch):
        beforeCall(dispatch)
        callCount += 1
        if crashPlan?.point == .beforeCall(callCount) { return crash() }
        agenda.note(.call(dispatch, life: life), at: now + between(0, 6))
        if crashPlan?.point == .afterCall(callCount) { return crash() }
      case .reading(let account, let reading): ask(reading, of: account)
      case .newStream(let account): reopenStream(of: account)
      }
    }
  }

  // MARK: - Acting

  /// Does something to the exchange, now.
  @discardableResult
  public func act(_ action: PaperAction) -> PaperReply { exchange.act(action, at: now) }

  /// The service reads its configuration anew. A follower that it names first joins at the next start.
  public func apply(_ settings: CopySettings) {
    self.settings = settings
    if desk != nil { inbox.append(.settings(settings)) }
  }

  func between(_ shortest: Int, _ longest: Int) -> Microseconds {
    Microseconds(Int64(shortest * 1_000 + random.below((longest - shortest) * 1_000 + 1)))
  }

  func happens(_ permille: Int) -> Bool { permille > 0 && random.below(1_000) < permille }

  func clientID(of account: AccountRole) -> ClientID? {
    guard let follower = account.follower else { return settings.leader }
    return settings.followers.first { $0.name == follower }?.clientID
  }

  func role(of client: ClientID) -> AccountRole? {
    if client == settings.leader { return .leader }
    return settings.followers.first { $0.clientID == client }.map { .follower($0.name) }
  }
}

extension World {
  /// The operator says something to the running service.
  public func say(_ mode: OperatorMode, to follower: FollowerName?) {
    guard isRunning else { return }
    post(.command(.mode(mode, follower), reply: { _ in }))
  }
}

extension EngineDesk.Message {
  /// Whether it is the answer to a call.
  fileprivate var isReply: Bool {
    if case .report(_, .outcome) = self { return true }
    return false
  }
}
