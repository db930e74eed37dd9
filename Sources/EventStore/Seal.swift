import CSQLite
import Domain

/// The hash over the whole file of a store that was closed in order, kept in that file.
///
/// The chain covers every byte of every event; the seal covers the bytes beside them: free space, snapshots, the index,
/// the header. The value is zeros from the first commit of a writer on, so that no crash leaves a seal that is not
/// right: before that commit the file is as it was closed, and afterwards it claims nothing.
///
/// Everything here goes through SQLite's own handle of the file: opening the file beside SQLite and closing it again
/// would drop the locks that this process holds on it.
enum Seal {
  static let marker: [UInt8] = [
    0xC1, 0xBA, 0x8C, 0xF2, 0x3F, 0xF3, 0x19, 0x73, 0x79, 0x24, 0xC3, 0xB7, 0xB1, 0xE7, 0x68, 0x6F,
  ]
  /// The row as SQLite writes it: length, row id, header, marker. The value follows.
  static let row: [UInt8] = [51, 1, 3, 12 + 2 * 16, 12 + 2 * 32] + marker

  /// What the store says it was sealed with, in the view of `connection`; ``EventHash/zero`` when it is open.
  ///
  /// - Throws: ``EventStoreError/Code/damaged`` when the seal is not one row of ours.
  static func value(_ connection: SQLiteConnection) throws -> EventHash {
    let statement = try connection.prepare("SELECT marker, value FROM seal LIMIT 2")
    guard try statement.step(), statement.bytes(0).elementsEqual(marker),
      let value = EventHash(bytes: statement.bytes(1)), try !statement.step()
    else { throw EventStoreError.damaged("\(connection.path) holds no seal, or one that is not ours") }
    return value
  }

  /// Takes the seal off, durably, before anything else is written.
  static func clear(_ connection: SQLiteConnection) throws {
    try connection.execute("UPDATE seal SET value = zeroblob(32) WHERE value <> zeroblob(32)")
  }

  /// Seals the file as it is now; the connection must not be used for anything but closing it afterwards.
  ///
  /// - Returns: whether the file is sealed now. It stays unsealed when its write-ahead log is not empty, another
  ///   connection is writing, or the disk fails.
  @discardableResult
  static func set(_ connection: SQLiteConnection) -> Bool {
    do {
      // Keeps other writers out while the file is read and the hash is written. Readers are not disturbed: in their
      // caches, only the value of the seal is older than in the file.
      try connection.execute("BEGIN IMMEDIATE")
      defer { try? connection.execute("ROLLBACK") }
      guard connection.journalLength == 0, try value(connection) == .zero, let file = DatabaseFile(connection),
        let scan = try SealScan(file), scan.value == .zero
      else { return false }
      return write(scan.digest, file, at: scan.offset)
    } catch {
      return false
    }
  }

  /// The value lies within one sector, so that even a power cut leaves zeros or the whole.
  private static func write(_ digest: EventHash, _ file: DatabaseFile, at offset: Int64) -> Bool {
    if digest.withBytes({ file.write($0, at: offset) }), file.synchronize() { return true }
    // Half a seal would be taken for damage.
    _ = EventHash.zero.withBytes { file.write($0, at: offset) } && file.synchronize()
    return false
  }

  /// What became of a seal.
  enum Verdict: Equatable, Sendable {
    /// There is none: a writer has the store, or had it and did not close it.
    case open
    /// The file is what it was when it was closed.
    case right
    /// The file is not, and this is what to say about it.
    case wrong(String)
  }

  /// Holds the file against its seal.
  static func examine(_ place: LogVerifier.StorePlace) -> Verdict {
    do {
      for _ in 0..<3 {
        let reader = try place.reader(checksSchema: false)
        // While it reads, nothing is written from the write-ahead log to the file.
        try reader.connection.execute("BEGIN")
        let value = try value(reader.connection)
        if value == .zero { return .open }
        // A writer that comes in between takes the seal off first: look again.
        guard reader.connection.isWholeInFile else { continue }
        guard let file = DatabaseFile(reader.connection), let scan = try SealScan(file), scan.value == value,
          scan.digest == value
        else { return .wrong("bytes beside the events changed since the store was closed: its seal is broken") }
        return .right
      }
      return .wrong("another program wrote to the store after it was closed: its seal is broken")
    } catch let failure as EventStoreError {
      return .wrong(failure.message)
    } catch {
      return .wrong("\(error)")
    }
  }

  /// Whether a file that is refused for its header is a sealed store of ours all the same, in which that was changed.
  static func shows(_ failure: EventStoreError, _ path: String, _ vfs: String?) -> Bool {
    guard failure.code == .notOurs || failure.code == .newer,
      let connection = try? SQLiteConnection(path: path, flags: SQLITE_OPEN_READONLY, vfs: vfs),
      let header = try? connection.rawHeader(), StoreFile.resemblesOurs(header),
      let file = DatabaseFile(connection), let scan = try? SealScan(file)
    else { return false }
    return scan.value != .zero && scan.value != scan.digest
  }
}

extension StoreFile {
  /// Whether a header says in one place at least that the file is a store of ours.
  static func resemblesOurs(_ header: [UInt8]) -> Bool {
    guard header.count == 100 else { return false }
    return header.starts(with: magic) || header[68..<72].elementsEqual([0x63, 0x70, 0x74, 0x72])
  }
}
