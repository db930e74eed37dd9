import Domain
import EventStore
import Ports
import Projections
import Reactors

/// The loop's heart: observations go in, durable requests come out.
///
/// Synchronous and owned by one thread. Every call records what is new, folds it, decides, and commits observation and
/// decisions in one transaction; only then are the requests returned that may leave the machine (promise 2). A commit that
/// fails discards the state in memory and folds the log again (rule 37), so that nothing unpersisted is ever believed.
public final class Engine {
  public private(set) var state: State
  /// The log itself, for upkeep and for closing it.
  public private(set) var log: any EventLog
  /// Whether ``state`` is what the log says. It is not when the log could not be read after a commit that failed; nothing is
  /// decided then.
  public private(set) var isSound = true
  private let clock: any WallClock
  private var wakes = Wakes()
  /// The moments that were waited for went with a state that was discarded: everything has to be looked at.
  private var mustLook = false

  /// Folds the log (from its newest snapshot, where one fits) into the state.
  public init(log: any EventLog, clock: any WallClock) throws {
    self.log = log
    self.clock = clock
    self.state = try Snapshots.restoredState(of: log)
  }

  /// When the clock has to be looked at although nothing happens: a lane has room again, a pause is over, a step of a ladder is
  /// due. `nil` when nothing waits for the clock.
  public var nextDue: Timestamp? {
    mustLook ? state.now : [state.nextDue, wakes.next].compactMap { $0 }.min()
  }

  /// Records, decides and commits; returns the calls that may leave now.
  ///
  /// - Parameter observations: everything that waits. All of it shares one commit and one *now*.
  /// - Throws: ``EventStoreError`` when the commit failed. Nothing of it happened then: no request may leave.
  public func observe(_ observations: [Observation]) throws -> [Dispatch] {
    if !isSound { try fold() }
    let now = max(clock.now(), Timestamp(microseconds: state.now.microseconds + 1))
    let first = state.lastSequence.next
    var drafts: [EventDraft] = []
    var leaving: [(FollowerName, RequestID)] = []
    for observation in observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      let cause = state.lastSequence.next
      state.apply(event, sequence: cause, recordedAt: now)
      drafts.append(EventFraming.draft(event, at: cause, now: now, causation: nil))
      for decision in Decider.decide(&state, now: now, wakes: &wakes) {
        let sequence = SequenceNumber(first.value + Int64(drafts.count))
        drafts.append(EventFraming.draft(decision, at: sequence, now: now, causation: cause))
        if let request = decision.leaving { leaving.append(request) }
      }
    }
    if drafts.isEmpty { return [] }
    try commit(drafts)
    if observations.contains(where: \.looksAtEverything) { mustLook = false }
    return leaving.compactMap { state.dispatch($1, of: $0) }
  }

  private func commit(_ drafts: [EventDraft]) throws {
    var expected: [StreamName: StreamVersion] = [:]
    for draft in drafts where expected[draft.stream] == nil { expected[draft.stream] = log.head(of: draft.stream) }
    do {
      let sequences = try log.append(drafts, expecting: expected)
      guard sequences.last == state.lastSequence else {
        throw EventStoreError(
          .internalFault, "The log ends at \(log.lastSequence), the state at \(state.lastSequence).")
      }
    } catch {
      discardState()
      // Where it cannot be read either, nothing is believed until it can.
      try? fold()
      throw error
    }
  }

  private func discardState() {
    state = State()
    wakes = Wakes()
    isSound = false
    mustLook = true
  }

  private func fold() throws {
    state = try Snapshots.restoredState(of: log)
    isSound = true
  }

  /// Goes on over the log opened anew, after one of which it was not known any more what it holds: folds that, and believes
  /// nothing else. Calls that it says have left, and have not, are ``doubts(besides:_:)``.
  ///
  /// - Throws: ``EventStoreError`` when it cannot be read; nothing is believed then.
  public func goOn(over log: any EventLog) throws {
    self.log = log
    discardState()
    try fold()
  }

  /// What a start does before anything else: says that it started and with which settings, and holds every call in doubt
  /// that had left without an outcome when the process ended.
  public func start(version: ShortText, settings: CopySettings) throws -> [Dispatch] {
    try observe(startObservations(version: version, settings: settings))
  }

  func startObservations(version: ShortText, settings: CopySettings) -> [Observation] {
    [.started(version: version), .configuration(settings)]
      + doubts(besides: [], "the process ended before the outcome was recorded")
  }

  /// Every call that has left as far as the log knows, has no outcome, and is not known to be `underway`.
  func doubts(besides underway: Set<RequestID>, _ why: String) -> [Observation] {
    state.followers.flatMap { account in
      account.outbox.requests
        .filter { $0.attemptedAt != nil && !$0.isInDoubt && !underway.contains($0.id) }
        .map { .doubted(account.name, $0.id, text: why) }
    }
  }

  /// Keeps a snapshot of the state, so that the next start folds only what comes after.
  public func saveSnapshot() throws {
    if isSound { try Snapshots.save(state, in: log) }
  }
}

extension Event {
  /// The request that leaves with the commit of this decision.
  var leaving: (FollowerName, RequestID)? {
    switch self {
    case .placementRequested(let request) where request.leavesAtOnce: (request.child.follower, request.requestID)
    case .modificationRequested(let request) where request.leavesAtOnce: (request.child.follower, request.requestID)
    case .cancellationRequested(let request) where request.leavesAtOnce: (request.child.follower, request.requestID)
    case .requestAttempted(let attempt): (attempt.follower, attempt.requestID)
    default: nil
    }
  }
}

extension Observation {
  fileprivate var looksAtEverything: Bool {
    switch self {
    case .clock, .started: true
    default: false
    }
  }
}
