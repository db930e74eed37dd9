import Domain
import Synchronization

/// Checks what lies in a store beside its events, in two pieces of work that may run side by side.
///
/// Where the seal is right there is nothing else to check, and its hash is cheaper than all the rest.
final class BesideEvents: Sendable {
  struct Findings: Sendable {
    var seal = Seal.Verdict.open
    var structure: [String] = []
    var index: Result<IdentitySum, EventStoreError>?
    var snapshots: [VerifyReport.Finding] = []
    var writeAheadLog: [VerifyReport.Finding] = []
  }

  private let place: LogVerifier.StorePlace
  private let last: Int64
  private let claimsSeal: Bool
  private let state = Mutex(Findings())

  init(_ place: LogVerifier.StorePlace, through last: Int64) {
    self.place = place
    self.last = last
    let value = try? Seal.value(place.reader(checksSchema: false).connection)
    // What cannot be read is for the seal's examination to put into words.
    claimsSeal = value != .zero
  }

  var findings: Findings { state.withLock { $0 } }

  /// The first piece: the seal; where there is none, or it is not right, everything that says more.
  func checkFile() {
    let seal = claimsSeal ? Seal.examine(place) : .open
    state.withLock { $0.seal = seal }
    if seal == .right { return }
    let structure = IntegrityCheck.structure(place)
    let snapshots = IntegrityCheck.snapshots(place)
    let writeAheadLog = IntegrityCheck.writeAheadLog(place)
    state.withLock {
      $0.structure = structure
      $0.snapshots = snapshots
      $0.writeAheadLog = writeAheadLog
    }
    if claimsSeal { sumIndex() }
  }

  /// The second piece: the index, at once where there is no seal.
  func checkIndex() {
    if !claimsSeal { sumIndex() }
  }

  private func sumIndex() {
    let index = IntegrityCheck.identities(place, through: last)
    state.withLock { $0.index = index }
  }
}

extension IntegrityCheck {
  /// Whether events that were acknowledged lie behind damage in the write-ahead log.
  static func writeAheadLog(_ place: LogVerifier.StorePlace) -> [VerifyReport.Finding] {
    do {
      let reader = try place.reader(checksSchema: false)
      let last = try reader.connection.lastEvent().sequence
      guard try WriteAheadLog(reader.connection)?.hidesCommits() == true else { return [] }
      let failure = EventStoreError.hidden(after: last)
      return [VerifyReport.Finding(sequence: failure.sequence, message: failure.message)]
    } catch {
      return [VerifyReport.Finding(sequence: nil, message: "the write-ahead log cannot be read: \(error)")]
    }
  }

  /// The snapshots that are not as they were written. They are never used, and never missed; but somebody changed them.
  static func snapshots(_ place: LogVerifier.StorePlace) -> [VerifyReport.Finding] {
    var findings: [VerifyReport.Finding] = []
    do {
      let reader = try place.reader(checksSchema: false)
      let statement = try reader.connection.prepare(
        "SELECT sequence, kind, format, event_hash, heads, state, checksum FROM snapshots ORDER BY sequence")
      while try statement.step() {
        let sequence = statement.integer(0)
        let checksum = StoredSnapshot.checksum(
          sequence: sequence, kind: statement.bytes(1), format: statement.integer(2), eventHash: statement.bytes(3),
          heads: statement.bytes(4), state: statement.bytes(5))
        if EventHash(bytes: statement.bytes(6)) == checksum { continue }
        findings.append(
          VerifyReport.Finding(
            sequence: SequenceNumber(max(sequence, 1)),
            message: "the snapshot at event \(sequence) is not as it was written"))
      }
    } catch {
      findings.append(VerifyReport.Finding(sequence: nil, message: "the snapshots cannot be read: \(error)"))
    }
    return findings
  }
}
