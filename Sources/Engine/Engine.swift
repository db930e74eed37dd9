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
  public let log: any EventLog
  private let clock: any WallClock
  private var wakes = Wakes()

  /// Folds the log (from its newest snapshot, where one fits) into the state.
  public init(log: any EventLog, clock: any WallClock) throws {
    self.log = log
    self.clock = clock
    self.state = try Snapshots.restoredState(of: log)
  }

  /// When the clock has to be looked at although nothing happens: a lane has room again, a pause is over, a step of a ladder is
  /// due. `nil` when nothing waits for the clock.
  public var nextDue: Timestamp? { [state.nextDue, wakes.next].compactMap { $0 }.min() }

  /// Records, decides and commits; returns the calls that may leave now.
  ///
  /// - Parameter observations: everything that waits. All of it shares one commit and one *now*.
  /// - Throws: ``EventStoreError`` when the commit failed. Nothing of it happened then: no request may leave.
  public func observe(_ observations: [Observation]) throws -> [Dispatch] {
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
      state = State()
      wakes = Wakes()
      state = try LogFold.state(of: log)
      throw error
    }
  }

  /// What a start does before anything else: says that it started and with which settings, and holds every call in doubt
  /// that had left without an outcome when the process ended.
  public func start(version: ShortText, settings: CopySettings) throws -> [Dispatch] {
    var observations: [Observation] = [.started(version: version), .configuration(settings)]
    for account in state.followers {
      for request in account.outbox.requests where request.attemptedAt != nil && !request.isInDoubt {
        observations.append(
          .doubted(account.name, request.id, text: "the process ended before the outcome was recorded"))
      }
    }
    return try observe(observations)
  }

  /// Keeps a snapshot of the state, so that the next start folds only what comes after.
  public func saveSnapshot() throws { try Snapshots.save(state, in: log) }
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
