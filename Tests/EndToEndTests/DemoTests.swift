import EventStore
import Foundation
import TestSupport
import Testing

/// The demonstration as a user starts it: processes, sockets, a SIGKILL.
@Suite("Demonstration", .timeLimit(.minutes(10))) struct DemoTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  /// The folder that the demonstration said it keeps.
  private func kept(_ output: String) throws -> String {
    let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("Everything is kept in ") })
    return String(line.dropFirst("Everything is kept in ".count))
  }

  @Test("it ends in sync with 0 although the service was killed in mid-session, and no token is to be found anywhere")
  func whole() throws {
    let demo = try folder.run("demo", "--keep")
    let place = try kept(demo.output)
    defer { try? FileManager.default.removeItem(atPath: place) }
    #expect(demo.status == 0, "\(demo.output)\n\(demo.diagnostics)")
    #expect(demo.diagnostics == "")
    #expect(demo.output.hasSuffix("\nIn sync.\nEverything is kept in \(place)\n"))

    // Leader, expected and actual by the log; leader and actual by the broker's books.
    let rows = demo.output.split(separator: "\n").filter { $0.hasSuffix(" ok") }
      .map { $0.split(separator: " ").map(String.init) }
    #expect(rows.map(\.first) == ["asha", "vikram"])
    #expect(rows.map { $0.suffix(6) } == [["10", "3", "3", "10", "3", "ok"], ["10", "2", "2", "10", "2", "ok"]])

    let store = place + "/copytrade.db"
    let starts = try folder.run("audit", "export", "--type", "service.started", "--store", store, "--format", "jsonl")
    #expect(starts.output.split(separator: "\n").count == 2)
    #expect(demo.output.contains(" gets SIGKILL."))
    #expect(demo.output.contains("exited with 0 after SIGTERM"))
    #expect(try folder.run("audit", "verify", "--store", store).output.contains("is sealed"))
    #expect(try folder.run("replay", "--verify", "--store", store).status == 0)

    let lines = try String(contentsOfFile: place + "/service.log", encoding: .utf8)
    #expect(lines.contains("starting at Dhan"))
    let export = try folder.run("audit", "export", "--store", store, "--format", "jsonl")
    #expect(export.status == 0)
    let database = FileManager.default.contents(atPath: store) ?? Data()
    #expect(database.count > 100_000)
    for client in ["1000000001", "1000000002", "1000000003"] {
      let file = try String(contentsOfFile: "\(place)/\(client).token", encoding: .utf8)
      let token = file.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(token.count > 10)
      for text in [demo.output, lines, export.output] { #expect(!text.contains(token)) }
      #expect(database.range(of: Data(token.utf8)) == nil)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: place) {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(place)/\(name)")[.posixPermissions] as? Int
      #expect((mode ?? 0o777) & 0o077 == 0, "\(name) can be read by others")
    }
  }

  @Test("ended by a signal or dying at once, it takes the service along", arguments: [SIGINT, SIGKILL])
  func ended(signal: Int32) throws {
    let output = folder.path + "/output"
    let process = try ChildProcess(
      Program.path, ["demo", "--pace", "live"], in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "TMPDIR": folder.path], output: output)
    defer { process.signal(SIGKILL) }
    var service: Int32?
    for _ in 0..<600 where service == nil {
      usleep(50_000)
      let text = try String(contentsOfFile: output, encoding: .utf8)
      // Once the leader trades, the service is up.
      guard text.contains("Entry: ten lots"), let range = text.range(of: "The service is process ") else { continue }
      service = Int32(text[range.upperBound...].prefix { $0.isNumber })
    }
    let number = try #require(service)
    #expect(kill(number, 0) == 0)
    process.signal(signal)
    #expect(process.waitUntilExit() == .killed(signal))
    for _ in 0..<200 where isAlive(number) { usleep(50_000) }
    #expect(!isAlive(number))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.contains { $0.hasPrefix("copytrade-demo-") } == (signal == SIGKILL))
  }

  /// A process that nobody has asked about yet is dead all the same.
  private func isAlive(_ number: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
      let state = text.split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z"
  }
}
