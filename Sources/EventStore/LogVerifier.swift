import CSQLite
import Dispatch
import Domain
import Synchronization

/// Checks that a store is what was written to it, without writing to it: live, closed, or a copy.
public enum LogVerifier {
  /// Decodes a payload, given its event's type and schema version; throws when it cannot.
  ///
  /// Called from several threads, in no order.
  public typealias Decode = @Sendable (UnsafeRawBufferPointer, Int, UnsafeRawBufferPointer) throws -> Void

  /// Verifies the store at `path`, on all cores.
  ///
  /// Checks the header and the schema, the structure of the database and its index, that sequences and the versions of
  /// every stream are dense, that every payload is canonical and decodes, and recomputes the hash chain. A store that was
  /// closed in order is sealed: there, a byte changed anywhere is found. A cut tail is revealed only by an anchor.
  ///
  /// - Parameters:
  ///   - vfs: the name of a registered SQLite file system, or `nil` for the default one.
  ///   - anchors: places of the chain known from elsewhere.
  ///   - decode: see ``Decode``.
  ///   - progress: told now and then how many more events are done, from several threads.
  /// - Returns: what was found; damage is a finding, not an error.
  /// - Throws: ``EventStoreError`` when there is no store, or it is not ours or newer than this program.
  public static func verify(
    path: String, vfs: String? = nil, anchors: [Anchor] = [], decode: @escaping Decode = { _, _, _ in },
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> VerifyReport {
    let plan: Plan
    do {
      plan = try Plan(StorePlace(path: path, vfs: vfs))
    } catch let failure as EventStoreError where failure.code == .damaged || Seal.shows(failure, path, vfs) {
      // Nothing can be read, so the first event is the first that cannot.
      return VerifyReport(
        last: Anchor(sequence: .beforeFirst, hash: .zero), streams: 0,
        damage: [VerifyReport.Finding(sequence: failure.sequence ?? .first, message: failure.message)],
        anchorsBroken: [])
    }
    let places = Set(anchors.map(\.sequence.value))
    let ranges = Mutex([RangeFindings?](repeating: nil, count: plan.starts.count))
    let beside = BesideEvents(plan.place, through: plan.last)
    // Two pieces of work beside the ranges; they come first, since neither can be divided.
    let next = Atomic(0)
    let pieces = plan.starts.count + 2
    DispatchQueue.concurrentPerform(iterations: min(plan.cores, pieces)) { _ in
      while true {
        let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
        switch piece {
        case 0: beside.checkFile()
        case 1: beside.checkIndex()
        case 2..<pieces:
          let number = piece - 2
          let findings = verify(range: number, of: plan, places, decode, progress)
          ranges.withLock { $0[number] = findings }
        default: return
        }
      }
    }
    var summary = VerifySummary()
    for findings in ranges.withLock({ $0 }) {
      if let findings { summary.join(findings) }
    }
    let found = beside.findings
    summary.take(found, place: plan.place)
    var report = summary.report(anchors: anchors)
    report.isSealed = found.seal == .right
    return report
  }

  /// The stretches of the log that are verified side by side.
  struct Plan: Sendable {
    let place: StorePlace
    let last: Int64
    let starts: [Int64]
    let cores: Int

    init(_ place: StorePlace) throws {
      self.place = place
      let reader = try place.reader(checksSchema: true)
      cores = ProcessorCount.online
      // Where the end cannot be found, one stretch from the start meets what is in the way.
      let last = (try? reader.connection.lastEvent().sequence.value) ?? 0
      self.last = last
      let count = last < 20_000 ? 1 : Int64(cores * 8)
      starts = (0..<count).map { 1 + last / count * $0 }
    }
  }

  /// Where a store lies; every thread opens its own reader there.
  struct StorePlace: Sendable {
    let path: String
    let vfs: String?

    func reader(checksSchema: Bool) throws -> SQLiteEventReader {
      try SQLiteEventReader(path: path, vfs: vfs, checksSchema: checksSchema)
    }
  }

  private static func verify(
    range number: Int, of plan: Plan, _ anchors: Set<Int64>, _ decode: @escaping Decode,
    _ progress: @Sendable (Int) -> Void
  ) -> RangeFindings {
    let from = plan.starts[number]
    let isLast = number == plan.starts.count - 1
    let through = isLast ? plan.last : plan.starts[number + 1] - 1
    do {
      let reader = try plan.place.reader(checksSchema: false)
      return RangeVerifier(from: from, identitiesThrough: plan.last, anchors: anchors, decode: decode)
        .verify(reader.connection, through: through, isLast: isLast, progress: progress)
    } catch {
      var findings = RangeFindings(from: from, through: from - 1)
      findings.damage = VerifyReport.Finding(
        sequence: SequenceNumber(from), message: "event \(from) cannot be read: \(error)")
      return findings
    }
  }
}
