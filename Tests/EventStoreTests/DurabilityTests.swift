import CSQLite
import Domain
import Foundation
import Synchronization
import Testing

@testable import EventStore

@Suite("A store on disk")
struct DurabilityTests {
  let scratch = Scratch()

  @Test(
    "promise 9: still holds after a crash what was acknowledged, and where it stood, however long its write-ahead log is",
    arguments: [0, 4_000])
  func survivesCrash(payloadLength: Int) throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 120, payloadLength: payloadLength)
    let hash = log.lastHash
    log.discard()
    #expect(Scratch.exists(scratch.store + "-wal"))
    let again = try SQLiteEventLog(path: scratch.store)
    #expect(again.lastSequence.value == 120)
    #expect(again.lastHash == hash)
    #expect(again.head(of: "leader").value == 40)
    try Scratch.fill(again, 10)
    try again.close()
    #expect(try LogVerifier.verify(path: scratch.store).isSound)
  }

  @Test("still holds all of a long write-ahead log after a crash")
  func survivesCrashWithLongLog() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 1_000, payloadLength: 1_000)
    log.discard()
    #expect(try #require(Scratch.bytes(scratch.store + "-wal")).count > 1 << 20)
    let again = try SQLiteEventLog(path: scratch.store)
    #expect(again.lastSequence.value == 1_000)
    try again.close()
    #expect(try LogVerifier.verify(path: scratch.store).isSound)
  }

  @Test("is one file after a clean end")
  func isOneFileAfterClose() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 120)
    try log.close()
    #expect(!Scratch.exists(scratch.store + "-wal"))
    #expect(!Scratch.exists(scratch.store + "-shm"))
  }

  @Test("is written with synchronous=FULL and a write-ahead log")
  func isDurable() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    #expect(try log.connection.integer("PRAGMA synchronous") == 2)
    #expect(try log.connection.texts("PRAGMA journal_mode") == ["wal"])
    try log.close()
  }

  @Test("belongs to its owner only")
  func belongsToOwner() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 1)
    for suffix in ["", "-wal", "-shm", ".lock"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: scratch.store + suffix)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(suffix)")
    }
    try log.close()
  }

  @Test("is not opened while others may write to it")
  func refusesOpenModes() throws {
    let scratch = try Scratch.made(3)
    try FileManager.default.setAttributes([.posixPermissions: 0o622], ofItemAtPath: scratch.store)
    let error = storeError { _ = try SQLiteEventLog(path: scratch.store) }
    #expect(error?.code == .modesTooOpen)
    #expect(error?.exitCode == 77)
  }

  @Test("forgets nothing and believes nothing when the disk is full")
  func survivesFullDisk() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 10)
    let hash = log.lastHash
    let pages = try #require(try log.connection.integer("PRAGMA page_count"))
    try log.connection.execute("PRAGMA max_page_count = \(pages)")
    let error = storeError { try Scratch.fill(log, 500, batch: 500) }
    #expect(error?.code == .full)
    #expect(error?.exitCode == 73)
    #expect(log.lastSequence.value == 10)
    #expect(log.lastHash == hash)
    #expect(log.head(of: "leader").value == 3)
    try log.connection.execute("PRAGMA max_page_count = 1000000")
    try Scratch.fill(log, 500, batch: 500)
    try log.close()
    #expect(try LogVerifier.verify(path: scratch.store).events == 510)
  }

  @Test("is believed no further when a commit could not be synchronised, until it is opened anew")
  func poisonedByFailedSync() throws {
    let disk = FailingDisk.registered
    var options = SQLiteEventLog.Options()
    options.vfs = disk.name
    let log = try SQLiteEventLog(path: scratch.store, options: options)
    try Scratch.fill(log, 10)
    let hash = log.lastHash
    disk.fails.store(true, ordering: .sequentiallyConsistent)
    let error = storeError { try Scratch.fill(log, 5) }
    disk.fails.store(false, ordering: .sequentiallyConsistent)
    #expect(error?.code == .poisoned)
    #expect(log.lastHash == hash)
    #expect(log.head(of: "leader").value == 3)
    #expect(storeError { try Scratch.fill(log, 5) }?.code == .poisoned)
    log.discard()
    let again = try SQLiteEventLog(path: scratch.store)
    #expect([10, 15].contains(again.lastSequence.value))
    try Scratch.fill(again, Int(15 - again.lastSequence.value))
    try again.close()
    #expect(try LogVerifier.verify(path: scratch.store).events == 15)
  }

  @Test("whose making was cut short is made anew")
  func remakesUnfinished() throws {
    let scratch = try Scratch.made(0)
    // The rollback journal of a transaction that began with an empty file.
    let header: [UInt8] = [
      0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0x10, 0,
    ]
    let journal = Data(header + [UInt8](repeating: 0, count: 512 - header.count))
    try journal.write(to: URL(fileURLWithPath: scratch.store + "-journal"))
    #expect(storeError { _ = try SQLiteEventReader(path: scratch.store) }?.code == .cannotOpen)
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 3)
    try log.close()
    #expect(!Scratch.exists(scratch.store + "-journal"))
    #expect(try LogVerifier.verify(path: scratch.store).events == 3)
  }

  @Test("is poisoned when another program appended to it")
  func poisonedByForeignWriter() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 5)
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.execute(
      """
      INSERT INTO events SELECT 6, 'x', 1, randomblob(16), type, 1, 1, 1, NULL, NULL, '{}', hash, hash FROM events
      LIMIT 1
      """)
    raw.close()
    #expect(storeError { try Scratch.fill(log, 1) }?.code == .poisoned)
    #expect(log.lastSequence.value == 5)
    log.discard()
    #expect(storeError { _ = try SQLiteEventLog(path: scratch.store) }?.sequence?.value == 6)
  }

  @Test("has its write-ahead log emptied in an idle moment, and not before it has grown")
  func checkpointsWhenIdle() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    let size = { Scratch.bytes(scratch.store)?.count ?? 0 }
    let before = size()
    try Scratch.fill(log, 20)
    try log.checkpointWhenIdle()
    #expect(size() == before)
    try Scratch.fill(log, 3_000, payloadLength: 400)
    try log.checkpointWhenIdle()
    #expect(size() > before + 1_000_000)
    try log.close()
  }
}

