import CSQLite
import Domain
import StopPoints

extension SQLiteEventLog {
  struct Opened {
    var connection: SQLiteConnection
    var lock: StoreLock?
    var state: LogState
  }

  static func open(_ path: String, _ options: Options) throws -> Opened {
    if options.vfs == nil, StoreFile.length(path) ?? 0 > 0 {
      // Before the lock, so that no lock file is left beside a file that is not ours.
      try checkIsOurs(path, options)
      try StoreFile.checkModes(path)
    }
    let lock = options.takesLock ? try StoreLock(store: path) : nil
    if options.vfs == nil, StoreFile.length(path) == nil { try StoreFile.create(path) }
    let connection = try connect(path, options)
    // The first read undoes the making of a store that was cut short; the file is empty again then.
    _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
    let header = try connection.rawHeader()
    if header.isEmpty { try create(connection, options) } else { try StoreFile.checkHeader(header, path: path) }
    try StoreFile.checkSchema(connection)
    _ = try Seal.value(connection)
    let state = try LogState(connection)
    let writeAheadLog = try WriteAheadLog(connection)
    if try writeAheadLog?.hidesCommits() == true { throw EventStoreError.hidden(after: state.lastSequence) }
    try writeAheadLog?.writeAgain()
    try settle(connection)
    return Opened(connection: connection, lock: lock, state: state)
  }

  private static func checkIsOurs(_ path: String, _ options: Options) throws {
    let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READONLY)
    let header = try connection.rawHeader()
    let mayBeCutShort = StoreFile.length(path + "-journal") != nil && header.allSatisfy { $0 == 0 }
    if !mayBeCutShort { try StoreFile.checkHeader(header, path: path) }
  }

  private static func connect(_ path: String, _ options: Options) throws -> SQLiteConnection {
    let connection = try SQLiteConnection(
      path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs: options.vfs)
    // Until everything is checked, and whenever the log is dropped, closing must not write.
    try connection.configure(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
    // The triggers keep everybody else from changing events. Here one statement writes, and it inserts; asking them
    // would double its cost.
    try connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
    // The same goes for the constraints on columns: the writer has checked every draft before it inserts it.
    try connection.execute("PRAGMA cell_size_check = ON; PRAGMA ignore_check_constraints = ON")
    // Nothing is written before the commit, so that what is undone leaves nothing behind.
    try connection.execute("PRAGMA cache_spill = OFF")
    return connection
  }

  /// Makes the tables in one transaction, with a rollback journal: the file is a whole store of ours, or empty.
  private static func create(_ connection: SQLiteConnection, _ options: Options) throws {
    try connection.execute("PRAGMA synchronous = FULL")
    try connection.execute("BEGIN IMMEDIATE")
    if try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 { try connection.execute(Schema.text) }
    StopPoint.creatingStore.pass()
    try connection.execute("COMMIT")
    if options.vfs == nil { try StoreFile.synchronize(StoreFile.directory(of: connection.path)) }
  }

  /// Sets what the log promises about durability, and believes only what it reads back.
  private static func settle(_ connection: SQLiteConnection) throws {
    try connection.execute("PRAGMA synchronous = FULL")
    guard try connection.integer("PRAGMA synchronous") == 2 else {
      throw EventStoreError(.internalFault, "SQLite does not write \(connection.path) durably.")
    }
    // Before everything else that is written, the mode of the journal too.
    try Seal.clear(connection)
    guard try connection.texts("PRAGMA journal_mode = WAL") == ["wal"] else {
      throw EventStoreError(
        .internalFault, "SQLite does not keep a write-ahead log for \(connection.path). Use a local disk.")
    }
  }
}

/// Where a log stands: found when it is opened, kept in memory afterwards.
struct LogState {
  private(set) var lastSequence = SequenceNumber.beforeFirst
  private(set) var lastHash = EventHash.zero
  private(set) var heads: [StreamName: StreamVersion] = [:]

  /// How many events at the end have their chain recomputed on opening.
  static let recomputed: Int64 = 1_000

  init(_ connection: SQLiteConnection) throws {
    let last = try connection.lastEvent()
    let snapshot = try connection.newestSnapshot(withState: false)
    lastSequence = snapshot?.snapshot.sequence ?? .beforeFirst
    heads = snapshot?.heads ?? [:]
    try countStreams(connection)
    guard lastSequence == last.sequence else { throw EventStoreError.hole(at: lastSequence.value + 1) }
    lastHash = last.hash
    try recomputeTail(connection)
  }

  /// Follows the versions of the streams from the snapshot to the end.
  private mutating func countStreams(_ connection: SQLiteConnection) throws {
    let statement = try connection.prepare(
      "SELECT sequence, stream, stream_version FROM events WHERE sequence > ?1 ORDER BY sequence")
    statement.bind(1, lastSequence.value)
    var expected = lastSequence.value
    while try LogState.step(statement, connection, before: expected + 1) {
      expected += 1
      guard statement.integer(0) == expected else { throw EventStoreError.hole(at: expected) }
      let sequence = SequenceNumber(expected)
      guard let name = ShortText(utf8: statement.bytes(1)), !name.isEmpty else {
        throw EventStoreError.damaged("event \(sequence) names no stream", at: sequence)
      }
      let version = StreamVersion(statement.integer(2))
      let isNext = { (head: inout StreamVersion) -> Bool in
        guard head.next == version else { return false }
        head = version
        return true
      }
      guard isNext(&heads[StreamName(text: name), default: .empty]) else {
        throw EventStoreError.damaged("event \(sequence) has the wrong version in its stream", at: sequence)
      }
    }
    lastSequence = SequenceNumber(expected)
  }

  private func recomputeTail(_ connection: SQLiteConnection) throws {
    var hasher = ChainHasher()
    var previous: EventHash?
    let from = max(lastSequence.value - LogState.recomputed + 1, 1)
    if from == 1 { previous = .zero }
    let statement = try connection.prepare(SQLiteConnection.scanText)
    _ = try connection.scan(statement, from: from, through: lastSequence.value, limit: .max) { row in
      let stored = EventHash(bytes: row.previousHash) ?? .zero
      let hash = hasher.hash(row, after: stored)
      guard previous == nil || previous == stored, EventHash(bytes: row.hash) == hash else {
        throw EventStoreError.damaged(
          "the hash chain breaks at event \(row.sequence)", at: SequenceNumber(row.sequence))
      }
      previous = hash
    }
  }

  private static func step(_ statement: SQLiteStatement, _ connection: SQLiteConnection, before sequence: Int64) throws
    -> Bool
  {
    do { return try statement.step() } catch let failure as EventStoreError where failure.code == .damaged {
      throw EventStoreError.damaged(
        "event \(sequence) cannot be read", at: SequenceNumber(sequence), sqliteCode: failure.sqliteCode)
    }
  }
}
