import Foundation
import TestSupport
import Testing

/// The commands beside a service that runs, is killed, and runs again.
@Suite("Beside a running service", .timeLimit(.minutes(10))) struct RunningServiceTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  private func start() throws -> ChildProcess {
    try ChildProcess(Program.path, ["run"], in: folder.path, environment: [:])
  }

  private func mode() throws -> String? {
    let status = try folder.run("status", "--json", "--store", "copytrade.db")
    let document = try? JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
    return document?["mode"] as? String
  }

  /// Asks until the service says that it runs and something happened.
  private func waitUntilRunning() throws {
    for _ in 0..<300 {
      if try mode() == "running", try folder.run("orders").output.contains("FOLLOWER") { return }
      usleep(100_000)
    }
    Issue.record("the service did not come up")
  }

  @Test("status, orders, backup and verify work beside it; a second writer is turned away; a kill shows as stopped")
  func lifeCycle() throws {
    #expect(try folder.run("init").status == 0)
    let service = try start()
    defer { service.signal(SIGTERM) }
    try waitUntilRunning()
    let second = try folder.run("run")
    #expect(second.status == 75)
    #expect(second.diagnostics.contains("process \(service.identifier) on "))
    for (number, command) in ["status", "positions", "orders", "replay", "audit verify", "audit export"].enumerated() {
      let outcome = try folder.shell("'\(Program.path)' \(command)")
      #expect(outcome.status == 0, "\(number): \(command)")
      #expect(outcome.diagnostics == "")
    }
    #expect(try folder.run("replay", "--verify").status == 0)
    #expect(try folder.run("backup", "--output", "copy.db").status == 0)

    kill(service.identifier, SIGKILL)
    service.waitUntilExit()
    #expect(try mode() == "stopped")
    #expect(try folder.run("audit", "verify").status == 0)

    let again = try start()
    defer { again.signal(SIGTERM) }
    try waitUntilRunning()
    again.signal(SIGTERM)
    #expect(again.waitUntilExit() == .exited(0))
    #expect(try mode() == "stopped")
    #expect(try folder.run("replay", "--verify").status == 0)
    let anchor = try folder.run("audit", "verify", "--store", "copy.db").output
    try anchor.write(toFile: folder.path + "/anchor.txt", atomically: true, encoding: .utf8)
    // What was backed up before the kill is the beginning of what the log is now.
    #expect(try folder.run("audit", "verify", "--anchor", "anchor.txt").status == 0)
  }

  @Test("promise 10: a service does not start over a log in which one digit was changed, and names the event")
  func damage() throws {
    #expect(try folder.run("init").status == 0)
    let service = try start()
    try waitUntilRunning()
    kill(service.identifier, SIGKILL)
    service.waitUntilExit()
    // A backup is one file: what is changed there is not hidden by a write-ahead log.
    #expect(try folder.run("backup", "--output", "copy.db").status == 0)
    let path = folder.path + "/copy.db"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let price = try #require(bytes.range(of: Data("\"price\":1".utf8)))
    bytes[price.upperBound - 1] = UInt8(ascii: "2")
    try bytes.write(to: URL(fileURLWithPath: path))
    let text = try String(contentsOfFile: folder.path + "/copytrade.yaml", encoding: .utf8)
    try write(text.replacingOccurrences(of: "store: ./copytrade.db", with: "store: ./copy.db"))
    let outcome = try folder.run("run")
    #expect(outcome.status == 65)
    #expect(outcome.diagnostics.contains(/event [0-9]+/), "\(outcome.diagnostics)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes, "it is left untouched")
  }

  private func appliedConfigurations() throws -> Int {
    let rows = try folder.run(
      "audit", "export", "--format", "jsonl", "--type", "configuration.applied", "--store", "copytrade.db")
    return rows.output.split(separator: "\n").count
  }

  private func write(_ text: String) throws {
    try text.write(toFile: folder.path + "/copytrade.yaml", atomically: false, encoding: .utf8)
  }

  @Test("SIGHUP takes over new limits, and a file with mistakes changes nothing and stops nothing")
  func reload() throws {
    #expect(try folder.run("init").status == 0)
    let service = try start()
    defer { service.signal(SIGTERM) }
    try waitUntilRunning()
    #expect(try appliedConfigurations() == 1)

    let text = try String(contentsOfFile: folder.path + "/copytrade.yaml", encoding: .utf8)
    try write(text.replacingOccurrences(of: "max_lots_per_order: 20", with: "max_lots_per_order: twenty"))
    kill(service.identifier, SIGHUP)
    usleep(500_000)
    #expect(try mode() == "running")
    #expect(try appliedConfigurations() == 1)

    try write(text.replacingOccurrences(of: "max_lots_per_order: 20", with: "max_lots_per_order: 19"))
    for _ in 0..<100 where try appliedConfigurations() == 1 {
      kill(service.identifier, SIGHUP)
      usleep(100_000)
    }
    let rows = try folder.run(
      "audit", "export", "--format", "jsonl", "--type", "configuration.applied", "--store", "copytrade.db")
    #expect(rows.output.split(separator: "\n").last?.contains("19") == true)
    #expect(try mode() == "running")
    #expect(try folder.run("replay", "--verify").status == 0)
    service.signal(SIGTERM)
    #expect(service.waitUntilExit() == .exited(0))
  }
}
