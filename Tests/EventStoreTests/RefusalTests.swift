import CSQLite
import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("A file that is no sound store of ours")
struct RefusalTests {
  let scratch = Scratch()

  /// Opening for writing, for reading, and verifying must all refuse, and leave the file as it is.
  private func expectRefusal(
    _ path: String, _ code: EventStoreError.Code, sequence: Int64? = nil, _ location: SourceLocation = #_sourceLocation
  ) {
    let before = Scratch.bytes(path)
    let error = storeError { _ = try SQLiteEventLog(path: path) }
    #expect(error?.code == code, sourceLocation: location)
    #expect(error?.exitCode == 65, sourceLocation: location)
    if let sequence { #expect(error?.sequence?.value == sequence, sourceLocation: location) }
    var refused = false
    do {
      let report = try LogVerifier.verify(path: path)
      refused = report.exitCode == 65
      if let sequence { #expect(report.firstBadSequence?.value == sequence, sourceLocation: location) }
    } catch {
      #expect((error as? EventStoreError)?.code == code, sourceLocation: location)
      refused = true
    }
    #expect(refused, sourceLocation: location)
    #expect(Scratch.bytes(path) == before, sourceLocation: location)
  }

  /// Changes a store behind its triggers.
  private func tamper(_ path: String, _ sql: String) throws {
    let raw = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
    try raw.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
    try raw.configure(SQLITE_DBCONFIG_DEFENSIVE, false)
    try raw.execute(sql)
    raw.close()
  }

  @Test("is refused when it is not a database")
  func notADatabase() throws {
    for content in ["x", String(repeating: "longer than a header ", count: 9)] {
      try Data(content.utf8).write(to: URL(fileURLWithPath: scratch.store))
      expectRefusal(scratch.store, .notOurs)
    }
  }

  @Test("is refused when it is a database of another program")
  func otherDatabase() throws {
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try raw.execute("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)")
    raw.close()
    expectRefusal(scratch.store, .notOurs)
  }

  @Test("is refused when a newer program wrote it, with the advice to upgrade")
  func newer() throws {
    let scratch = try Scratch.made(3)
    try tamper(scratch.store, "PRAGMA user_version = 2")
    expectRefusal(scratch.store, .newer)
    #expect(storeError { _ = try SQLiteEventReader(path: scratch.store) }?.message.contains("Upgrade") == true)
  }

  @Test("is refused when an event is missing, by its sequence")
  func hole() throws {
    let scratch = try Scratch.made(30)
    try tamper(scratch.store, "DELETE FROM events WHERE sequence = 17")
    expectRefusal(scratch.store, .damaged, sequence: 17)
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(storeError { _ = try reader.events() }?.sequence?.value == 17)
    #expect(storeError { _ = try reader.events(from: SequenceNumber(17)) }?.sequence?.value == 17)
    #expect(try reader.events(from: SequenceNumber(18)).count == 13)
  }

  @Test("is refused when an event was changed, by its sequence")
  func changed() throws {
    for change in [
      "payload = '{}'", "stream = 'leader2'", "type = 'x'", "occurred_at = 5", "recorded_at = 5", "causation = 1",
      "correlation = NULL", "schema_version = 2", "event_id = x'00112233445566778899aabbccddeeff'",
      "hash = zeroblob(32)", "previous_hash = zeroblob(32)", "stream_version = 90",
    ] {
      let scratch = try Scratch.made(30)
      try tamper(scratch.store, "UPDATE events SET \(change) WHERE sequence = 18")
      expectRefusal(scratch.store, .damaged, sequence: 18)
    }
  }

  @Test("is refused when its schema was changed")
  func otherSchema() throws {
    for change in ["DROP TRIGGER events_refuse_delete", "CREATE TABLE more(a)", "DROP VIEW readable_events"] {
      let scratch = try Scratch.made(3)
      try tamper(scratch.store, change)
      expectRefusal(scratch.store, .damaged)
    }
  }

  @Test("is made a store when it is empty")
  func empty() throws {
    try Data().write(to: URL(fileURLWithPath: scratch.store))
    chmod(scratch.store, 0o600)
    #expect(storeError { _ = try SQLiteEventReader(path: scratch.store) }?.code == .notFound)
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 2)
    try log.close()
    #expect(try LogVerifier.verify(path: scratch.store).events == 2)
  }

  @Test("is not found where there is none, and not made by reading")
  func missing() {
    #expect(storeError { _ = try SQLiteEventReader(path: scratch.store) }?.code == .notFound)
    #expect(storeError { _ = try LogVerifier.verify(path: scratch.store) }?.code == .notFound)
    #expect(!Scratch.exists(scratch.store))
    #expect(storeError { _ = try SQLiteEventLog(path: scratch.file("no/such/directory")) }?.exitCode == 73)
  }
}
