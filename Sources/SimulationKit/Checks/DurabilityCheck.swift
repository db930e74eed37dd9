import Domain
import Engine
import EventStore

/// Promises 2 and 9: what left was in the log before, and what was acknowledged stays in it, through every end of the process and of
/// the machine.
struct DurabilityCheck {
  /// The hash of every event that a commit has acknowledged, by its sequence.
  private var acknowledged: [[UInt8]] = []
  /// Requests that the log says have been attempted.
  private var attempted: Set<RequestID> = []

  var count: Int { acknowledged.count }
  var lastHash: [UInt8] { acknowledged.last ?? [] }

  mutating func take(_ event: CheckedEvent) {
    acknowledged.append(event.hash)
    switch event.event {
    case .placementRequested(let request) where request.leavesAtOnce: attempted.insert(request.requestID)
    case .modificationRequested(let request) where request.leavesAtOnce: attempted.insert(request.requestID)
    case .cancellationRequested(let request) where request.leavesAtOnce: attempted.insert(request.requestID)
    case .requestAttempted(let attempt): attempted.insert(attempt.requestID)
    default: break
    }
  }

  /// - Parameter log: as the process has it whose commit let the call go, or has none any more.
  func leaves(_ dispatch: Dispatch, _ findings: inout Findings) {
    if !attempted.contains(dispatch.requestID) {
      findings.fail("promise 2: \(dispatch.requestID) of \(dispatch.follower) left before its attempt was durable")
    }
  }

  /// After a start: everything that was acknowledged is there, as it was.
  func look(at log: any EventSource, _ findings: inout Findings) throws {
    var next = 0
    var lost = false
    try log.read(from: .first, through: SequenceNumber(Int64(acknowledged.count)), limit: .max) { row in
      if next < acknowledged.count, Array(row.hash) != acknowledged[next] { lost = true }
      next += 1
    }
    if lost || next < acknowledged.count {
      findings.fail("promise 9: of \(acknowledged.count) acknowledged events \(next) are there, or others than those")
    }
  }
}
