import CSQLite
import Domain
import Glibc

extension SQLiteEventReader {
  /// Writes a consistent, verified copy of the store to a new file, while a writer may go on writing.
  ///
  /// The copy is one file without a write-ahead log, so it can be read from anywhere. It appears under its name only
  /// when it is whole, verified, sealed and durable. Mode 0600.
  ///
  /// - Returns: what verifying the copy found; sound. Its last event is the anchor to keep.
  /// - Throws: ``EventStoreError/Code/outputExists`` when there is a file of that name already, else the code of what
  ///   failed; ``EventStoreError/Code/damaged`` when the copy, and so the store, is damaged. No file is left then.
  @discardableResult
  public func backup(
    to output: String, decode: @escaping LogVerifier.Decode = { _, _, _ in },
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> VerifyReport {
    var status = stat()
    guard lstat(output, &status) != 0 else { throw StoreBackup.exists(output) }
    let partial = "\(output).partial-\(getpid())"
    unlink(partial)
    try StoreFile.create(partial)
    defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(partial + suffix) } }
    try StoreBackup.copy(connection, to: partial)
    var report = try LogVerifier.verify(path: partial, decode: decode, progress: progress)
    guard report.isSound else {
      throw EventStoreError.damaged(
        report.damage.first?.message ?? "its copy does not verify", at: report.firstBadSequence)
    }
    report.isSealed = try StoreBackup.seal(partial)
    try StoreFile.synchronize(partial)
    // A link, unlike a rename, never replaces a file that came into being meanwhile.
    guard link(partial, output) == 0 else {
      throw errno == EEXIST ? StoreBackup.exists(output) : StoreFile.systemError("\(output) cannot be created")
    }
    try StoreFile.synchronize(StoreFile.directory(of: output))
    return report
  }
}

private enum StoreBackup {
  static func exists(_ output: String) -> EventStoreError {
    EventStoreError(.outputExists, "\(output) exists and is not overwritten. Name another file.")
  }

  static func copy(_ source: SQLiteConnection, to path: String) throws {
    let target = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
    defer { target.close() }
    try target.execute("PRAGMA synchronous = FULL")
    guard let backup = sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
      throw target.error(sqlite3_errcode(target.handle))
    }
    // In one step, which is one view of the source: in several, every commit beside it would start it anew.
    let code = sqlite3_backup_step(backup, -1)
    let finished = sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, finished == SQLITE_OK else {
      throw target.error(code == SQLITE_DONE ? finished : code)
    }
    guard try target.texts("PRAGMA journal_mode = DELETE") == ["delete"] else {
      throw EventStoreError(.internalFault, "The copy \(path) could not be made one file.")
    }
    // What the copy has of its source's seal is not about the copy.
    try Seal.clear(target)
  }

  static func seal(_ path: String) throws -> Bool {
    let target = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
    defer { target.close() }
    return Seal.set(target)
  }
}
