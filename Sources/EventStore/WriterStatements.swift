import CSQLite
import Domain

/// The statements that write events: there are no others.
final class WriterStatements {
  private(set) var all: Prepared?

  struct Prepared {
    let begin: SQLiteStatement
    let commit: SQLiteStatement
    let rollback: SQLiteStatement
    let insert: SQLiteStatement
    let byID: SQLiteStatement
  }

  init(_ connection: SQLiteConnection) throws {
    all = Prepared(
      begin: try connection.prepare("BEGIN IMMEDIATE"),
      commit: try connection.prepare("COMMIT"),
      rollback: try connection.prepare("ROLLBACK"),
      insert: try connection.prepare(
        "INSERT INTO events(\(EventRow.columns)) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"),
      byID: try connection.prepare("SELECT \(EventRow.columns) FROM events WHERE event_id = ?1"))
  }

  /// A statement that lives keeps the database open.
  func finalize() { all = nil }
}

extension WriterStatements.Prepared {
  /// Inserts `row` with `hash`; returns SQLite's code.
  @inline(__always)
  func insert(_ row: borrowing EventRow, hash: EventHash) -> Int32 {
    insert.bind(1, row.sequence)
    insert.bindText(2, row.stream)
    insert.bind(3, row.streamVersion)
    insert.bindBlob(4, row.eventID)
    insert.bindText(5, row.type)
    insert.bind(6, row.schemaVersion)
    insert.bind(7, row.recordedAt)
    insert.bind(8, row.occurredAt)
    if row.causation == 0 { insert.bindNull(9) } else { insert.bind(9, row.causation) }
    if let correlation = row.correlation { insert.bindText(10, correlation) } else { insert.bindNull(10) }
    insert.bindText(11, row.payload)
    insert.bindBlob(12, row.previousHash)
    return hash.withBytes {
      insert.bindBlob(13, $0)
      return insert.runForCode()
    }
  }

  /// The event with an id, durable or of the open transaction.
  func event(_ id: EventID) throws -> StoredEvent? {
    let bytes = (id.high.bigEndian, id.low.bigEndian)
    return try withUnsafeBytes(of: bytes) {
      byID.bindBlob(1, $0)
      defer { byID.reset() }
      guard try byID.step() else { return nil }
      let row = EventRow(byID)
      return try row.stored()
    }
  }
}
