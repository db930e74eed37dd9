import CSQLite
import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("The seal")
struct SealTests {
  let scratch = Scratch()

  /// Runs statements as another program would, with its own connection.
  private func change(_ path: String, _ sql: String) throws {
    let raw = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
    try raw.configure(SQLITE_DBCONFIG_DEFENSIVE, false)
    try raw.execute(sql)
    raw.close()
  }

  private func sealed(_ path: String) throws -> Bool {
    let report = try LogVerifier.verify(path: path)
    #expect(report.damage == [])
    return report.isSealed
  }

  @Test("is on a store that was closed in order, also on one without events", arguments: [0, 1, 500])
  func isOnClosedStore(count: Int) throws {
    let scratch = try Scratch.made(count)
    #expect(try sealed(scratch.store))
    #expect(!Scratch.exists(scratch.store + "-wal") || Scratch.bytes(scratch.store + "-wal") == Data())
  }

  @Test("is not on a store that was not closed, which is sound all the same")
  func isOffAfterCrash() throws {
    let scratch = try Scratch.made(30)
    let log = try SQLiteEventLog(path: scratch.store)
    log.discard()
    #expect(try !sealed(scratch.store))
    let again = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(again, 10)
    again.discard()
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.isSound && !report.isSealed && report.events == 40)
  }

  @Test("is not on a store that is being written")
  func isOffBesideWriter() throws {
    let scratch = try Scratch.made(30)
    let log = try SQLiteEventLog(path: scratch.store)
    #expect(try !sealed(scratch.store))
    try Scratch.fill(log, 1_000)
    try log.checkpointWhenIdle()
    #expect(try !sealed(scratch.store))
    try log.close()
    #expect(try sealed(scratch.store))
  }

  @Test("stays right when the writer dies before its first commit")
  func survivesCrashBeforeFirstCommit() throws {
    let scratch = try Scratch.made(30)
    let before = Scratch.bytes(scratch.store)
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE seal SET value = zeroblob(32)")
    #expect(try sealed(scratch.store))
    raw.close()
    #expect(try sealed(scratch.store))
    #expect(Scratch.bytes(scratch.store) == before)
  }

  @Test("stays right when the write-ahead log ends within the first commit")
  func survivesTornFirstCommit() throws {
    let scratch = try Scratch.made(30)
    let before = Scratch.bytes(scratch.store)
    try SQLiteEventLog(path: scratch.store).discard()
    let frames = try #require(Scratch.bytes(scratch.store + "-wal"))
    #expect(Scratch.bytes(scratch.store) == before)
    for length in [10, 32, 100, frames.count - 1] {
      try? FileManager.default.removeItem(atPath: scratch.store + "-shm")
      try frames.prefix(length).write(to: URL(fileURLWithPath: scratch.store + "-wal"))
      #expect(try sealed(scratch.store))
    }
    // The main file alone, as a person might copy it, is what was closed before.
    try FileManager.default.removeItem(atPath: scratch.store + "-wal")
    #expect(try sealed(scratch.store))
  }

  @Test("comes off when a copy in rollback mode is opened, before anything else is written")
  func comesOffBackup() throws {
    let scratch = try Scratch.made(30)
    let copy = scratch.file("copy.db")
    #expect(try SQLiteEventReader(path: scratch.store).backup(to: copy).isSealed)
    try SQLiteEventLog(path: copy).discard()
    #expect(try !sealed(copy))
    try SQLiteEventLog(path: copy).close()
    #expect(try sealed(copy))
  }

  @Test("is renewed by every use that ends in order, with events, snapshots, or nothing")
  func isRenewed() throws {
    for round in 0..<6 {
      let log = try SQLiteEventLog(path: scratch.store)
      try Scratch.fill(log, round % 3 * 40)
      if round % 2 == 1 { try log.saveSnapshot(kind: "engine", format: 1, state: [UInt8(round), 2]) }
      try log.close()
      #expect(try sealed(scratch.store))
    }
  }

  @Test("is not put on while another connection is in the middle of writing or reading; closing succeeds")
  func isLeftOff() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 20)
    let reader = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READONLY)
    try reader.execute("BEGIN; SELECT count(*) FROM events")
    try Scratch.fill(log, 20)
    sqlite3_busy_timeout(log.connection.handle, 0)
    try log.close()
    #expect(try !sealed(scratch.store))
    reader.close()
    try SQLiteEventLog(path: scratch.store).close()
    #expect(try sealed(scratch.store))
  }

  @Test("is put on beside readers, who go on reading and keep their locks")
  func isPutOnBesideReaders() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 20)
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(try reader.events().count == 20)
    try Scratch.fill(log, 20)
    try log.close()
    #expect(try sealed(scratch.store))
    #expect(try reader.events().count == 40)
    let again = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(again, 20)
    #expect(try reader.events().count == 60)
    try again.close()
    #expect(try sealed(scratch.store))
    #expect(try reader.events().count == 60)
  }

  @Test("stays on when readers and the sqlite3 shell read", .enabled(if: isInstalled("sqlite3")))
  func survivesReading() throws {
    let scratch = try Scratch.made(30)
    let before = Scratch.bytes(scratch.store)
    _ = try Scratch.export(scratch.store)
    let shell = try run("sqlite3", [scratch.store, "SELECT count(*) FROM events"])
    #expect(shell.output == "30\n")
    #expect(try sealed(scratch.store))
    #expect(Scratch.bytes(scratch.store) == before)
  }

  static let changes = [
    "INSERT INTO snapshots VALUES (30, 'x', 1, zeroblob(32), '', x'', zeroblob(32))", "PRAGMA user_version = 2",
    "PRAGMA user_version = 0", "PRAGMA application_id = 7", "PRAGMA journal_mode = DELETE", "VACUUM", "ANALYZE",
    "DELETE FROM seal", "UPDATE seal SET value = randomblob(32)",
    "INSERT INTO seal VALUES (x'c1ba8cf23ff319737924c3b7b1e7686f', zeroblob(32))",
    "PRAGMA ignore_check_constraints = ON; UPDATE seal SET value = zeroblob(31)",
    "PRAGMA ignore_check_constraints = ON; UPDATE seal SET marker = x'00'",
    "CREATE TABLE gone(a); DROP TABLE gone",
  ]

  @Test("breaks when the sqlite3 shell changes anything", .enabled(if: isInstalled("sqlite3")), arguments: changes)
  func breaksByShell(change: String) throws {
    let scratch = try Scratch.made(30)
    #expect(try run("sqlite3", [scratch.store, change]).status == 0)
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.exitCode == 65)
    #expect(report.firstBadSequence != nil)
    #expect(!report.isSealed)
  }

  @Test("is renewed after the store was rewritten page by page", .enabled(if: isInstalled("sqlite3")))
  func isRenewedAfterVacuum() throws {
    let scratch = try Scratch.made(300)
    #expect(try run("sqlite3", [scratch.store, "VACUUM"]).status == 0)
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 10)
    try log.close()
    #expect(try sealed(scratch.store))
  }

  @Test("breaks by what another program left in the write-ahead log")
  func breaksByWriteAheadLog() throws {
    let scratch = try Scratch.made(30)
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.execute("DELETE FROM snapshots; CREATE TABLE gone(a); DROP TABLE gone")
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.firstBadSequence?.value == 30)
    raw.close()
  }

  @Test("breaks when bytes are added to the file")
  func breaksByLength() throws {
    let scratch = try Scratch.made(30)
    let file = try #require(FileHandle(forWritingAtPath: scratch.store))
    try file.seekToEnd()
    try file.write(contentsOf: Data([0]))
    try file.close()
    #expect(try LogVerifier.verify(path: scratch.store).firstBadSequence?.value == 30)
  }

  @Test("that is not one row of ours keeps the store from being opened, and leaves the file as it is")
  func refusesForeignSeal() throws {
    for sql in [
      "DELETE FROM seal", "INSERT INTO seal SELECT * FROM seal",
      "PRAGMA ignore_check_constraints = ON; UPDATE seal SET value = zeroblob(31)",
    ] {
      let scratch = try Scratch.made(3)
      try change(scratch.store, sql)
      let before = Scratch.bytes(scratch.store)
      #expect(storeError { _ = try SQLiteEventLog(path: scratch.store) }?.code == .damaged)
      #expect(Scratch.bytes(scratch.store) == before)
      #expect(try LogVerifier.verify(path: scratch.store).firstBadSequence != nil)
    }
  }

  @Test("is not needed for a changed snapshot to be reported with its sequence")
  func reportsSnapshots() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    for _ in 0..<2 {
      try Scratch.fill(log, 10)
      try log.saveSnapshot(kind: "engine", format: 1, state: [1, 2, 3])
    }
    log.discard()
    #expect(try !sealed(scratch.store))
    try change(scratch.store, "UPDATE snapshots SET state = x'09' WHERE sequence = 10")
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.exitCode == 65)
    #expect(report.firstBadSequence?.value == 10)
  }
}
