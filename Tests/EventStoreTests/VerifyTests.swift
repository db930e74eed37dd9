import CSQLite
import Domain
import Foundation
import Synchronization
import Testing

@testable import EventStore

@Suite("Verifying")
struct VerifyTests {
  @Test("finds a sound store sound and tells its end, over one stretch or many", arguments: [0, 1, 300, 25_000])
  func findsSound(count: Int) throws {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, count, batch: 1_000)
    let end = Anchor(sequence: log.lastSequence, hash: log.lastHash)
    try log.close()
    let decoded = Atomic(0)
    let report = try LogVerifier.verify(path: scratch.store, anchors: [end]) { _, _, _ in
      decoded.wrappingAdd(1, ordering: .relaxed)
    }
    #expect(report.damage == [])
    #expect(report.isSound && report.isSealed && report.exitCode == 0)
    #expect(report.last == end)
    #expect(report.streams == min(count, 3))
    #expect(decoded.load(ordering: .relaxed) == count)
  }

  @Test("names the first bad event of many, whichever stretch it lies in")
  func namesFirst() throws {
    let scratch = try Scratch.made(30_000)
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
    for bad in [29_999, 20_000, 11_251, 11_250] {
      try raw.execute("UPDATE events SET payload = '{}' WHERE sequence = \(bad)")
      #expect(try LogVerifier.verify(path: scratch.store).firstBadSequence?.value == Int64(bad))
    }
    raw.close()
  }

  @Test("finds a history that was rewritten with all its hashes only by an anchor")
  func anchorFindsRewriting() throws {
    let scratch = try Scratch.made(30)
    let other = Scratch()
    let log = try SQLiteEventLog(path: other.store)
    _ = try log.append([Scratch.draft(1, payload: "{}")], expecting: ["leader": .empty])
    try Scratch.fill(log, 29)
    try log.close()
    let anchor = try SQLiteEventReader(path: scratch.store).lastEvent()
    #expect(try LogVerifier.verify(path: other.store).isSound)
    let report = try LogVerifier.verify(path: other.store, anchors: [anchor])
    #expect(report.damage.isEmpty && report.anchorsBroken.count == 1)
    #expect(report.exitCode == 1)
  }

  @Test("finds a cut tail only by an anchor")
  func anchorFindsCutTail() throws {
    let scratch = try Scratch.made(30)
    let events = try SQLiteEventReader(path: scratch.store).events()
    let anchors = events.map { Anchor(sequence: $0.sequence, hash: $0.hash) }
    let raw = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READWRITE)
    try raw.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
    // Whoever cuts can take the seal off as well.
    try raw.execute("DELETE FROM events WHERE sequence > 20; UPDATE seal SET value = zeroblob(32)")
    raw.close()
    #expect(try LogVerifier.verify(path: scratch.store, anchors: Array(anchors[..<20])).isSound)
    let report = try LogVerifier.verify(path: scratch.store, anchors: [anchors[25]])
    #expect(report.exitCode == 1)
    #expect(report.anchorsBroken.first?.message.contains("cut off") == true)
  }

  @Test("finds payloads that do not decode")
  func findsUndecodable() throws {
    let scratch = try Scratch.made(30)
    struct Unknown: Error {}
    let report = try LogVerifier.verify(path: scratch.store) { type, version, payload in
      #expect(type.elementsEqual("leader.order".utf8) && version == 1)
      if payload.starts(with: "{\"number\":21,".utf8) { throw Unknown() }
    }
    #expect(report.firstBadSequence?.value == 21)
    #expect(report.exitCode == 65)
  }

  @Test("finds an index that does not agree with the events, and names the event")
  func findsIndexDisagreement() throws {
    let scratch = try Scratch.made(3_000)
    let connection = try SQLiteConnection(path: scratch.store, flags: SQLITE_OPEN_READONLY)
    let page = try #require(
      try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'"))
    connection.close()
    var bytes = try #require(Scratch.bytes(scratch.store))
    // An id lies in the index as its 16 bytes, followed by its sequence: change the last byte of one id's leaf cell.
    let id = EventID(high: UInt64(1_500) << 16 | 0x8000, low: 0x8000_0000_0000_0001)
    var pattern = Data()
    for word in [id.high, id.low] { withUnsafeBytes(of: word.bigEndian) { pattern.append(contentsOf: $0) } }
    pattern.append(contentsOf: [0x05, 0xDC])
    let found = try #require(bytes.range(of: pattern, in: Int(page - 1) * 0..<bytes.count))
    bytes[found.upperBound - 3] ^= 2
    try bytes.write(to: URL(fileURLWithPath: scratch.store))
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.firstBadSequence?.value == 1_500)
  }

  @Test("works beside a live writer, and writes nothing")
  func worksBesideWriter() throws {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    try Scratch.fill(log, 2_000)
    let before = Scratch.bytes(scratch.store)
    #expect(try LogVerifier.verify(path: scratch.store).events == 2_000)
    #expect(Scratch.bytes(scratch.store) == before)
    try log.close()
  }

  @Test("reads anchors as words or JSON, and names the line that is neither")
  func readsAnchors() throws {
    let hash = EventHash(word0: 1, word1: 2, word2: 3, word3: 4)
    let anchor = Anchor(sequence: SequenceNumber(12), hash: hash)
    #expect(try Anchor.parse("# kept by mail\n\n\(anchor)\r\n") == [anchor])
    #expect(try Anchor.parse("{\"hash\": \"\(hash)\", \"more\":1,\"sequence\" :12}") == [anchor])
    for text in ["12", "12 abc", "-1 \(hash)", "{\"sequence\":12}", "x \(hash)"] {
      let error = storeError { _ = try Anchor.parse("\(anchor)\n\(text)") }
      #expect(error?.code == .invalidAnchor)
      #expect(error?.message.contains("Line 2") == true)
    }
  }
}
