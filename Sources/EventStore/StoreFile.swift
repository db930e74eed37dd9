import CSQLite
import Domain
import Glibc

/// What the file of a store must be before anything is read from it or written to it.
enum StoreFile {
  static let magic = Array("SQLite format 3\0".utf8)

  static func systemError(_ what: String, _ code: EventStoreError.Code = .cannotOpen) -> EventStoreError {
    let reason = errno
    return EventStoreError(
      reason == ENOSPC ? .full : code, "\(what): \(String(cString: strerror(reason))). Look at the path and the disk.")
  }

  /// The length of a file, or `nil` when there is none.
  static func length(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Refuses a file that others may write to: a log that anybody can change proves nothing.
  static func checkModes(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o022 != 0 else { return }
    throw EventStoreError(
      .modesTooOpen, "Others than its owner may write to the store \(path). Run: chmod go-w '\(path)'")
  }

  /// Makes an empty file that only its owner may touch.
  static func create(_ path: String, existing: EventStoreError.Code = .outputExists) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw errno == EEXIST
        ? EventStoreError(existing, "\(path) exists and is not overwritten. Name another file.")
        : systemError("\(path) cannot be created")
    }
    close(descriptor)
  }

  /// Makes a directory entry survive a power cut.
  static func synchronize(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("\(path) cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError("\(path) cannot be made durable", .inputOutput) }
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Refuses a header that is not ours, in the order in which a person wants to know.
  static func checkHeader(_ header: [UInt8], path: String) throws {
    guard header.count >= 16, header.starts(with: magic) else {
      throw EventStoreError(
        .notOurs, "\(path) is not an SQLite database, so it is no store of ours. Name the right file.")
    }
    guard header.count == 100 else { throw EventStoreError.damaged("\(path) ends within its header") }
    let application = bigEndian(header, at: 68)
    guard application == Schema.applicationID else {
      throw EventStoreError(
        .notOurs, "\(path) is a database of another program, no store of ours. Name the right file.")
    }
    let version = bigEndian(header, at: 60)
    guard version <= Schema.version else {
      throw EventStoreError(
        .newer,
        "\(path) was written by a newer version of this program (schema \(version), ours is \(Schema.version)). "
          + "Upgrade the program.")
    }
    guard version == Schema.version else { throw EventStoreError.damaged("\(path) has the schema version \(version)") }
    if let flaw = flaw(in: header) { throw EventStoreError.damaged("\(path): \(flaw)") }
  }

  /// What is wrong with the fields of the header that never change in a store, or `nil`.
  private static func flaw(in header: [UInt8]) -> String? {
    let pageSize = Int(header[16]) << 8 | Int(header[17])
    if pageSize != 1 && (pageSize < 512 || pageSize & (pageSize - 1) != 0) { return "the page size is impossible" }
    if !(1...2).contains(header[18]) || !(1...2).contains(header[19]) { return "the file format is unknown" }
    if header[20] != 0 || Array(header[21...23]) != [64, 32, 32] { return "the payload fractions are wrong" }
    if bigEndian(header, at: 44) != 4 { return "the schema format is wrong" }
    if bigEndian(header, at: 52) != 0 || bigEndian(header, at: 64) != 0 { return "the vacuum mode is wrong" }
    if bigEndian(header, at: 56) != 1 { return "the text encoding is wrong" }
    if header[72..<92].contains(where: { $0 != 0 }) { return "the reserved bytes are not zero" }
    return nil
  }

  private static func bigEndian(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Refuses a database whose tables, triggers or views are not exactly those of `schema.sql`.
  static func checkSchema(_ connection: SQLiteConnection) throws {
    let query = """
      SELECT type || char(10) || name || char(10) || tbl_name || char(10) || ifnull(sql, '') FROM sqlite_schema
      WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1
      """
    let model = try SQLiteConnection(path: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try model.execute(Schema.text)
    guard try connection.texts(query) == model.texts(query) else {
      throw EventStoreError.damaged("the schema of \(connection.path) is not the one it was made with")
    }
  }
}
