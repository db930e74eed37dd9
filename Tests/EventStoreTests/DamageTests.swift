import Domain
import Foundation
import Testing

@testable import EventStore

@Suite("A flipped byte")
struct DamageTests {
  /// Verifies and exports a store after changing one byte, and says what is wrong with the answer, or `nil`.
  private static func flaw(_ original: Data, _ offset: Int, _ mask: UInt8, _ export: Data, _ path: String) throws
    -> String?
  {
    var bytes = original
    bytes[offset] ^= mask
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try bytes.write(to: URL(fileURLWithPath: path))
    let report: VerifyReport
    do { report = try LogVerifier.verify(path: path) } catch let failure as EventStoreError {
      return failure.exitCode == 65 ? nil : "offset \(offset): \(failure)"
    }
    let exported = try? Scratch.export(path)
    if exported == export { return nil }
    if report.isSound { return "offset \(offset) mask \(mask): a changed export verifies" }
    guard let bad = report.firstBadSequence else {
      return "offset \(offset) mask \(mask): no sequence: \(report.damage)"
    }
    // Where every event could still be read, the first one that changed is the one that is named.
    guard let changed = exported?.split(separator: UInt8(ascii: "\n")) else { return nil }
    let lines = export.split(separator: UInt8(ascii: "\n"))
    let first = zip(lines, changed).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, changed.count)
    return bad.value == Int64(first + 1)
      ? nil : "offset \(offset) mask \(mask): event \(first + 1) changed, and \(bad) was named: \(report.damage)"
  }

  /// A sample of the offsets; all of them, which takes minutes, when `EVENT_STORE_EVERY_BYTE` is set.
  @Test("anywhere in a store is reported, or is in bytes that say nothing", arguments: 0..<4)
  func isReported(part: Int) throws {
    let scratch = try Scratch.made(60)
    let original = try #require(Scratch.bytes(scratch.store))
    let export = try Scratch.export(scratch.store)
    let stride = ProcessInfo.processInfo.environment["EVENT_STORE_EVERY_BYTE"] == nil ? 61 : 1
    var offset = part
    while offset < original.count {
      let mask: UInt8 = [1, 0x80, 0xFF][offset % 3]
      let flaw = try DamageTests.flaw(original, offset, mask, export, scratch.store)
      #expect(flaw == nil)
      offset += 4 * stride
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

  @Test("in the write-ahead log cuts the log there, which an anchor reveals")
  func cutsWriteAheadLog() throws {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    for _ in 0..<20 { try Scratch.fill(log, 1) }
    let anchor = Anchor(sequence: log.lastSequence, hash: log.lastHash)
    log.discard()
    try FileManager.default.removeItem(atPath: scratch.store + "-shm")
    var bytes = try #require(Scratch.bytes(scratch.store + "-wal"))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: scratch.store + "-wal"))
    let report = try LogVerifier.verify(path: scratch.store, anchors: [anchor])
    #expect(report.damage.isEmpty)
    #expect(report.events < 20)
    #expect(report.exitCode == 1)
  }
}
