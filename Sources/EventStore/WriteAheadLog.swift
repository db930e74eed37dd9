import CSQLite
import Domain

/// The write-ahead log of a store as bytes, through the handle that SQLite has of it: what SQLite itself does not look at
/// when it finds one after a crash. The form is https://sqlite.org/walformat.html.
struct WriteAheadLog {
  private static let headerLength = 32
  private static let frameHeaderLength = 24
  /// SQLite's own file system writes less than 128 KiB at a time.
  private static let chunk = 1 << 16

  private let file: UnsafeMutablePointer<sqlite3_file>
  private let methods: sqlite3_io_methods
  private let connection: SQLiteConnection
  private let pageSize: Int
  private var frameLength: Int { WriteAheadLog.frameHeaderLength + pageSize }

  /// - Returns: `nil` when the database, which something was read of before, has no write-ahead log or an empty one.
  init?(_ connection: SQLiteConnection) throws {
    guard let length = connection.journalLength, length > WriteAheadLog.headerLength,
      let file = connection.file(SQLITE_FCNTL_JOURNAL_POINTER), let methods = file.pointee.pMethods?.pointee,
      try connection.texts("PRAGMA journal_mode") == ["wal"], let pageSize = try connection.integer("PRAGMA page_size")
    else { return nil }
    self.file = file
    self.methods = methods
    self.connection = connection
    self.pageSize = Int(pageSize)
  }

  /// The frames that SQLite takes for committed.
  private var committed: Int { DatabaseFile(connection)?.writeAheadPages.map(Int.init) ?? 0 }

  /// Writes what was committed once more, byte for byte, drops what lies behind it, and makes that durable.
  ///
  /// A process may have ended because its synchronising failed. Linux then takes the pages for written: everybody reads
  /// them, the next synchronising succeeds, and a power cut loses them with all that was appended behind them.
  func writeAgain() throws {
    let end = WriteAheadLog.headerLength + committed * frameLength
    for start in stride(from: 0, to: end, by: WriteAheadLog.chunk) {
      let bytes = try read(min(WriteAheadLog.chunk, end - start), at: start)
      try check(bytes.withUnsafeBytes { methods.xWrite?(file, $0.baseAddress, Int32($0.count), Int64(start)) })
    }
    try cutTail()
  }

  /// Drops what lies behind the last commit, the remains of one that failed, so that nothing is ever taken for a sign of
  /// commits that are hidden, and makes everything durable.
  func cutTail() throws {
    try check(methods.xTruncate?(file, Int64(WriteAheadLog.headerLength + committed * frameLength)))
    try check(methods.xSync?(file, SQLITE_SYNC_NORMAL))
  }

  /// Whether transactions that were durable lie behind the end that SQLite found.
  ///
  /// SQLite takes the first frame that is not as it was written for the end, as it must after a power cut: the frames of
  /// the last transaction may be on the disk in part. But a transaction begins only when the one before it is durable, so
  /// a commit with something behind it was acknowledged, and what is in its way is damage.
  func hidesCommits() throws -> Bool {
    let header = try read(WriteAheadLog.headerLength, at: 0)
    // Frames with other salts are of an earlier use of the file. A header that is not right names none.
    var salts = WriteAheadLog.isRight(header) ? header[16..<24] : nil
    let frames = (Int(connection.journalLength ?? 0) - WriteAheadLog.headerLength) / frameLength
    var commit: Int?
    for frame in committed..<max(committed, frames) {
      let bytes = try read(
        WriteAheadLog.frameHeaderLength, at: WriteAheadLog.headerLength + frame * frameLength)
      guard WriteAheadLog.isAlike(bytes[8..<16], salts ?? bytes[8..<16]) else { continue }
      salts = salts ?? bytes[8..<16]
      // A writer beside us may have got on meanwhile, or have begun the file anew.
      if let commit, commit >= committed { return try read(WriteAheadLog.headerLength, at: 0) == header }
      if bytes[4..<8].contains(where: { $0 != 0 }) { commit = frame }
    }
    return false
  }

  /// Whether two pairs of salts, which are drawn, are the same but for one flipped bit.
  private static func isAlike(_ some: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
    zip(some, other).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount } <= 1
  }

  /// Whether a header has its checksum, https://sqlite.org/fileformat2.html#checksum_algorithm.
  private static func isRight(_ header: [UInt8]) -> Bool {
    let isBigEndian = header[3] & 1 == 1
    var first: UInt32 = 0
    var second: UInt32 = 0
    for place in stride(from: 0, to: 24, by: 8) {
      first &+= word(header, place, isBigEndian) &+ second
      second &+= word(header, place + 4, isBigEndian) &+ first
    }
    return word(header, 24, true) == first && word(header, 28, true) == second
  }

  private static func word(_ bytes: [UInt8], _ place: Int, _ isBigEndian: Bool) -> UInt32 {
    let word = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    return isBigEndian ? word : word.byteSwapped
  }

  private func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try check(bytes.withUnsafeMutableBytes { methods.xRead?(file, $0.baseAddress, Int32(count), Int64(offset)) })
    return bytes
  }

  private func check(_ code: Int32?) throws {
    let code = code ?? SQLITE_IOERR
    guard code == SQLITE_OK else {
      throw EventStoreError.sqlite(code, "the write-ahead log failed", path: connection.path)
    }
  }
}
