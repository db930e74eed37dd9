import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("A flipped byte")
struct DamageTests {
  /// Verifies and exports a closed store after changing one byte, and says what is wrong with the answer, or `nil`.
  private static func flaw(_ original: Data, _ offset: Int, _ mask: UInt8, _ export: Data, _ path: String) throws
    -> String?
  {
    var bytes = original
    bytes[offset] ^= mask
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try bytes.write(to: URL(fileURLWithPath: path))
    let report: VerifyReport
    do { report = try LogVerifier.verify(path: path) } catch {
      return "offset \(offset) mask \(mask): \(error)"
    }
    guard let bad = report.firstBadSequence, report.exitCode == 65, !report.isSealed else {
      return "offset \(offset) mask \(mask): no sequence: \(report)"
    }
    // Where every event could still be read, the first one that changed is the one that is named.
    guard let exported = try? Scratch.export(path), exported != export else { return nil }
    let changed = exported.split(separator: UInt8(ascii: "\n"))
    let lines = export.split(separator: UInt8(ascii: "\n"))
    let first = zip(lines, changed).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, changed.count)
    return bad.value == Int64(first + 1)
      ? nil : "offset \(offset) mask \(mask): event \(first + 1) changed, and \(bad) was named: \(report.damage)"
  }

  /// A closed store with all that a store holds: snapshots that are in use, and pages of one that was pruned.
  private static func rich() throws -> Scratch {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    for state in 1...3 as ClosedRange<UInt8> {
      try Scratch.fill(log, 20)
      try log.saveSnapshot(kind: "engine", format: 1, state: [UInt8](repeating: state, count: 3_000))
    }
    try log.close()
    return scratch
  }

  /// A sample of the offsets; all of them, which takes minutes, when `EVENT_STORE_EVERY_BYTE` is set.
  @Test("promise 10: anywhere in a closed store is reported with a sequence", arguments: 0..<4)
  func isReported(part: Int) throws {
    let scratch = try DamageTests.rich()
    let original = try #require(Scratch.bytes(scratch.store))
    let export = try Scratch.export(scratch.store)
    let isDense = ProcessInfo.processInfo.environment["EVENT_STORE_EVERY_BYTE"] != nil
    let seal = try #require(original.range(of: Data(Seal.row), in: 4_096..<original.count)).lowerBound / 4_096
    var offset = part
    while offset < original.count {
      let mask: UInt8 = [1, 0x80, 0xFF][offset % 3]
      let flaw = try DamageTests.flaw(original, offset, mask, export, scratch.store)
      #expect(flaw == nil)
      // The header and the seal are looked at byte by byte.
      let isHeader = offset < 112 || (seal * 4_096 - 4 * 37..<seal * 4_096 + 16).contains(offset)
      let isSeal = ((seal + 1) * 4_096 - 64 - 4 * 37..<(seal + 1) * 4_096).contains(offset)
      offset += isDense || isHeader || isSeal ? 4 : 4 * 37
    }
  }

  @Test("anywhere in a backup is reported with a sequence")
  func isReportedInBackup() throws {
    let scratch = try DamageTests.rich()
    let copy = scratch.file("copy.db")
    try SQLiteEventReader(path: scratch.store).backup(to: copy)
    let original = try #require(Scratch.bytes(copy))
    let export = try Scratch.export(copy)
    for offset in Array(0..<100) + Array(stride(from: 100, to: original.count, by: 131)) {
      let flaw = try DamageTests.flaw(original, offset, [3, 0x80, 0xFF][offset % 3], export, copy)
      #expect(flaw == nil)
    }
  }

  @Test("in the header is reported with a sequence, whichever bit it is", arguments: 0..<8)
  func isReportedInHeader(bit: Int) throws {
    let scratch = try Scratch.made(5)
    let original = try #require(Scratch.bytes(scratch.store))
    let export = try Scratch.export(scratch.store)
    for offset in 0..<100 {
      // Two bits turn one legal version of the format into the other.
      for mask in bit == 0 ? [1, 3] : [1 << bit] {
        let flaw = try DamageTests.flaw(original, offset, UInt8(mask), export, scratch.store)
        #expect(flaw == nil)
      }
    }
  }

  @Test("in any column of any event is reported with its sequence")
  func isNamedInRows() throws {
    let scratch = try Scratch.made(12)
    let original = try #require(Scratch.bytes(scratch.store))
    let events = try SQLiteEventReader(path: scratch.store).events()
    for event in events {
      for needle in [
        Data(event.draft.payload), event.hash.withBytes { Data($0) } + Data(),
      ] {
        // A hash occurs in its own row and in the next one; a payload once.
        guard let found = original.range(of: needle, options: .backwards) else { continue }
        var bytes = original
        bytes[found.lowerBound + found.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: scratch.store))
        let report = try LogVerifier.verify(path: scratch.store)
        let bad = try #require(report.firstBadSequence)
        #expect(bad == event.sequence || bad == event.sequence.next)
        if needle.count != 32 { #expect(bad == event.sequence) }
      }
    }
  }

  /// A store of twenty commits that was not closed, with one bit of its write-ahead log flipped.
  private static func damaged(at offset: (Int) -> Int) throws -> (scratch: Scratch, anchor: Anchor) {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    for _ in 0..<20 { try Scratch.fill(log, 1) }
    let anchor = Anchor(sequence: log.lastSequence, hash: log.lastHash)
    log.discard()
    try FileManager.default.removeItem(atPath: scratch.store + "-shm")
    var bytes = try #require(Scratch.bytes(scratch.store + "-wal"))
    bytes[offset(bytes.count)] ^= 1
    try bytes.write(to: URL(fileURLWithPath: scratch.store + "-wal"))
    return (scratch, anchor)
  }

  @Test("in the write-ahead log is named and refused by a start, although SQLite takes it for the end")
  func isNamedInWriteAheadLog() throws {
    let scratch = try DamageTests.damaged { $0 / 2 }.scratch
    let report = try LogVerifier.verify(path: scratch.store)
    #expect(report.exitCode == 65)
    #expect(report.firstBadSequence == report.last.sequence.next)
    let before = Scratch.bytes(scratch.store + "-wal")
    let error = storeError { _ = try SQLiteEventLog(path: scratch.store) }
    #expect(error?.code == .damaged)
    #expect(error?.sequence == report.firstBadSequence)
    #expect(Scratch.bytes(scratch.store + "-wal") == before)
  }

  @Test("in the last commit of a write-ahead log cuts the log there, which an anchor reveals")
  func cutsWriteAheadLog() throws {
    let (scratch, anchor) = try DamageTests.damaged { $0 - 100 }
    let report = try LogVerifier.verify(path: scratch.store, anchors: [anchor])
    #expect(report.damage.isEmpty)
    #expect(report.events == 19)
    #expect(report.exitCode == 1)
  }
}
