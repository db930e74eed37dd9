import Daemon
import Domain
import EventStore
import Foundation
import Testing

@Suite("The words of a verification")
struct AuditSealTests {
  @Test("say whether the bytes beside the events are covered")
  func tellOfTheSeal() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString).db").path
    defer {
      for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
    let log = try SQLiteEventLog(path: path)
    let open = try AuditReport.verify(store: path)
    #expect(open.text.contains("(or is in use): bytes that belong to no event are not covered"))
    #expect(open.json.text.contains("\"sealed\":false"))
    try log.close()
    let closed = try AuditReport.verify(store: path)
    #expect(closed.text.contains("is sealed"))
    #expect(closed.json.text.contains("\"sealed\":true"))
    #expect(closed.text.split(separator: "\n").dropLast().allSatisfy { $0.hasPrefix("#") })
  }
}
