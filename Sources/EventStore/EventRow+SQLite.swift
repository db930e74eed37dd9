import CSQLite
import Domain

extension EventRow {
  static let columns = """
    sequence, stream, stream_version, event_id, type, schema_version, recorded_at, occurred_at, causation, \
    correlation, payload, previous_hash, hash
    """

  /// The row that `statement`, which selects ``columns``, stands on; valid until its next step.
  @inline(__always)
  init(_ statement: SQLiteStatement) {
    let correlation = statement.bytes(9)
    self.init(
      sequence: statement.integer(0), stream: statement.bytes(1), streamVersion: statement.integer(2),
      eventID: statement.bytes(3), type: statement.bytes(4), schemaVersion: statement.integer(5),
      recordedAt: statement.integer(6), occurredAt: statement.integer(7), causation: statement.integer(8),
      correlation: correlation.baseAddress == nil && statement.isNull(9) ? nil : correlation,
      payload: statement.bytes(10), previousHash: statement.bytes(11), hash: statement.bytes(12))
  }

  /// Whether the fixed columns have their widths and the times have a text: what hashing and exporting rely on.
  @inline(__always)
  var isWellFormed: Bool {
    eventID.count == 16 && previousHash.count == 32 && hash.count == 32 && storableTimes.contains(recordedAt)
      && storableTimes.contains(occurredAt)
  }
}

extension SQLiteStatement {
  /// Whether every column of ``EventRow/columns`` has the storage class it was declared with: a flipped bit can turn a
  /// text into a blob of the same bytes.
  @inline(__always)
  var hasDeclaredTypes: Bool {
    isType(0, SQLITE_INTEGER) && isType(1, SQLITE_TEXT) && isType(2, SQLITE_INTEGER) && isType(3, SQLITE_BLOB)
      && isType(4, SQLITE_TEXT) && isType(5, SQLITE_INTEGER) && isType(6, SQLITE_INTEGER) && isType(7, SQLITE_INTEGER)
      // Null and the number 0 differ by a bit as well; no event is caused by event 0.
      && (isNull(8) || (isType(8, SQLITE_INTEGER) && integer(8) > 0))
      && (isType(9, SQLITE_TEXT) || isNull(9)) && isType(10, SQLITE_TEXT) && isType(11, SQLITE_BLOB)
      && isType(12, SQLITE_BLOB)
  }

  @inline(__always)
  private func isType(_ column: Int32, _ type: Int32) -> Bool { sqlite3_column_type(handle, column) == type }
}

extension SQLiteConnection {
  /// Passes the events from one sequence through another to `body`, in order, at most `limit` of them.
  ///
  /// - Returns: how many there were.
  /// - Throws: damage, with the sequence at which the log stops being dense or cannot be read; what `body` throws.
  func scan(
    _ statement: SQLiteStatement, from: Int64, through: Int64, limit: Int,
    _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    statement.bind(1, max(from, 1))
    statement.bind(2, through)
    statement.bind(3, Int64(limit))
    defer { statement.reset() }
    var expected = max(from, 1)
    var count = 0
    while true {
      let code = sqlite3_step(statement.handle)
      if code == SQLITE_DONE { return count }
      guard code == SQLITE_ROW else {
        let failure = error(code)
        throw failure.code == .damaged
          ? EventStoreError.damaged(
            "event \(expected) cannot be read (SQLite \(code))", at: SequenceNumber(expected), sqliteCode: code)
          : failure
      }
      let row = EventRow(statement)
      guard row.sequence == expected else { throw EventStoreError.hole(at: expected) }
      guard row.isWellFormed else {
        throw EventStoreError.damaged(
          "event \(expected) holds a column that no event of ours holds", at: SequenceNumber(expected))
      }
      try body(row)
      expected += 1
      count += 1
    }
  }

  static let scanText =
    "SELECT \(EventRow.columns) FROM events WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence LIMIT ?3"
}
