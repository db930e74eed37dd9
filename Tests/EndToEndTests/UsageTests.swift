import EventStore
import Foundation
import Testing

@Suite("Usage") struct UsageTests {
  static let commands = [
    "init", "check", "demo", "run", "status", "orders", "positions", "explain", "report", "replay", "audit",
    "audit export", "audit verify", "halt", "close-only", "resume", "resolve", "backup", "simulator",
  ]

  @Test("the program says which one it is") func version() throws {
    let folder = try Folder()
    let answer = try folder.run("--version")
    #expect(answer.status == 0)
    #expect(answer.output.hasPrefix("copytrade 0."), "\(answer)")
  }

  @Test("every command has help", arguments: commands) func help(command: String) throws {
    let folder = try Folder()
    let help = try Program.run(command.split(separator: " ").map(String.init) + ["--help"], in: folder.path)
    #expect(help.status == 0)
    #expect(help.diagnostics == "")
    #expect(help.output.contains("USAGE: copytrade \(command)"))
    #expect(help.output.contains("OVERVIEW:"))
  }

  @Test(
    "what is not understood ends with 64",
    arguments: [
      "status --bogus", "explain", "replay --from yesterday", "replay --to start", "audit export --format xml",
      "audit export --type leader.ordre", "backup", "status --store a --config b", "orders --store",
      "explain 4711 --store x.db",
      "status --store missing.db", "audit verify --store missing.db",
      "audit verify --store log.db --anchor missing.txt",
      "explain 4711 --store log.db", "report --day 2026-02-30", "report --day yesterday --store log.db",
      "report --follower nobody --store log.db", "positions --follower ''",
    ])
  func usage(line: String) throws {
    let folder = try Folder()
    _ = try DemoStore.make(in: folder)
    let outcome = try folder.shell("'\(Program.path)' \(line)")
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.output == "")
    #expect(!outcome.diagnostics.isEmpty)
  }

  @Test("a file that is no store ends with 65, a configuration that is not there with 78") func others() throws {
    let folder = try Folder()
    try String(repeating: "no store ", count: 50).write(
      toFile: folder.path + "/text.db", atomically: true, encoding: .utf8)
    for command in [
      "status", "orders", "positions", "explain 1", "report", "replay", "replay --verify", "audit export",
      "audit verify",
    ] {
      #expect(try folder.shell("'\(Program.path)' \(command) --store text.db").status == 65, "\(command)")
    }
    #expect(try folder.run("status").status == 78)
  }

  @Test("the store is found through the configuration") func configuration() throws {
    let folder = try Folder()
    #expect(try folder.run("init").status == 0)
    #expect(try folder.run("status").status == 64)
    let log = try SQLiteEventLog(path: folder.path + "/copytrade.db")
    try log.close()
    let status = try folder.run("status")
    #expect(status.status == 0)
    #expect(status.output.contains("never started with this store"))
  }
}
