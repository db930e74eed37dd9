import Domain
import EventStore
import Logging
import Ports
import Projections
import Reactors

/// Stands between whoever drives the engine and a log that does not take what is to be recorded: keeps it, makes room, opens
/// the log anew, and gives up where that does not help. Nothing leaves meanwhile (promise 9, rule 37).
///
/// Knows neither threads nor sleep; it is asked again.
struct LogKeeper {
  /// How long a commit that failed waits before it is tried again.
  static let retryPause = Microseconds.milliseconds(250)
  /// How long a log may fail to be opened anew, or to take anything afterwards, before the process ends.
  static let patience = Microseconds.seconds(30)

  let engine: Engine
  private let reopen: (() throws -> any EventLog)?
  private let clock: any WallClock
  private let logger: Logger
  private var watch: SpaceWatch?
  /// What was observed and could not be recorded.
  private(set) var unrecorded: [Observation] = []
  /// Why it is not known what the log holds: it has to be opened anew.
  private var loss: EventStoreError?
  private var failingSince: Timestamp?
  /// What the log said when it last took nothing, for as long as it takes nothing.
  private(set) var failure: EventStoreError?
  private var isTold = false

  /// - Parameter reopen: opens the log anew after the engine's was dropped; `nil` where that cannot be done.
  init(
    _ engine: Engine, space: (any LogSpace)?, limits: SpaceLimits, reopen: (() throws -> any EventLog)?,
    clock: any WallClock, logger: Logger
  ) {
    self.engine = engine
    self.reopen = reopen
    self.clock = clock
    self.logger = logger
    watch = space.map { SpaceWatch($0, limits) }
  }

  /// Whether what was observed waits for the log.
  var waits: Bool { !unrecorded.isEmpty || loss != nil }

  /// Records, decides and commits `observations` and all that was kept.
  ///
  /// - Parameter underway: requests that left and whose outcomes are still to come.
  /// - Returns: the calls that may leave now; none when the log did not take it, which is then kept and tried again.
  /// - Throws: what the engine cannot live with.
  mutating func record(_ observations: [Observation], underway: Set<RequestID>) throws -> [Dispatch] {
    unrecorded += observations
    // Once more where something was done about the failure.
    for _ in 0..<2 {
      guard try isReady(underway: underway), !unrecorded.isEmpty else { return [] }
      do {
        let dispatches = try engine.observe(unrecorded)
        if isTold { logger.notice("the log takes events again") }
        failingSince = nil
        failure = nil
        isTold = false
        unrecorded = []
        return dispatches
      } catch let failure as EventStoreError {
        guard try didHelp(after: failure) else { break }
      }
    }
    tell()
    return []
  }

  private mutating func tell() {
    guard let failure, !isTold else { return }
    isTold = true
    logger.critical("the log takes no events; nothing is sent until it does: \(failure)")
  }

  /// Whether the engine's state is what the log says, so that something can be made of what is heard. Opens the log anew
  /// where it has to be.
  mutating func isReady(underway: Set<RequestID>) throws -> Bool {
    guard let loss else { return true }
    guard let reopen else { throw loss }
    do {
      engine.log.discard()
      try engine.goOn(over: try reopen())
      let doubts = engine.doubts(besides: underway, "the log had to be opened anew before it was known to have left")
      unrecorded = doubts + unrecorded
      self.loss = nil
      logger.warning("the log was opened anew and is whole", metadata: ["sequence": "\(engine.state.lastSequence)"])
      return true
    } catch let failure as EventStoreError where failure.mayPass {
      try keepWaiting(failure)
      self.loss = failure
      tell()
      return false
    }
  }

  /// What the disk of the log has to say at this moment.
  mutating func lookAtSpace() -> Observation? {
    let (now, isLow) = (clock.now(), engine.state.isDiskLow)
    return watch?.look(at: now, isLow: isLow)
  }

  /// The log's own upkeep; what cannot be done now is done later.
  mutating func keepUp() throws {
    guard !waits else { return }
    do {
      try engine.log.checkpointWhenIdle()
    } catch let failure as EventStoreError {
      _ = try didHelp(after: failure)
    }
  }

  /// Does what can be done about a failure.
  ///
  /// - Returns: whether it may work at once.
  private mutating func didHelp(after failure: EventStoreError) throws -> Bool {
    guard failure.mayPass else { throw failure }
    try keepWaiting(failure)
    if failure.code == .poisoned || failure.code == .inputOutput || !engine.isSound {
      loss = failure
      return true
    }
    guard failure.code == .full, var watch else { return false }
    let (observation, hasMore) = watch.commitFoundNoRoom(at: clock.now())
    self.watch = watch
    // First, so that nothing is entered of what waits.
    if !engine.state.isDiskLow, !unrecorded.contains(where: \.isLowDisk) { unrecorded.insert(observation, at: 0) }
    if hasMore { logger.warning("the disk is full; the reserve was given back so that exits can be recorded") }
    return hasMore
  }

  /// - Throws: `failure` when it has lasted for too long to hope.
  private mutating func keepWaiting(_ failure: EventStoreError) throws {
    let now = clock.now()
    self.failure = failure
    guard let since = failingSince else {
      failingSince = now
      return
    }
    // A full disk or somebody's lock leaves everything known, however long it lasts.
    if failure.code != .full, failure.code != .busy, now - since > LogKeeper.patience { throw failure }
  }
}

extension EventStoreError {
  /// Whether the same append may work later: the disk was full, somebody held a lock, the system failed to read or write.
  fileprivate var mayPass: Bool {
    [.full, .busy, .poisoned, .inputOutput, .cannotOpen].contains(code)
  }
}

extension Observation {
  fileprivate var isLowDisk: Bool {
    if case .disk(isLow: true, _) = self { return true }
    return false
  }
}
