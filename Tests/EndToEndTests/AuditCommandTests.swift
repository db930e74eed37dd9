import Domain
import EventStore
import Foundation
import Testing

@Suite("The audit commands as processes") struct AuditCommandTests {
  let folder: Folder
  let store: String
  init() throws {
    folder = try Folder()
    store = try DemoStore.make(in: folder)
  }

  @Test("an intact store verifies, and its anchor holds") func sound() throws {
    let verify = try folder.run("audit", "verify", "--store", store)
    #expect(verify.status == 0)
    #expect(verify.diagnostics == "")
    try verify.output.write(toFile: folder.path + "/anchor.txt", atomically: true, encoding: .utf8)
    #expect(try folder.run("audit", "verify", "--store", store, "--anchor", "anchor.txt").status == 0)
    try "2 \(String(repeating: "0", count: 64))\n".write(
      toFile: folder.path + "/other.txt", atomically: true, encoding: .utf8)
    let other = try folder.run("audit", "verify", "--store", store, "--anchor", "other.txt")
    #expect(other.status == 1)
    #expect(other.output.contains("event 2 does not have the hash"))
  }

  @Test("one changed byte ends with 65 and the sequence") func changed() throws {
    var bytes = try #require(FileManager.default.contents(atPath: store))
    // A word that stands in events only, and in no snapshot of the state.
    let found = try #require(bytes.range(of: Data("leaves_at_once".utf8)))
    bytes[found.lowerBound] = UInt8(ascii: "L")
    let copy = folder.path + "/copy.db"
    try bytes.write(to: URL(fileURLWithPath: copy))
    let text = try folder.run("audit", "verify", "--store", copy)
    #expect(text.status == 65)
    let json = try folder.run("audit", "verify", "--store", copy, "--json")
    #expect(json.status == 65)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let sequence = try #require(report["first_bad_sequence"] as? Int)
    #expect(text.output.contains("the first event affected is \(sequence)."))
    let event = try SQLiteEventReader(path: store).event(at: SequenceNumber(Int64(sequence)))
    #expect(String(decoding: try #require(event).draft.payload, as: UTF8.self).contains("leaves_at_once"))
    #expect(try folder.run("backup", "--store", copy, "--output", "b.db").status == 65)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/b.db"))
  }

  @Test("an export's chain can be recomputed by anybody") func recompute() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EventStoreTests/recompute_chain.py").path
    let export = try folder.run("audit", "export", "--store", store, "--output", "log.jsonl")
    #expect(export.status == 0)
    #expect(export.output == "")
    let check = try folder.shell("python3 '\(script)' log.jsonl")
    #expect(check.status == 0)
    let anchor = try folder.run("audit", "verify", "--store", store).output.split(separator: "\n").last ?? ""
    #expect(check.output.contains(anchor.split(separator: " ").last ?? "none"))
    let piped = try folder.run("audit", "export", "--store", store, "--format", "jsonl", "--output", "-")
    #expect(piped.output == (try String(contentsOfFile: folder.path + "/log.jsonl", encoding: .utf8)))
  }

  @Test("existing output is left alone, with 73") func existing() throws {
    for arguments in [["audit", "export"], ["backup"]] {
      try "mine".write(toFile: folder.path + "/mine", atomically: true, encoding: .utf8)
      let outcome = try Program.run(arguments + ["--store", store, "--output", "mine"], in: folder.path)
      #expect(outcome.status == 73)
      #expect(outcome.output == "")
      #expect(outcome.diagnostics.contains("exists and is not overwritten"))
      #expect(try String(contentsOfFile: folder.path + "/mine", encoding: .utf8) == "mine")
    }
  }

  @Test("a backup is a store like any other") func backup() throws {
    let backup = try folder.run("backup", "--store", store, "--output", "b.db")
    #expect(backup.status == 0)
    #expect(try folder.run("audit", "verify", "--store", "b.db").status == 0)
    #expect(
      try folder.run("audit", "export", "--store", "b.db").output
        == folder.run("audit", "export", "--store", store).output)
  }

  @Test("a backup is taken while somebody writes") func backupBesideWriter() throws {
    let log = try SQLiteEventLog(path: store)
    defer { try? log.close() }
    #expect(try folder.run("backup", "--store", store, "--output", "b.db").status == 0)
    #expect(try folder.run("status", "--store", store).status == 0)
  }

  @Test(
    "a reader that goes away ends the output quietly", arguments: ["audit export --format csv", "replay", "orders"])
  func brokenPipe(command: String) throws {
    let outcome = try folder.shell("{ '\(Program.path)' \(command) --store '\(store)'; echo $? > rc; } | head -n 1")
    #expect(outcome.diagnostics == "")
    #expect(outcome.output.split(separator: "\n").count == 1)
    #expect(try String(contentsOfFile: folder.path + "/rc", encoding: .utf8) == "0\n")
    // A closed pipe from the start, so that the first write meets it.
    let closed = try folder.shell(
      "mkfifo p; { : < p; } & exec 3> p; wait; '\(Program.path)' \(command) --store '\(store)' >&3; echo $?")
    #expect(closed == Program.Outcome(status: 0, output: "0\n", diagnostics: ""))
  }
}
