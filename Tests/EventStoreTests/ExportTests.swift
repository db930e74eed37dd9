import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("An export")
struct ExportTests {
  static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("recompute_chain.py").path

  @Test("lets anybody recompute the chain", .enabled(if: isInstalled("python3")))
  func chainIsRecomputable() throws {
    let scratch = try Scratch.made(200)
    let lines = try Scratch.export(scratch.store)
    try lines.write(to: URL(fileURLWithPath: scratch.file("log.jsonl")))
    let last = try SQLiteEventReader(path: scratch.store).lastEvent()
    let sound = try run("python3", [ExportTests.script, scratch.file("log.jsonl")])
    #expect(sound.status == 0)
    #expect(sound.output == "200 events, last hash \(last.hash)\n")
    let changed = String(decoding: lines, as: UTF8.self).replacing("\"number\":150", with: "\"number\":151")
    try Data(changed.utf8).write(to: URL(fileURLWithPath: scratch.file("log.jsonl")))
    let broken = try run("python3", [ExportTests.script, scratch.file("log.jsonl")])
    #expect(broken.status == 1)
    #expect(broken.diagnostics.contains("sequence 150"))
  }

  @Test("in JSON Lines has every column under its public name, the payload as stored")
  func jsonLines() throws {
    let scratch = try Scratch.made(7)
    let events = try SQLiteEventReader(path: scratch.store).events()
    let lines = String(decoding: try Scratch.export(scratch.store), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 7)
    for (line, event) in zip(lines, events) {
      let draft = event.draft
      let expected = """
        {"sequence":\(event.sequence),"recorded_at":"\(draft.recordedAt)","occurred_at":"\(draft.occurredAt)",\
        "stream":"\(draft.stream)","stream_version":\(event.streamVersion.value),"event_id":"\(draft.eventID)",\
        "type":"\(draft.type)","schema_version":1,"causation":\(draft.causation?.description ?? "null"),\
        "correlation":\(draft.correlation.map { "\"\($0)\"" } ?? "null"),\
        "payload":\(String(decoding: draft.payload, as: UTF8.self)),\
        "previous_hash":"\(event.previousHash)","hash":"\(event.hash)"}
        """
      #expect(line == expected)
    }
  }

  @Test("in CSV is read back by a CSV reader, the payload as stored", .enabled(if: isInstalled("python3")))
  func csv() throws {
    let scratch = Scratch()
    let log = MemoryEventLog()
    _ = try log.append(
      [Scratch.draft(1, stream: "a,\"b\"", correlation: ShortText.empty), Scratch.draft(2, stream: "plain")],
      expecting: ["a,\"b\"": .empty, "plain": .empty])
    var data = Data()
    try EventExporter.export(log, as: .csv) { data.append(contentsOf: $0) }
    try data.write(to: URL(fileURLWithPath: scratch.file("log.csv")))
    let read = try run(
      "python3",
      [
        "-c",
        """
        import csv, sys
        rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
        print("|".join(rows[0].keys()))
        for r in rows: print(r["stream"], r["payload"], r["causation"] == "", sep="|")
        """, scratch.file("log.csv"),
      ])
    let payloads = try log.events().map { String(decoding: $0.draft.payload, as: UTF8.self) }
    #expect(
      read.output == """
        sequence|recorded_at|occurred_at|stream|stream_version|event_id|type|schema_version|causation|correlation|\
        payload|previous_hash|hash
        a,"b"|\(payloads[0])|True
        plain|\(payloads[1])|True

        """)
    #expect(String(decoding: data, as: UTF8.self).contains(",\"\",\"{"))
    #expect(data.suffix(2) == Data("\r\n".utf8))
  }

  @Test("in CloudEvents has the required attributes, and extensions that are lower case")
  func cloudEvents() throws {
    let scratch = try Scratch.made(10)
    let text = String(decoding: try Scratch.export(scratch.store, as: .cloudevents), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 10)
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let required = ["id", "source", "specversion", "type", "subject", "time", "datacontenttype", "sequence", "hash"]
      #expect(required.allSatisfy { object[$0] is String })
      #expect(object["specversion"] as? String == "1.0")
      #expect(object["data"] is [String: Any])
      let letters = object.keys.joined().utf8
      #expect(letters.allSatisfy { (97...122).contains($0) || (48...57).contains($0) })
    }
  }

  @Test("is filtered by sequence, stream and type")
  func isFiltered() throws {
    let scratch = try Scratch.made(30)
    let count = { (filter: EventExporter.Filter) in
      try Scratch.export(scratch.store, filter: filter).filter { $0 == UInt8(ascii: "\n") }.count
    }
    #expect(try count(.init(from: SequenceNumber(11), through: SequenceNumber(20))) == 10)
    #expect(try count(.init(stream: { $0 == "leader" })) == 10)
    #expect(try count(.init(from: SequenceNumber(29), stream: { $0.description.hasPrefix("follower/") })) == 1)
    #expect(try count(.init(type: { $0 == "leader.order" })) == 30)
    #expect(try count(.init(type: { $0 == "other" })) == 0)
  }

  @Test("stops at damage, after the lines before it")
  func stopsAtDamage() throws {
    let scratch = try Scratch.made(30)
    let raw = try SQLiteConnection(path: scratch.store, flags: 2)
    try raw.configure(1_003, false)
    try raw.execute("DELETE FROM events WHERE sequence = 9")
    raw.close()
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(storeError { try EventExporter.export(reader, as: .jsonl) { _ in } }?.sequence?.value == 9)
  }
}

@Suite("A backup")
struct BackupTests {
  @Test("of a live store is the same log, sound, in one file of its owner's")
  func isFaithful() throws {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 300)
    let copy = scratch.file("copy.db")
    let reader = try SQLiteEventReader(path: scratch.store)
    let report = try reader.backup(to: copy)
    #expect(report.last == Anchor(sequence: log.lastSequence, hash: log.lastHash))
    #expect(report.isSealed)
    #expect(try LogVerifier.verify(path: copy) == report)
    try Scratch.fill(log, 10)
    try log.close()
    let both = try [Scratch.export(copy), Scratch.export(scratch.store, filter: .init(through: SequenceNumber(300)))]
    #expect(both[0] == both[1])
    let attributes = try FileManager.default.attributesOfItem(atPath: copy)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let restored = try SQLiteEventLog(path: copy)
    try Scratch.fill(restored, 5)
    try restored.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.contains("partial") }
    #expect(files == [])
  }

  @Test("never overwrites a file")
  func neverOverwrites() throws {
    let scratch = try Scratch.made(3)
    let copy = scratch.file("copy.db")
    try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
    let reader = try SQLiteEventReader(path: scratch.store)
    let error = storeError { try reader.backup(to: copy) }
    #expect(error?.code == .outputExists)
    #expect(error?.exitCode == 73)
    #expect(Scratch.bytes(copy) == Data("precious".utf8))
    #expect(storeError { try reader.backup(to: scratch.file("no/copy.db")) }?.exitCode == 73)
  }

  @Test("of a damaged store is refused and leaves no file")
  func refusesDamage() throws {
    let scratch = try Scratch.made(30)
    let raw = try SQLiteConnection(path: scratch.store, flags: 2)
    try raw.configure(1_003, false)
    try raw.execute("UPDATE events SET payload = '{}' WHERE sequence = 9")
    raw.close()
    let reader = try SQLiteEventReader(path: scratch.store)
    #expect(storeError { try reader.backup(to: scratch.file("copy.db")) }?.sequence?.value == 9)
    #expect(!Scratch.exists(scratch.file("copy.db")))
  }
}