/// A file system of SQLite's that is the system's own but for synchronising, which fails on demand.
final class FailingDisk: Sendable {
  static let registered = FailingDisk()
  let name = "failing-disk"
  let fails = Atomic(false)

  private init() {
    guard let system = sqlite3_vfs_find(nil) else { return }
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: system.pointee)
    vfs.pointee.zName = UnsafePointer(strdup(name))
    vfs.pointee.pNext = nil
    vfs.pointee.xOpen = { _, name, file, flags, given in
      guard let system = sqlite3_vfs_find(nil), let file else { return SQLITE_CANTOPEN }
      let code = system.pointee.xOpen(system, name, file, flags, given)
      guard code == SQLITE_OK, let methods = file.pointee.pMethods else { return code }
      // One copy for each file opened, never freed: a test opens few.
      let copy = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
      copy.initialize(to: methods.pointee)
      copy.pointee.xSync = { file, flags in
        guard !FailingDisk.registered.fails.load(ordering: .sequentiallyConsistent) else { return SQLITE_IOERR }
        return FailingDisk.systemSync(file, flags)
      }
      FailingDisk.remember(methods)
      file.pointee.pMethods = UnsafePointer(copy)
      return code
    }
    sqlite3_vfs_register(vfs, 0)
  }

  private typealias Sync = @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int32) -> Int32
  private static let original = Mutex<Sync?>(nil)

  private static func remember(_ methods: UnsafePointer<sqlite3_io_methods>) {
    let sync = methods.pointee.xSync
    original.withLock { $0 = sync }
  }

  private static func systemSync(_ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32) -> Int32 {
    original.withLock { $0 }?(file, flags) ?? SQLITE_IOERR
  }
}
