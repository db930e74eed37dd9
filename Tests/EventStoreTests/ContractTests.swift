import Domain
import SimulationKit
import Testing

@testable import EventStore

enum LogKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case memory, sqlite, sqliteOnSimulatedDisk
  var testDescription: String { rawValue }

  func make(in scratch: Scratch) throws -> any EventLog {
    switch self {
    case .memory: return MemoryEventLog()
    case .sqlite: return try SQLiteEventLog(path: scratch.store)
    case .sqliteOnSimulatedDisk:
      // The log keeps the disk for as long as it is open.
      let disk = SimulatedDisk(seed: 1)
      var options = SQLiteEventLog.Options()
      options.vfs = disk.vfsName
      options.takesLock = false
      return try withExtendedLifetime(disk) { try SQLiteEventLog(path: "/log.db", options: options) }
    }
  }
}

@Suite("Every log")
struct ContractTests {
  let scratch = Scratch()

  @Test("numbers events densely from 1 and streams from version 1", arguments: LogKind.allCases)
  func numbersDensely(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    #expect(log.lastSequence == .beforeFirst)
    #expect(log.lastHash == .zero)
    try Scratch.fill(log, 100, batch: 7)
    let events = try log.events()
    #expect(events.map(\.sequence.value) == Array(1...100))
    for stream in ["leader", "follower/asha", "follower/ravi"] as [StreamName] {
      let versions = events.filter { $0.draft.stream == stream }.map(\.streamVersion.value)
      #expect(versions == Array(1...Int64(versions.count)))
      #expect(log.head(of: stream).value == Int64(versions.count))
    }
    #expect(log.lastSequence.value == 100)
    #expect(log.lastHash == events.last?.hash)
  }

  @Test("returns what was appended, unchanged", arguments: LogKind.allCases)
  func returnsWhatWasAppended(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    let drafts = [
      Scratch.draft(1, payload: "{}"),
      Scratch.draft(2, payload: "{\"a\":\"ü€😀\\n\"}", causation: .first, correlation: ShortText.empty),
      Scratch.draft(3, payload: "{\"a\":[-1,0,null,true,{\"b\":\"\"}]}", correlation: "x"),
    ]
    #expect(try log.append(drafts, expecting: ["leader": .empty]).map(\.value) == [1, 2, 3])
    #expect(try log.events().map(\.draft) == drafts)
    #expect(try log.event(at: SequenceNumber(2))?.draft == drafts[1])
    #expect(try log.event(at: SequenceNumber(4)) == nil)
    #expect(try log.event(at: .beforeFirst) == nil)
  }

  @Test("chains every event to the one before it", arguments: LogKind.allCases)
  func chainsEvents(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    try Scratch.fill(log, 40)
    var previous = EventHash.zero
    for event in try log.events() {
      #expect(event.previousHash == previous)
      previous = event.hash
    }
  }

  @Test("hashes alike whatever is below", arguments: [25])
  func hashesAlike(count: Int) throws {
    let memory = MemoryEventLog()
    let sqlite = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(memory, count)
    try Scratch.fill(sqlite, count, batch: 4)
    #expect(try memory.events() == sqlite.events())
  }

  @Test("reads a stretch, from and through inclusive, no more than the limit", arguments: LogKind.allCases)
  func readsStretch(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    try Scratch.fill(log, 20)
    #expect(try log.events(from: SequenceNumber(5), through: SequenceNumber(7)).map(\.sequence.value) == [5, 6, 7])
    #expect(try log.events(from: SequenceNumber(19)).map(\.sequence.value) == [19, 20])
    #expect(try log.events(from: SequenceNumber(-3), limit: 2).map(\.sequence.value) == [1, 2])
    #expect(try log.events(from: SequenceNumber(21)).isEmpty)
    #expect(try log.events(from: SequenceNumber(9), through: SequenceNumber(8)).isEmpty)
    #expect(try log.events(limit: 0).isEmpty)
  }

  @Test("appends an id that exists with the same content only once", arguments: LogKind.allCases)
  func appendsOnce(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    let first = AppendBatch([Scratch.draft(1), Scratch.draft(2)], expecting: ["leader": .empty])
    _ = try log.append([first])
    let before = log.lastHash
    let again = try #require(try log.append([first]).first).get()
    #expect(again == AppendReceipt(sequences: [.first, SequenceNumber(2)], appended: 0))
    #expect(log.lastHash == before)
    // Met again later, together with something new.
    let mixed = [Scratch.draft(2, recordedAt: 1), Scratch.draft(3), Scratch.draft(3)]
    let batch = AppendBatch(mixed, expecting: ["leader": StreamVersion(2)])
    let receipt = try #require(try log.append([batch]).first).get()
    #expect(receipt.sequences.map(\.value) == [2, 3, 3])
    #expect(receipt.appended == 1)
    #expect(log.lastSequence.value == 3)
  }

  @Test(
    "refuses an id that exists with other content, in the log, the commit or the batch", arguments: LogKind.allCases)
  func refusesReusedID(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    _ = try log.append([Scratch.draft(1)], expecting: ["leader": .empty])
    var changes = [Scratch.draft(1, stream: "other"), Scratch.draft(1, type: "x"), Scratch.draft(1, payload: "{}")]
    changes.append(Scratch.draft(1, correlation: "c"))
    for change in changes {
      let error = storeError { _ = try log.append([change], expecting: [change.stream: log.head(of: change.stream)]) }
      #expect(error?.code == .eventIDReused)
      #expect(error?.sequence == .first)
    }
    let results = try log.append([
      AppendBatch([Scratch.draft(2)], expecting: ["leader": StreamVersion(1)]),
      AppendBatch([Scratch.draft(2, payload: "{}")], expecting: ["leader": StreamVersion(2)]),
      AppendBatch([Scratch.draft(3), Scratch.draft(3, payload: "{}")], expecting: ["leader": StreamVersion(2)]),
    ])
    #expect(results.map { (try? $0.get()) != nil } == [true, false, false])
    #expect(log.lastSequence.value == 2)
    #expect(log.head(of: "leader").value == 2)
  }

