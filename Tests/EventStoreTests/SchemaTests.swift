import CSQLite
import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("The schema")
struct SchemaTests {
  let scratch = Scratch()
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test("in the program is schema.sql, byte for byte")
  func isTheFile() throws {
    let file = try Data(contentsOf: SchemaTests.root.appendingPathComponent("schema.sql"))
    #expect(String(decoding: file, as: UTF8.self) == Schema.text)
  }

  @Test("of a live store is what schema.sql makes in the sqlite3 shell", .enabled(if: isInstalled("sqlite3")))
  func isLive() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    let query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"
    let pragmas = "PRAGMA application_id; PRAGMA user_version;"
    let model = try run("sqlite3", [":memory:"], input: "\(Schema.text)\n\(query);\n\(pragmas)")
    let live = try run("sqlite3", ["-readonly", scratch.store, query, pragmas])
    #expect(model.status == 0)
    #expect(live.output == model.output)
    try log.close()
  }

  static let attacks = [
    "UPDATE events SET payload = '{}' WHERE sequence = 2",
    "UPDATE OR REPLACE events SET sequence = 1 WHERE sequence = 2",
    "DELETE FROM events WHERE sequence = 5",
    "DELETE FROM events",
    "INSERT OR REPLACE INTO events SELECT * FROM events WHERE sequence = 2",
    "REPLACE INTO events SELECT 6, stream, 9, event_id, type, 1, 1, 1, NULL, NULL, '{}', hash, hash FROM events",
    "INSERT INTO events SELECT 7, stream, 9, randomblob(16), type, 1, 1, 1, NULL, NULL, '{}', hash, hash FROM events",
    "INSERT INTO events(sequence, stream) VALUES (6, 'x')",
    "INSERT INTO events SELECT 6, stream, 9, 'short', type, 1, 1, 1, NULL, NULL, '{}', hash, hash FROM events",
  ]

  @Test("refuses to change, delete or replace an event, on any connection", arguments: attacks)
  func refusesAttack(attack: String) throws {
    let scratch = try Scratch.made(5)
    let before = try Scratch.export(scratch.store)
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    for setting in ["OFF", "ON"] {
      try raw.execute("PRAGMA recursive_triggers = \(setting)")
      #expect(throws: EventStoreError.self) { try raw.execute(attack) }
    }
    raw.close()
    #expect(try Scratch.export(scratch.store) == before)
  }

  @Test("refuses the same in the sqlite3 shell", .enabled(if: isInstalled("sqlite3")), arguments: attacks)
  func refusesAttackInShell(attack: String) throws {
    let scratch = try Scratch.made(5)
    let before = try Scratch.export(scratch.store)
    let attempt = try run("sqlite3", [scratch.store, "PRAGMA recursive_triggers = OFF; \(attack)"])
    #expect(attempt.status != 0)
    #expect(try Scratch.export(scratch.store) == before)
  }

  @Test("shows events with times and ids as they are exported", .enabled(if: isInstalled("sqlite3")))
  func showsReadableEvents() throws {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    var old = Scratch.draft(1)
    old.occurredAt = Timestamp(microseconds: -1)
    old.recordedAt = Timestamp(microseconds: -62_135_596_800_000_000)
    _ = try log.append([old, Scratch.draft(2)], expecting: ["leader": .empty])
    let events = try log.events()
    try log.close()
    let shown = try run(
      "sqlite3",
      [
        scratch.store,
        "SELECT sequence, recorded_at, occurred_at, event_id, previous_hash, hash FROM readable_events",
      ])
    let expected = events.map {
      "\($0.sequence)|\($0.draft.recordedAt)|\($0.draft.occurredAt)|\($0.draft.eventID)|\($0.previousHash)|\($0.hash)\n"
    }
    #expect(shown.output == expected.joined())
  }

  @Test("lets snapshots be deleted without loss")
  func snapshotsAreDeletable() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 30)
    try log.saveSnapshot(kind: "engine", format: 1, state: [1, 2, 3])
    let hash = log.lastHash
    try log.close()
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.execute("DELETE FROM snapshots")
    raw.close()
    let again = try SQLiteEventLog(path: scratch.store)
    #expect(again.lastHash == hash)
    #expect(again.head(of: "leader").value == 10)
    try again.close()
  }
}
