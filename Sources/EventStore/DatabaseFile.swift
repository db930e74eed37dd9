import CSQLite
import Domain

/// The bytes of a database's file, through the handle that SQLite has of it.
struct DatabaseFile {
  private let file: UnsafeMutablePointer<sqlite3_file>
  private let methods: sqlite3_io_methods
  /// Kept alive, since the handle is its.
  private let connection: SQLiteConnection
  let length: Int64

  init?(_ connection: SQLiteConnection) {
    guard let file = connection.file(SQLITE_FCNTL_FILE_POINTER), let methods = file.pointee.pMethods?.pointee else {
      return nil
    }
    var length: sqlite3_int64 = 0
    guard methods.xFileSize?(file, &length) == SQLITE_OK else { return nil }
    self.file = file
    self.methods = methods
    self.length = length
    self.connection = connection
  }

  /// Fills `bytes`, which must lie within the file.
  func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
    let code = methods.xRead?(file, bytes.baseAddress, Int32(bytes.count), offset) ?? SQLITE_IOERR
    guard code == SQLITE_OK else {
      throw EventStoreError.sqlite(code, "reading the file failed", path: connection.path)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
    methods.xWrite?(file, bytes.baseAddress, Int32(bytes.count), offset) == SQLITE_OK
  }

  func synchronize() -> Bool { methods.xSync?(file, SQLITE_SYNC_NORMAL) == SQLITE_OK }

  /// How many pages of the write-ahead log hold what was committed; `nil` when nobody can say.
  var writeAheadPages: UInt32? {
    guard methods.iVersion >= 2, let map = methods.xShmMap else { return nil }
    var index: UnsafeMutableRawPointer?
    guard map(file, 0, 32_768, 0, &index) == SQLITE_OK, let index else { return nil }
    // The field mxFrame of the header of the index, https://sqlite.org/walformat.html#the_wal_index_header
    return index.load(fromByteOffset: 16, as: UInt32.self)
  }
}

extension SQLiteConnection {
  func file(_ which: Int32) -> UnsafeMutablePointer<sqlite3_file>? {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard let handle, sqlite3_file_control(handle, "main", which, &file) == SQLITE_OK else { return nil }
    return file
  }

  /// The length of the write-ahead log or the journal, whichever this database has; 0 when it has none.
  var journalLength: Int64? {
    guard let journal = file(SQLITE_FCNTL_JOURNAL_POINTER), let methods = journal.pointee.pMethods else { return 0 }
    var length: sqlite3_int64 = 0
    return methods.pointee.xFileSize?(journal, &length) == SQLITE_OK ? length : nil
  }

  /// Whether what the open transaction sees lies in the file, and nothing of it in the write-ahead log.
  ///
  /// A write-ahead log that is not empty may hold nothing that was committed, after a crash.
  var isWholeInFile: Bool { journalLength == 0 || DatabaseFile(self)?.writeAheadPages == 0 }
}
