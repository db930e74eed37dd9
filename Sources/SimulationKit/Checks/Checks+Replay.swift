import Domain
import Engine
import EventStore
import Projections

/// Promise 8.
extension Checks {
  /// Promise 8: the same decisions are made again, and the fold of the log is the state that was decided upon.
  mutating func expectReplay(_ log: any EventSource, _ state: State) throws {
    var verifier = ReplayVerifier()
    try log.read(from: .first, through: SequenceNumber(.max), limit: .max) { row in
      verifier.take(
        try LogFold.decode(row), sequence: SequenceNumber(row.sequence),
        recordedAt: Timestamp(microseconds: row.recordedAt),
        causation: row.causation == 0 ? nil : SequenceNumber(row.causation))
    }
    verifier.finish()
    if let failure = verifier.failure { findings.fail("promise 8: \(failure)") }
    var live = state
    live.forgetTouched()
    if live != folded { findings.fail("promise 8: the state is not the fold of the log") }
  }
}