  @Test("refuses an append that expects another version, and changes nothing", arguments: LogKind.allCases)
  func refusesOtherVersion(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    _ = try log.append([Scratch.draft(1)], expecting: ["leader": .empty])
    let hash = log.lastHash
    for expected in [0, 2] as [Int64] {
      let error = storeError {
        _ = try log.append(
          [Scratch.draft(2, stream: "other"), Scratch.draft(3)],
          expecting: ["other": .empty, "leader": StreamVersion(expected)])
      }
      #expect(error?.code == .versionConflict)
    }
    #expect(storeError { _ = try log.append([Scratch.draft(2)], expecting: [:]) }?.code == .invalidDraft)
    #expect(log.lastHash == hash)
    #expect(log.head(of: "other") == .empty)
    #expect(try log.events().count == 1)
  }

  @Test("appends a group of batches each for itself", arguments: LogKind.allCases)
  func appendsGroups(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    let results = try log.append([
      AppendBatch([Scratch.draft(1), Scratch.draft(2, stream: "a")], expecting: ["leader": .empty, "a": .empty]),
      AppendBatch([Scratch.draft(3), Scratch.draft(4, stream: "b")], expecting: ["leader": .empty, "b": .empty]),
      AppendBatch([Scratch.draft(5)], expecting: ["leader": StreamVersion(1)]),
      AppendBatch([], expecting: [:]),
    ])
    #expect(results.count == 4)
    #expect(try results[0].get().sequences.map(\.value) == [1, 2])
    #expect(throws: EventStoreError.self) { try results[1].get() }
    #expect(try results[2].get().sequences.map(\.value) == [3])
    #expect(try results[3].get().appended == 0)
    #expect(log.head(of: "b") == .empty)
    #expect(log.head(of: "leader").value == 2)
    #expect(try log.append([]).isEmpty)
  }

  @Test("refuses drafts that it could not verify later", arguments: LogKind.allCases)
  func refusesInvalidDrafts(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    var tooEarly = Scratch.draft(1)
    tooEarly.recordedAt = Timestamp(microseconds: .min)
    var unversioned = Scratch.draft(1)
    unversioned.schemaVersion = 0
    var nameless = Scratch.draft(1)
    nameless.type = .empty
    let drafts = [
      Scratch.draft(1, payload: "{ }"), Scratch.draft(1, payload: "[]"), Scratch.draft(1, payload: ""),
      Scratch.draft(1, causation: .first), Scratch.draft(1, causation: .beforeFirst),
      Scratch.draft(1, stream: "a\nb"), tooEarly, unversioned, nameless,
    ]
    for draft in drafts {
      let error = storeError { _ = try log.append([draft], expecting: [draft.stream: .empty]) }
      #expect(error?.code == .invalidDraft)
      #expect(error.map { $0.exitCode } == 70)
    }
    #expect(log.lastSequence == .beforeFirst)
  }

  @Test("keeps the newest two snapshots of a kind and returns the newest of a format", arguments: LogKind.allCases)
  func keepsSnapshots(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    #expect(try log.latestSnapshot(kind: "engine", format: 1) == nil)
    for round in 1...3 {
      try Scratch.fill(log, 10)
      try log.saveSnapshot(kind: "engine", format: round < 3 ? 1 : 2, state: [UInt8(round)])
      try log.saveSnapshot(kind: "other", format: 1, state: [])
    }
    #expect(try log.latestSnapshot(kind: "engine", format: 2)?.state == [3])
    #expect(try log.latestSnapshot(kind: "engine", format: 2)?.sequence.value == 30)
    #expect(try log.latestSnapshot(kind: "engine", format: 1)?.sequence.value == 20)
    #expect(try log.latestSnapshot(kind: "engine", format: 3) == nil)
    #expect(try log.latestSnapshot(kind: "other", format: 1)?.state == [])
    try log.saveSnapshot(kind: "engine", format: 2, state: [4])
    #expect(try log.latestSnapshot(kind: "engine", format: 2)?.state == [4])
  }

  @Test("delivers to a subscription every event once and in order", arguments: LogKind.allCases)
  func deliversToSubscription(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    let subscription = EventSubscription(to: log, after: SequenceNumber(2))
    var seen: [Int64] = []
    #expect(try subscription.next { seen.append($0.sequence) } == 0)
    try Scratch.fill(log, 10)
    #expect(try subscription.next(limit: 5) { seen.append($0.sequence) } == 5)
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try subscription.next { row in
        if row.sequence == 9 { throw Refusal() }
        seen.append(row.sequence)
      }
    }
    try subscription.next { seen.append($0.sequence) }
    #expect(seen == Array(3...10))
    #expect(try subscription.next { _ in } == 0)
  }

  @Test("refuses everything once it is closed", arguments: LogKind.allCases)
  func refusesWhenClosed(kind: LogKind) throws {
    let log = try kind.make(in: scratch)
    try Scratch.fill(log, 3)
    try log.close()
    try log.close()
    #expect(storeError { try Scratch.fill(log, 1) }?.code == .closed)
    #expect(storeError { _ = try log.events() }?.code == .closed)
    #expect(storeError { try log.saveSnapshot(kind: "k", format: 1, state: []) }?.code == .closed)
  }
}
