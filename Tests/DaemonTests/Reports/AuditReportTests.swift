import Domain
import EventStore
import Foundation
import Testing

@testable import Daemon

@Suite("Audit") struct AuditReportTests {
  let folder: TemporaryFolder
  let store: String
  init() throws {
    folder = try TemporaryFolder()
    store = folder.path + "/log.db"
    try ReportSession.tradingDay(SQLiteEventLog(path: store)).stop()
  }

  static func lines(_ export: AuditExport, _ store: String) throws -> [[String: Any]] {
    var data = Data()
    try export.run(store: store) { data.append(contentsOf: $0) }
    return try String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("a sound store gives an anchor that can be kept as a file") func sound() throws {
    let report = try AuditReport.verify(store: store)
    #expect(report.exitStatus == .done)
    let anchors = try AuditReport.anchors(file: folder.file("anchor.txt", report.text + "\n"))
    #expect(anchors == [report.findings.last])
    #expect(try AuditReport.verify(store: store, anchors: anchors).exitStatus == .done)
    let json = try StatusReportTests.object(report.json)
    #expect(json["sound"] as? Bool == true)
    #expect((json["anchor"] as? [String: Any])?["hash"] as? String == report.findings.last.hash.description)
  }

  @Test("an anchor of another log is told, with 1") func otherAnchor() throws {
    let report = try AuditReport.verify(
      store: store,
      anchors: [Anchor(sequence: SequenceNumber(3), hash: .zero), Anchor(sequence: SequenceNumber(9_999), hash: .zero)])
    #expect(report.exitStatus == .checkFailed)
    #expect(report.text.contains("is NOT the log that was anchored"))
    #expect(report.text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
  }

  @Test("a file without anchors, or that is none, is a matter of usage") func anchorFiles() throws {
    #expect(
      Daemon.ExitStatus(for: try #require(throws: (any Error).self) { try AuditReport.anchors(file: "/none") })
        == .usage)
    let empty = try folder.file("empty.txt", "# nothing\n")
    #expect(
      Daemon.ExitStatus(for: try #require(throws: (any Error).self) { try AuditReport.anchors(file: empty) }) == .usage)
    let wrong = try folder.file("wrong.txt", "hello\n")
    #expect(
      Daemon.ExitStatus(for: try #require(throws: (any Error).self) { try AuditReport.anchors(file: wrong) }) == .usage)
  }

  @Test("the errors of the store have the statuses of the interface") func statuses() {
    func status(_ code: EventStoreError.Code) -> Daemon.ExitStatus {
      Daemon.ExitStatus(for: EventStoreError(code, "x"))
    }
    #expect(status(.notFound) == .usage)
    #expect(status(.damaged) == .storeDamaged)
    #expect(status(.notOurs) == .storeDamaged)
    #expect(status(.outputExists) == .cannotCreate)
    #expect(status(.inUse) == .storeInUse)
    #expect(status(.modesTooOpen) == .modesTooOpen)
    #expect(status(.internalFault) == .ownFault)
  }

  @Test("exports are filtered by stretch, follower and type") func filters() throws {
    let all = try Self.lines(AuditExport(format: .jsonl), store)
    #expect(all.compactMap { $0["sequence"] as? Int } == Array(1...all.count))
    let asha = try Self.lines(AuditExport(format: .jsonl, follower: "asha"), store)
    #expect(!asha.isEmpty && asha.allSatisfy { $0["stream"] as? String == "follower/asha" })
    let leader = try Self.lines(AuditExport(format: .cloudevents, types: [.leaderOrder]), store)
    #expect(leader.count == 4 && leader.allSatisfy { $0["specversion"] as? String == "1.0" })
    let part = try Self.lines(
      AuditExport(format: .jsonl, from: .sequence(SequenceNumber(3)), to: .sequence(SequenceNumber(5))), store)
    #expect(part.compactMap { $0["sequence"] as? Int } == [3, 4, 5])
  }

  @Test("an output file appears whole, for its owner only, and replaces nothing") func exportFile() throws {
    let output = folder.path + "/out.jsonl"
    let file = try ExportFile(path: output)
    try AuditExport(format: .jsonl).run(store: store, to: file.write)
    #expect(!FileManager.default.fileExists(atPath: output))
    try file.finish()
    let modes = try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? Int
    #expect(modes == 0o600)
    let again = try #require(throws: ReportFault.self) { try ExportFile(path: output) }
    #expect(again.exitStatus == .cannotCreate)
    let nowhere = try #require(throws: ReportFault.self) { try ExportFile(path: folder.path + "/none/x") }
    #expect(nowhere.exitStatus == .cannotCreate)
  }

  @Test("a file that came into being meanwhile is not replaced, and nothing is left behind") func race() throws {
    let output = folder.path + "/out.jsonl"
    do {
      let file = try ExportFile(path: output)
      _ = try folder.file("out.jsonl", "mine")
      #expect(throws: ReportFault.self) { try file.finish() }
    }
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "mine")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.contains("partial") })
  }

  @Test("a backup verifies and says its anchor") func backup() throws {
    let copy = folder.path + "/copy.db"
    let report = try AuditReport.backup(store: store, to: copy)
    #expect(report.findings.last == (try AuditReport.verify(store: store)).findings.last)
    #expect(try AuditReport.verify(store: copy).exitStatus == .done)
    let error = try #require(throws: EventStoreError.self) { try AuditReport.backup(store: store, to: copy) }
    #expect(error.exitStatus == .cannotCreate)
  }
}
