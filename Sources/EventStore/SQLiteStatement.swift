import CSQLite

/// A prepared statement, finalized with its last reference.
final class SQLiteStatement {
  private let connection: SQLiteConnection
  let handle: OpaquePointer

  init(_ connection: SQLiteConnection, _ sql: String) throws {
    guard let database = connection.handle else { throw EventStoreError.closed(connection.path) }
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw connection.error(code) }
    self.connection = connection
    handle = prepared
  }

  deinit { sqlite3_finalize(handle) }

  /// Goes to the next row; `false` when there is none left.
  @inline(__always)
  func step() throws -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw connection.error(code)
  }

  /// Runs a statement that has no rows, and makes it ready to run again; returns SQLite's code instead of throwing.
  @inline(__always)
  func runForCode() -> Int32 {
    let code = sqlite3_step(handle)
    sqlite3_reset(handle)
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code
  }

  func run() throws {
    let code = runForCode()
    guard code == SQLITE_OK else { throw connection.error(code) }
  }

  func reset() { sqlite3_reset(handle) }

  func bind(_ column: Int32, _ value: Int64) { sqlite3_bind_int64(handle, column, value) }
  func bindNull(_ column: Int32) { sqlite3_bind_null(handle, column) }

  /// Binds bytes without copying them: they must live until the statement has been stepped and reset.
  func bindText(_ column: Int32, _ bytes: UnsafeRawBufferPointer) {
    // A null pointer would bind NULL, and an empty text is not that.
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
      sqlite3_bind_text(handle, column, "", 0, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
      return
    }
    sqlite3_bind_text(handle, column, start, Int32(bytes.count), nil)
  }

  /// As ``bindText(_:_:)``.
  func bindBlob(_ column: Int32, _ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else {
      sqlite3_bind_zeroblob(handle, column, 0)
      return
    }
    sqlite3_bind_blob(handle, column, bytes.baseAddress, Int32(bytes.count), nil)
  }

  @inline(__always) func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  @inline(__always) func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The bytes of a text or blob, valid until the next step. As a blob, SQLite neither copies nor converts them.
  @inline(__always)
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }
}
