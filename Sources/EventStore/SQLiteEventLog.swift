import CSQLite
import Domain
import StopPoints

/// The log in an SQLite database: one writing process, any number of readers beside it.
///
/// Write-ahead log, `synchronous=FULL`, and one connection that both writes and checkpoints, because SQLite before
/// 3.51.3 can corrupt a write-ahead log when one connection writes while another checkpoints.
public final class SQLiteEventLog: EventLog {
  /// How a store is opened. The defaults are right outside of tests.
  public struct Options: Sendable {
    /// The name of a registered SQLite file system.
    public var vfs: String?
    /// Whether other writers are kept out. Only a file system that no other process can see may do without.
    public var takesLock = true
    /// The size of the write-ahead log, in pages, from which an idle moment is used to empty it.
    public var idleCheckpointPages: Int32 = 256
    /// The size, in pages, from which it is emptied at once, whatever that costs the append.
    public var forcedCheckpointPages: Int32 = 10_000
    public init() {}
  }

  public let path: String
  public private(set) var lastSequence: SequenceNumber
  public private(set) var lastHash: EventHash
  var heads: StreamHeads

  let options: Options
  let connection: SQLiteConnection
  let statements: WriterStatements
  var hasher = ChainHasher()
  private var lock: StoreLock?
  private var scanStatement: SQLiteStatement?
  private var failure: EventStoreError?
  private var walPages: UnsafeMutablePointer<Int32>

  /// Opens the store at `path` for writing, making it when there is no file or an empty one.
  ///
  /// Checks that the store is ours and whole before it writes anything: its header, its schema, the chain over the last
  /// thousand events, and that every stream is dense. Costs a scan of the events after the newest snapshot, or of all.
  ///
  /// - Throws: ``EventStoreError``; the file is then as it was.
  public init(path: String, options: Options = Options()) throws {
    let opened = try SQLiteEventLog.open(path, options)
    self.path = path
    self.options = options
    connection = opened.connection
    lock = opened.lock
    lastSequence = opened.state.lastSequence
    lastHash = opened.state.lastHash
    heads = StreamHeads(opened.state.heads)
    statements = try WriterStatements(opened.connection)
    walPages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    walPages.initialize(to: 0)
    // Replaces the automatic checkpoint, which is the tail of the latency, by a note of how much there is to do.
    sqlite3_wal_hook(
      connection.handle,
      { place, _, _, pages in
        place?.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      }, walPages)
  }

  deinit {
    discard()
    walPages.deallocate()
  }

  public func head(of stream: StreamName) -> StreamVersion { heads.version(of: stream) }

  /// Takes note of what has become durable.
  func advance(to sequence: SequenceNumber, hash: EventHash) {
    lastSequence = sequence
    lastHash = hash
    heads.keep()
  }

  func ensureUsable() throws {
    if let failure { throw failure }
  }

  /// Refuses everything from now on: what is on disk is not known.
  func poison(because reason: String) -> EventStoreError {
    let error = EventStoreError(
      .poisoned,
      "It is not known what \(path) holds after event \(lastSequence): \(reason). "
        + "Nothing more is appended; start again.",
      sequence: lastSequence)
    failure = error
    return error
  }

  @discardableResult
  public func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    if let failure, failure.code == .closed { throw failure }
    // Taken while in use, so that a read within a read prepares its own.
    let statement = try scanStatement ?? connection.prepare(SQLiteConnection.scanText)
    scanStatement = nil
    defer { scanStatement = statement }
    return try connection.scan(statement, from: from.value, through: through.value, limit: limit, body)
  }

  /// Empties the write-ahead log into the database when it has grown. Readers are not disturbed.
  ///
  /// Where the disk has no room for that, everything stays in the write-ahead log, durable, and the next append is told so.
  public func checkpointWhenIdle() throws {
    try ensureUsable()
    guard walPages.pointee >= options.idleCheckpointPages else { return }
    do { try checkpoint(SQLITE_CHECKPOINT_PASSIVE) } catch let failure as EventStoreError where failure.code == .full {}
  }

  func checkpointIfOverdue() {
    // What could not be checkpointed now stays in the write-ahead log, durable, and is tried again.
    if walPages.pointee >= options.forcedCheckpointPages { try? checkpoint(SQLITE_CHECKPOINT_PASSIVE) }
  }

  private func checkpoint(_ mode: Int32) throws {
    StopPoint.checkpointing.passAndGoOn()
    let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, nil)
    walPages.pointee = 0
    guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else { throw connection.error(code) }
  }

  /// Empties the write-ahead log, seals the file and ends the use of the store; what was appended is durable whether
  /// this is called or not. Sealing reads the whole file once.
  public func close() throws {
    guard failure?.code != .closed else { return }
    let isClean = failure == nil
    defer { discard() }
    guard isClean else { return }
    scanStatement = nil
    statements.finalize()
    try checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
    StopPoint.sealing.pass()
    Seal.set(connection)
    try connection.configure(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
  }

  /// Drops the store as a crash would: without emptying the write-ahead log.
  public func discard() {
    guard failure?.code != .closed else { return }
    scanStatement = nil
    statements.finalize()
    connection.close()
    lock?.release()
    lock = nil
    failure = EventStoreError.closed(path)
  }
}
