import CSQLite
import Domain

/// What verifying one stretch of the log found, in a form that joins with the stretches beside it.
struct RangeFindings: Sendable {
  struct StreamSpan: Sendable {
    var firstVersion: Int64
    var firstSequence: Int64
    var lastVersion: Int64
  }

  let from: Int64
  /// The last event that was sound; `from - 1` when there was none.
  var through: Int64
  /// What the first event says the hash before it is.
  var firstPrevious = EventHash.zero
  var lastHash = EventHash.zero
  var streams: [ShortText: StreamSpan] = [:]
  /// Order-independent sum over the ids and their sequences, to be compared with the index.
  var idSum = IdentitySum()
  /// The hashes at the sequences of the anchors within.
  var anchored: [Int64: EventHash] = [:]
  var damage: VerifyReport.Finding?
}

/// Recomputes one stretch of the log, event by event.
struct RangeVerifier: ~Copyable {
  private var hasher = ChainHasher()
  private var findings: RangeFindings
  private var expected: Int64
  private var previous = EventHash.zero
  private let identitiesThrough: Int64
  private let anchors: Set<Int64>
  private let decode: LogVerifier.Decode

  /// - Parameter identitiesThrough: the last event whose id is summed, the same for all stretches and the index.
  init(from: Int64, identitiesThrough: Int64, anchors: Set<Int64>, decode: @escaping LogVerifier.Decode) {
    findings = RangeFindings(from: from, through: from - 1)
    expected = from
    self.identitiesThrough = identitiesThrough
    self.anchors = anchors
    self.decode = decode
  }

  /// Verifies the events from `from` through another, or to the end of the log; stops at the first that is not sound.
  consuming func verify(
    _ connection: SQLiteConnection, through last: Int64, isLast: Bool, progress: (Int) -> Void
  ) -> RangeFindings {
    do {
      let statement = try connection.prepare(SQLiteConnection.scanText)
      statement.bind(1, expected)
      statement.bind(2, isLast ? .max : last)
      statement.bind(3, -1)
      defer { statement.reset() }
      while true {
        let code = sqlite3_step(statement.handle)
        if code == SQLITE_DONE { break }
        guard code == SQLITE_ROW else {
          return failed("event \(expected) cannot be read: \(connection.error(code).message)")
        }
        let row = EventRow(statement)
        if let flaw = check(row, statement) { return failed(flaw) }
        expected += 1
        if expected & 0xFFFF == 0 { progress(0x10000) }
      }
    } catch {
      return failed("event \(expected) cannot be read: \(error)")
    }
    if expected <= last { return failed("event \(expected) is missing") }
    findings.through = expected - 1
    findings.lastHash = previous
    return findings
  }

  private consuming func failed(_ message: String) -> RangeFindings {
    findings.through = expected - 1
    findings.lastHash = previous
    findings.damage = VerifyReport.Finding(sequence: SequenceNumber(expected), message: message)
    return findings
  }

  /// What is wrong with the event that should be the expected one, or `nil`.
  @inline(__always)
  private mutating func check(_ row: borrowing EventRow, _ statement: SQLiteStatement) -> String? {
    if row.sequence != expected {
      return row.sequence > expected
        ? "event \(expected) is missing" : "event \(row.sequence) stands where event \(expected) should"
    }
    guard statement.hasDeclaredTypes, row.isWellFormed, let stored = EventHash(bytes: row.previousHash),
      let hash = EventHash(bytes: row.hash), let stream = ShortText(utf8: row.stream), stream.isPlainName,
      RangeVerifier.isName(row.type), row.schemaVersion > 0, row.causation < expected
    else { return "event \(expected) holds a column that no event of ours holds" }
    if let correlation = row.correlation, !RangeVerifier.isName(correlation), ShortText(utf8: correlation) == nil {
      return "event \(expected) holds a correlation that no event of ours holds"
    }
    if expected == findings.from, expected > 1 {
      findings.firstPrevious = stored
    } else if stored != previous {
      return "event \(expected) is not chained to the event before it"
    }
    if hasher.hash(row, after: stored) != hash { return "event \(expected) does not have the hash it was written with" }
    if !isNextVersion(stream, row.streamVersion) { return "event \(expected) has the wrong version in its stream" }
    if !CanonicalJSON.holds(row.payload) { return "the payload of event \(expected) is not canonical JSON" }
    do { try decode(row.type, Int(row.schemaVersion), row.payload) } catch {
      return "the payload of event \(expected) does not decode as its type and version"
    }
    if expected <= identitiesThrough { findings.idSum.add(row.eventID, expected) }
    previous = hash
    if !anchors.isEmpty, anchors.contains(expected) { findings.anchored[expected] = hash }
    return nil
  }

  /// Whether a ``ShortText`` can hold the bytes, and they are a plain name.
  @inline(__always)
  private static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard 1...ShortText.capacity ~= bytes.count else { return false }
    var isASCII = true
    for byte in bytes { isASCII = isASCII && byte >= 0x20 && byte < 0x7F }
    return isASCII || ShortText(utf8: bytes)?.isPlainName == true
  }

  @inline(__always)
  private mutating func isNextVersion(_ stream: ShortText, _ version: Int64) -> Bool {
    let sequence = expected
    let next = { (span: inout RangeFindings.StreamSpan) -> Bool in
      if span.firstSequence == sequence { return true }
      guard version == span.lastVersion + 1 else { return false }
      span.lastVersion = version
      return true
    }
    return next(
      &findings.streams[
        stream, default: .init(firstVersion: version, firstSequence: sequence, lastVersion: version)])
  }
}

/// A sum over (event id, sequence) pairs that does not depend on their order.
struct IdentitySum: Equatable, Sendable {
  private(set) var count: Int64 = 0
  private var first: UInt64 = 0
  private var second: UInt64 = 0

  @inline(__always)
  mutating func add(_ id: UnsafeRawBufferPointer, _ sequence: Int64) {
    let id = EventID(id)
    let mixed = IdentitySum.mix(id.high ^ IdentitySum.mix(id.low ^ IdentitySum.mix(UInt64(bitPattern: sequence))))
    count += 1
    first &+= mixed
    second &+= IdentitySum.mix(mixed ^ 0x9E37_79B9_7F4A_7C15)
  }

  mutating func add(_ other: IdentitySum) {
    count += other.count
    first &+= other.first
    second &+= other.second
  }

  /// The finisher of SplitMix64: every bit of the input changes half of the output.
  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
