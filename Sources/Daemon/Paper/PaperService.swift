import Domain
import EventStore
import Foundation
import Logging
import PaperExchange
import Ports
import ServiceLifecycle

/// The background service on the paper exchange: plays the configured session in real time and copies it.
///
/// The log and the exchange's journal stand beside each other; after a restart, in order or by a crash, both go on where
/// they were.
public struct PaperService: Service {
  /// How often what is due is done.
  static let pause = Duration.milliseconds(20)
  /// How much faster than its script the pace `fast` is.
  static let haste: Int64 = 20
  /// How long a stop waits for cancels to be seen.
  static let cancelTime = Microseconds.seconds(5)

  private let configuration: Configuration
  /// Whether an orderly stop takes resting entries back.
  private let cancelsEntries: Bool
  private let reload: ConfigurationReload
  private let commands = CommandBox()
  private let time = SteadyClock()
  private let logger: Logger

  public init(
    _ configuration: Configuration, cancelsEntries: Bool = false, reload: ConfigurationReload, logger: Logger
  ) {
    self.reload = reload
    self.configuration = configuration
    self.cancelsEntries = cancelsEntries
    self.logger = logger
  }

  public func run() async throws {
    let log = try SQLiteEventLog(path: configuration.store)
    let socket = OperatorSocket(path: OperatorSocket.path(ofStore: configuration.store))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [commands] in
        try await socket.serve { command, reply in commands.add(command, reply) }
      }
      try await play(over: log)
      group.cancelAll()
    }
  }

  private func play(over log: SQLiteEventLog) async throws {
    let clock = SteppedClock(time.now())
    let file = try PaperJournalFile(
      path: configuration.store + ".paper", now: clock.now(), beginning: configuration.paperBeginning)
    let session = PaperSession(
      exchange: PaperExchange.replay(file.journal), settings: configuration.copySettings, clock: clock,
      journal: file.append)
    var steps = try remainingSteps(file)
    clock.set(session.exchange.now)
    time.neverBefore(session.exchange.now)
    // Nobody was listening while the service was down: what the stream said then is lost, as at the broker.
    try session.advance(to: time.now())
    try session.start(log, version: Version.text)
    var narrator = Narrator(session.exchange.listed)
    var told = log.lastSequence
    logger.info("started on the paper exchange", metadata: ["sequence": "\(told)", "steps": "\(steps.count)"])
    var configuration = configuration
    while !Task.isShuttingDownGracefully {
      try session.advance(to: time.now())
      if let new = reload.take(replacing: configuration) {
        configuration = new
        try session.apply(new.copySettings)
      }
      while let step = steps.first, started(file.started, step) <= clock.now() {
        steps.removeFirst()
        try play(step, session)
      }
      for (command, reply) in commands.take() { reply(try session.obey(command)) }
      try LogWalk.entries(of: log, from: told.next) { entry in
        told = entry.sequence
        if let line = narrator.words(for: entry) {
          logger.info(
            "\(line)",
            metadata: [
              "sequence": "\(entry.sequence)", "correlation": "\(entry.correlation.map { "\($0)" } ?? "-")",
            ])
        }
      }
      try log.checkpointWhenIdle()
      try? await Task.sleep(for: PaperService.pause)
    }
    if cancelsEntries {
      try session.takeEntriesBack()
      let end = time.now() + PaperService.cancelTime
      while session.hasOpenEntries, time.now() < end {
        try? await Task.sleep(for: PaperService.pause)
        try session.advance(to: time.now())
      }
    }
    try finish(session, log)
  }

  private func play(_ step: PaperScript.Step, _ session: PaperSession) throws {
    switch step.kind {
    case .act(let action): try session.act(action)
    case .say(let text): logger.info("\(text)")
    case .crash: logger.info("the script asks for a crash; a running service leaves that to kill -9")
    }
  }

  /// Says what rests and what is open, and leaves it alone.
  private func finish(_ session: PaperSession, _ log: SQLiteEventLog) throws {
    let resting = session.engine?.state.restingOrders ?? 0
    let open = session.engine?.state.openPositions ?? 0
    try session.stop()
    try log.close()
    logger.info("stopped", metadata: ["resting_orders": "\(resting)", "open_positions": "\(open)"])
  }

  private func started(_ start: Timestamp, _ step: PaperScript.Step) -> Timestamp {
    let hurry = configuration.broker.paper.pace == .fast ? PaperService.haste : 1
    return start + Microseconds(step.at.count / hurry)
  }

  /// The steps of the script that were not played before: as many are done as the journal holds actions of a script.
  private func remainingSteps(_ file: PaperJournalFile) throws -> [PaperScript.Step] {
    let script = try configuration.paperScript()
    let last = file.journal.entries.last?.at ?? Timestamp(microseconds: 0)
    return script.steps.filter { started(file.started, $0) > last }
  }
}
