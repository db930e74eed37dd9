import CSQLite

/// One connection to a database, owned by one thread at a time.
final class SQLiteConnection {
  let path: String
  private(set) var handle: OpaquePointer?

  /// - Parameters:
  ///   - flags: `SQLITE_OPEN_…`; the connection is opened without a mutex of its own.
  ///   - vfs: the name of a registered file system, or `nil` for the default one.
  init(path: String, flags: Int32, vfs: String? = nil) throws {
    self.path = path
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
    guard code == SQLITE_OK, let opened else {
      let text = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw EventStoreError.sqlite(code, text, path: path)
    }
    handle = opened
    // What is in a store is data: no function or view in it may do more than compute.
    try configure(SQLITE_DBCONFIG_DEFENSIVE, true)
    try configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)
    sqlite3_busy_timeout(opened, 5_000)
  }

  deinit { close() }

  /// Ends the connection; statements that are still alive are finalized later, by their owners.
  func close() {
    sqlite3_close_v2(handle)
    handle = nil
  }

  func configure(_ option: Int32, _ on: Bool) throws {
    guard let handle else { throw EventStoreError.closed(path) }
    let code = copytrade_sqlite_configure(handle, option, on ? 1 : 0)
    guard code == SQLITE_OK else { throw error(code) }
  }

  func error(_ code: Int32) -> EventStoreError {
    .sqlite(code, handle.map { String(cString: sqlite3_errmsg($0)) } ?? "closed", path: path)
  }

  /// Runs statements whose rows nobody needs.
  func execute(_ sql: String) throws {
    guard let handle else { throw EventStoreError.closed(path) }
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  func prepare(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(self, sql) }

  /// The first column of the first row as an integer; `nil` when there is no row or it is null.
  func integer(_ sql: String) throws -> Int64? {
    let statement = try prepare(sql)
    guard try statement.step() else { return nil }
    return statement.isNull(0) ? nil : statement.integer(0)
  }

  /// The first column of every row as text.
  func texts(_ sql: String) throws -> [String] {
    let statement = try prepare(sql)
    var rows: [String] = []
    while try statement.step() { rows.append(String(decoding: statement.bytes(0), as: UTF8.self)) }
    return rows
  }

  var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

  /// The first bytes of the database file, read through SQLite's own handle.
  ///
  /// Opening the file beside SQLite and closing it again would drop the locks that this process holds on it.
  func rawHeader(_ count: Int = 100) throws -> [UInt8] {
    guard let handle else { throw EventStoreError.closed(path) }
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let methods = file.pointee.pMethods, let read = methods.pointee.xRead, let size = methods.pointee.xFileSize
    else { return [] }
    var length: sqlite3_int64 = 0
    guard size(file, &length) == SQLITE_OK else { return [] }
    var bytes = [UInt8](repeating: 0, count: min(count, Int(length)))
    if bytes.isEmpty { return [] }
    let code = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, Int32($0.count), 0) }
    guard code == SQLITE_OK else { throw EventStoreError.sqlite(code, "reading the header failed", path: path) }
    return bytes
  }
}
