import Domain
import Engine
import EventStore

/// Makes every decision of a log again and compares (promise 8). Nothing is sent and nobody is called.
public struct ReplayVerification: Sendable {
  public let lastSequence: SequenceNumber
  public let decisions: Int
  /// The first decision of this version that differs.
  public let failure: DecisionDifference?
  /// Differences in stretches that other versions of the decision code wrote: listed, not judged.
  public let otherVersions: [DecisionDifference]
  private let state: ReplayedState?

  public static func run(
    store path: String, to: LogPoint? = nil, progress: @escaping (Int) -> Void = { _ in }
  ) throws -> ReplayVerification {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    return try ReplayVerification(reader, to: to, progress: progress)
  }

  init(_ source: any EventSource, to: LogPoint? = nil, progress: LogWalk.Progress = { _ in }) throws {
    var verifier = ReplayVerifier()
    var last = SequenceNumber.beforeFirst
    let through = try to?.last(in: source) ?? SequenceNumber(.max - 1)
    // A decision is not missing because the stretch was cut between it and what it was decided upon.
    var cut = false
    try LogWalk.entries(of: source, through: through.next, progress: progress) { entry in
      if entry.sequence > through {
        cut = entry.event.type.isDecision
        return
      }
      last = entry.sequence
      verifier.take(
        entry.event, sequence: entry.sequence, recordedAt: entry.recordedAt, causation: entry.causation)
    }
    if !cut { verifier.finish() }
    lastSequence = last
    decisions = verifier.decisions
    failure = verifier.failure
    otherVersions = verifier.otherVersions
    state = failure == nil ? ReplayedState(verifier.state) : nil
  }

  public var exitStatus: ExitStatus { failure == nil ? .done : .checkFailed }

  public func text(_ times: TimeStyle) -> String {
    var lines: [String] = []
    for difference in otherVersions {
      lines.append("decisions of version \(difference.decisionVersion), \(difference)")
    }
    if !otherVersions.isEmpty {
      let count = otherVersions.count == 1 ? "1 difference" : "\(otherVersions.count) differences"
      lines.append("\(count) in stretches that other versions of the decision code wrote; they are not judged.")
    }
    if let failure {
      lines.append("DIFFERENT at event \(failure.sequence): \(failure)")
      lines.append(
        "The log was changed, or this program is not the one that wrote it. `copytrade audit verify` tells more.")
    } else {
      let equal = otherVersions.isEmpty ? "all equal" : "all of this version equal"
      lines.append("\(lastSequence) events, \(decisions) decisions made again, \(equal).")
      if let state { lines += ["", state.text] }
    }
    return lines.joined(separator: "\n")
  }

  /// `{"last_sequence", "decisions", "equal", "first_difference", "other_versions", "state"}`
  public var json: JSONValue {
    func difference(_ it: DecisionDifference) -> JSONValue {
      .object([
        ("sequence", .sequence(it.sequence)), ("decision_version", .int(it.decisionVersion)),
        ("recorded", .text(it.recorded?.type.rawValue)), ("decided", .text(it.decided?.type.rawValue)),
        ("message", .text(it)),
      ])
    }
    return .object([
      ("last_sequence", .sequence(lastSequence)), ("decisions", .int(Int64(decisions))),
      ("equal", .bool(failure == nil)),
      ("first_difference", failure.map(difference) ?? .null), ("other_versions", .array(otherVersions.map(difference))),
      ("state", state?.status.json ?? .null),
    ])
  }
}
