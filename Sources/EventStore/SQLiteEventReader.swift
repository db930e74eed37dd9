import CSQLite
import Domain

/// Reads a store without ever writing to it: beside a live writer, after it, or on a copy.
///
/// SQLite may leave an empty `-wal` and a `-shm` file beside a store that was closed; the next writer removes them.
public final class SQLiteEventReader: EventSource {
  public let path: String
  let connection: SQLiteConnection
  private var scanStatement: SQLiteStatement?

  /// Opens the store at `path` for reading.
  ///
  /// - Throws: ``EventStoreError`` when there is no store, or it is not ours, newer than this program, or damaged in
  /// its
  ///   header or schema. Damage among the events shows when they are read.
  public convenience init(path: String, vfs: String? = nil) throws {
    try self.init(path: path, vfs: vfs, checksSchema: true)
  }

  init(path: String, vfs: String? = nil, checksSchema: Bool) throws {
    self.path = path
    connection = try SQLiteEventReader.connect(path, vfs)
    if checksSchema { try StoreFile.checkSchema(connection) }
  }

  private static func connect(_ path: String, _ vfs: String?) throws -> SQLiteConnection {
    if vfs == nil, StoreFile.length(path) == nil {
      throw EventStoreError(.notFound, "There is no store at \(path). Name the right file.")
    }
    let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READONLY, vfs: vfs)
    let header = try connection.rawHeader()
    if header.isEmpty, StoreFile.length(path) ?? 0 == 0 {
      throw EventStoreError(.notFound, "\(path) is empty: no store was made there yet.")
    }
    try StoreFile.checkHeader(header, path: path)
    do {
      try prepare(connection)
      return connection
    } catch let failure as EventStoreError where failure.code == .cannotOpen && vfs == nil {
      // A write-ahead log needs its index beside the store. Where that cannot be made, such as on a read-only disk, and
      // nothing is in the write-ahead log, nobody can be writing: the file alone is the whole store.
      guard StoreFile.length(path + "-wal") ?? 0 == 0, StoreFile.length(path + "-journal") == nil else { throw failure }
      connection.close()
      let alone = try SQLiteConnection(path: unchanging(path), flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      try prepare(alone)
      return alone
    }
  }

  private static func prepare(_ connection: SQLiteConnection) throws {
    try connection.execute("PRAGMA cell_size_check = ON; PRAGMA query_only = ON; SELECT count(*) FROM sqlite_schema")
  }

  /// The URI that tells SQLite that a file is not going to change.
  static func unchanging(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
        uri += "%" + String(byte, radix: 16)
      } else {
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return uri + "?immutable=1"
  }

  @discardableResult
  public func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    // Taken while in use, so that a read within a read prepares its own.
    let statement = try scanStatement ?? connection.prepare(SQLiteConnection.scanText)
    scanStatement = nil
    defer { scanStatement = statement }
    return try connection.scan(statement, from: from.value, through: through.value, limit: limit, body)
  }

  /// The last event that is durable now, and its hash: an anchor.
  public func lastEvent() throws -> Anchor {
    let last = try connection.lastEvent()
    return Anchor(sequence: last.sequence, hash: last.hash)
  }

  public func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot? {
    try connection.newestSnapshot(kind: kind, format: format, withState: true)?.snapshot
  }

  /// Ends the use of the store; reading throws afterwards.
  public func close() {
    scanStatement = nil
    connection.close()
  }
}
