import Domain

/// A snapshot as it lies in the store, with what makes it trustworthy.
struct StoredSnapshot {
  var snapshot: LogSnapshot
  var eventHash: EventHash
  var heads: [StreamName: StreamVersion]

  /// One line for each stream, sorted: version, blank, stream. Names hold no control characters, so lines are whole.
  static func text(of heads: [StreamName: StreamVersion]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (stream, version) in heads.sorted(by: { $0.key < $1.key }) {
      bytes.append(contentsOf: "\(version.value) \(stream)\n".utf8)
    }
    return bytes
  }

  static func heads(from text: UnsafeRawBufferPointer) -> [StreamName: StreamVersion]? {
    var heads: [StreamName: StreamVersion] = [:]
    for line in text.split(separator: UInt8(ascii: "\n")) {
      guard let blank = line.firstIndex(of: UInt8(ascii: " ")),
        let version = Int64(String(decoding: line[..<blank], as: UTF8.self)), version > 0,
        let name = ShortText(utf8: UnsafeRawBufferPointer(rebasing: line[(blank + 1)...]))
      else { return nil }
      heads[StreamName(text: name)] = StreamVersion(version)
    }
    return heads
  }

  /// SHA-256 over every column, each behind its length.
  static func checksum(
    sequence: Int64, kind: UnsafeRawBufferPointer, format: Int64, eventHash: UnsafeRawBufferPointer,
    heads: UnsafeRawBufferPointer, state: UnsafeRawBufferPointer
  ) -> EventHash {
    var buffer = ByteBuffer(capacity: 512 + heads.count + state.count)
    buffer.appendDecimal(sequence)
    buffer.append(UInt8(ascii: " "))
    buffer.appendDecimal(format)
    for part in [kind, eventHash, heads, state] {
      buffer.append(UInt8(ascii: " "))
      buffer.appendDecimal(Int64(part.count))
      buffer.append(UInt8(ascii: " "))
      buffer.append(part)
    }
    return buffer.withBytes { EventHash(sha256Of: $0) }
  }
}

extension SQLiteConnection {
  /// The newest snapshot, of one kind and format or of any, that is undamaged and belongs to the log as it is.
  func newestSnapshot(kind: ShortText? = nil, format: Int? = nil, withState: Bool) throws -> StoredSnapshot? {
    let statement = try prepare(
      """
      SELECT s.sequence, s.kind, s.format, s.event_hash, s.heads, s.state, s.checksum, e.hash
      FROM snapshots AS s LEFT JOIN events AS e ON e.sequence = s.sequence
      WHERE (?1 IS NULL OR s.kind = ?1) AND (?2 IS NULL OR s.format = ?2) ORDER BY s.sequence DESC
      """)
    if let format { statement.bind(2, Int64(format)) } else { statement.bindNull(2) }
    guard let kind else { return try firstValid(statement, withState: withState) }
    return try kind.withBytes {
      statement.bindText(1, $0)
      return try firstValid(statement, withState: withState)
    }
  }

  private func firstValid(_ statement: SQLiteStatement, withState: Bool) throws -> StoredSnapshot? {
    while true {
      do {
        guard try statement.step() else { return nil }
      } catch let failure as EventStoreError where failure.code == .damaged {
        // A snapshot that cannot be read is as good as none: the events tell the same.
        return nil
      }
      let sequence = statement.integer(0)
      let state = statement.bytes(5)
      let isFirst = sequence == 0
      let checksum = StoredSnapshot.checksum(
        sequence: sequence, kind: statement.bytes(1), format: statement.integer(2), eventHash: statement.bytes(3),
        heads: statement.bytes(4), state: state)
      guard EventHash(bytes: statement.bytes(6)) == checksum, let eventHash = EventHash(bytes: statement.bytes(3)),
        eventHash == (isFirst ? .zero : EventHash(bytes: statement.bytes(7))),
        let kind = ShortText(utf8: statement.bytes(1)), let format = Int(exactly: statement.integer(2)),
        let heads = StoredSnapshot.heads(from: statement.bytes(4))
      else { continue }
      let snapshot = LogSnapshot(
        sequence: SequenceNumber(sequence), kind: kind, format: format, state: withState ? Array(state) : [])
      return StoredSnapshot(snapshot: snapshot, eventHash: eventHash, heads: heads)
    }
  }
}
