import CSQLite
import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("A reader")
struct ReaderTests {
  let scratch = Scratch()

  @Test("follows a live writer")
  func followsWriter() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    let reader = try SQLiteEventReader(path: scratch.store)
    let subscription = EventSubscription(to: reader)
    var seen: [Int64] = []
    for round in 1...5 {
      try Scratch.fill(log, 10)
      if round == 3 { try log.checkpointWhenIdle() }
      #expect(try subscription.next { seen.append($0.sequence) } == 10)
      #expect(try subscription.next { seen.append($0.sequence) } == 0)
    }
    #expect(seen == Array(1...50))
    #expect(try reader.lastEvent() == Anchor(sequence: log.lastSequence, hash: log.lastHash))
    try log.close()
    #expect(try reader.events().count == 50)
  }

  @Test("sees one consistent view during one read")
  func seesOneView() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 10)
    let reader = try SQLiteEventReader(path: scratch.store)
    var seen = 0
    try reader.read(from: .first) { _ in
      seen += 1
      if seen == 5 { try Scratch.fill(log, 10) }
    }
    #expect(seen == 10)
    #expect(try reader.read(from: .first) { _ in } == 20)
    try log.close()
  }

  @Test("reads a store whose writer is gone, cleanly or by a crash", arguments: [true, false])
  func readsAfterWriter(isClean: Bool) throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 20)
    if isClean { try log.close() } else { log.discard() }
    let before = Scratch.bytes(scratch.store)
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(try reader.events().count == 20)
    reader.close()
    #expect(Scratch.bytes(scratch.store) == before)
    #expect(storeError { _ = try reader.events() }?.code == .closed)
  }

  @Test("reads a copy where nothing may be written")
  func readsUnchangingCopy() throws {
    let scratch = try Scratch.made(20)
    let name = scratch.file("a %20?copy#.db")
    try FileManager.default.moveItem(atPath: scratch.store, toPath: name)
    let connection = try SQLiteConnection(
      path: SQLiteEventReader.unchanging(name), flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
    #expect(try connection.integer("SELECT count(*) FROM events") == 20)
    connection.close()
    #expect(!Scratch.exists(name + "-shm"))
    #expect(try SQLiteEventReader(path: name).events().count == 20)
  }

  @Test("cannot write")
  func cannotWrite() throws {
    let scratch = try Scratch.made(5)
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(throws: EventStoreError.self) { try reader.connection.execute("DELETE FROM snapshots") }
  }

  @Test("finds the newest snapshot")
  func findsSnapshot() throws {
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 5)
    try log.saveSnapshot(kind: "engine", format: 7, state: Array("state".utf8))
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(try reader.latestSnapshot(kind: "engine", format: 7) == log.latestSnapshot(kind: "engine", format: 7))
    #expect(try reader.latestSnapshot(kind: "engine", format: 7)?.state == Array("state".utf8))
    try log.close()
  }

  @Test("yields events as an asynchronous sequence that asks again whenever its sleep returns")
  func yieldsFeed() async throws {
    let log = try SQLiteEventLog(path: scratch.store)
    let reader = try SQLiteEventReader(path: scratch.store)
    var naps = 0
    let feed = EventFeed(EventSubscription(to: reader, after: .first)) {
      naps += 1
      try Scratch.fill(log, 2)
    }
    var seen: [Int64] = []
    for try await event in feed {
      seen.append(event.sequence.value)
      if seen.count == 5 { break }
    }
    #expect(seen == [2, 3, 4, 5, 6])
    #expect(naps == 3)
    try log.close()
  }
}

@Suite("A snapshot")
struct SnapshotTests {
  let scratch = Scratch()

  private func damaged(_ sql: String) throws -> SQLiteEventLog {
    let log = try SQLiteEventLog(path: scratch.store)
    for state in [1, 2] as [UInt8] {
      try Scratch.fill(log, 10)
      try log.saveSnapshot(kind: "engine", format: 1, state: [state])
    }
    try log.close()
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.execute(sql)
    raw.close()
    return try SQLiteEventLog(path: scratch.store)
  }

  @Test(
    "that is damaged or of another history is passed over for the one before it",
    arguments: [
      "state = x'09'", "heads = '1 leader' || char(10)", "event_hash = zeroblob(32)", "checksum = zeroblob(32)",
      "format = 2", "sequence = 19",
    ])
  func isPassedOver(change: String) throws {
    let log = try damaged("UPDATE snapshots SET \(change) WHERE sequence = 20")
    #expect(try log.latestSnapshot(kind: "engine", format: 1)?.state == [1])
    #expect(try log.latestSnapshot(kind: "engine", format: 2) == nil)
    #expect(log.head(of: "leader").value == 6)
    #expect(log.lastSequence.value == 20)
    try log.close()
  }

  @Test("spares the events before it when the store is opened, not those after it")
  func sparesEvents() throws {
    let log = try damaged("UPDATE snapshots SET sequence = sequence")
    #expect(log.head(of: "leader").value == 6)
    try Scratch.fill(log, 7)
    let heads = log.heads.versions
    try log.close()
    let again = try SQLiteEventLog(path: scratch.store)
    #expect(again.heads.versions == heads)
    #expect(heads.count == 3)
    try again.close()
  }
}
