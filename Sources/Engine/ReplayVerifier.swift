import Domain
import EventStore
import Projections
import Reactors

/// A decision that the code of today would not make, or would make otherwise.
public struct DecisionDifference: Equatable, Sendable, CustomStringConvertible {
  /// The event in the log at which the two part.
  public let sequence: SequenceNumber
  public let recorded: Event?
  public let decided: Event?
  /// The version of the decision code that wrote the log there.
  public let decisionVersion: Int64

  public var description: String {
    switch (recorded, decided) {
    case (let recorded?, let decided?) where recorded.type == decided.type:
      "event \(sequence): the log holds a \(recorded.type.rawValue) with other content than this code decides"
    case (let recorded?, let decided?):
      "event \(sequence): the log holds \(recorded.type.rawValue), this code decides \(decided.type.rawValue)"
    case (let recorded?, nil): "event \(sequence): the log holds \(recorded.type.rawValue), this code decides nothing"
    case (nil, let decided?): "event \(sequence): this code decides \(decided.type.rawValue), the log holds none"
    case (nil, nil): "event \(sequence): no difference"
    }
  }
}

/// Re-runs every reactor over a log and compares what it decides with what the log holds (promise 8). Makes no call.
public struct ReplayVerifier {
  public private(set) var state = State()
  /// Differences in stretches that another version of the decision code wrote: listed, not failed on.
  public private(set) var otherVersions: [DecisionDifference] = []
  /// The first difference in a stretch of this version.
  public private(set) var failure: DecisionDifference?
  public private(set) var decisions = 0
  private var expected: [Event] = []
  private var next = 0
  private var cause = SequenceNumber.beforeFirst
  /// The state of the log where the decided one parted from it; only kept in stretches of other versions.
  private var logged: State?

  public init() {}

  /// Takes the next event of the log; after a ``failure`` there is nothing more to say.
  public mutating func take(_ event: Event, sequence: SequenceNumber, recordedAt: Timestamp, causation: SequenceNumber?)
  {
    guard failure == nil else { return }
    if event.type.isDecision {
      compare(event, sequence: sequence, recordedAt: recordedAt, causation: causation)
    } else {
      finish(before: sequence)
      guard failure == nil else { return }
      observe(event, sequence: sequence, recordedAt: recordedAt)
    }
  }

  /// To be called after the last event: what should have been decided at the end and is not there is a difference too.
  public mutating func finish() {
    guard failure == nil else { return }
    finish(before: SequenceNumber(cause.value + Int64(next) + 1))
  }

  private var isOwnVersion: Bool { state.decisionVersion == Reactors.decisionVersion }

  private mutating func observe(_ event: Event, sequence: SequenceNumber, recordedAt: Timestamp) {
    state.apply(event, sequence: sequence, recordedAt: recordedAt)
    cause = sequence
    if !isOwnVersion { logged = state }
    expected = Decider.decide(&state, now: recordedAt)
    next = 0
  }

  private mutating func compare(
    _ event: Event, sequence: SequenceNumber, recordedAt: Timestamp, causation: SequenceNumber?
  ) {
    decisions += 1
    logged?.apply(event, sequence: sequence, recordedAt: recordedAt)
    let decided = next < expected.count ? expected[next] : nil
    next += 1
    if decided == event, causation == cause { return }
    report(
      DecisionDifference(
        sequence: sequence, recorded: event, decided: decided, decisionVersion: state.decisionVersion))
  }

  private mutating func finish(before sequence: SequenceNumber) {
    if next < expected.count {
      report(
        DecisionDifference(
          sequence: sequence, recorded: nil, decided: expected[next], decisionVersion: state.decisionVersion))
    }
    if var logged {
      _ = logged.takeTouched()
      state = logged
    }
    logged = nil
    expected = []
    next = 0
  }

  private mutating func report(_ difference: DecisionDifference) {
    if isOwnVersion { failure = difference } else { otherVersions.append(difference) }
  }
}
