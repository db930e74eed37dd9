import Domain
import Foundation
import Testing

@Suite("The reading commands as processes") struct ReplayCommandTests {
  let folder: Folder
  let store: String
  init() throws {
    folder = try Folder()
    store = try DemoStore.make(in: folder)
  }

  @Test(
    "two processes with hash seeds of their own say the same, byte for byte",
    arguments: [
      "replay --from start --verify", "replay --json", "replay --verify --json", "orders --json", "positions --json",
      "explain 26112500000004 --json", "explain 26112500000004", "report --day 2026-11-25",
      "report --day 2026-11-25 --json",
    ])
  func deterministic(command: String) throws {
    let arguments = command.split(separator: " ").map(String.init) + ["--store", store]
    let first = try Program.run(arguments, in: folder.path)
    #expect(first.status == 0)
    #expect(first.output.count > 100)
    for _ in 0..<2 { #expect(try Program.run(arguments, in: folder.path) == first) }
  }

  @Test("decisions made again are equal") func verified() throws {
    let verify = try folder.run("replay", "--from", "start", "--verify", "--store", store)
    #expect(verify.status == 0)
    #expect(verify.output.contains("decisions made again, all equal."))
    #expect(verify.diagnostics == "")
  }

  @Test("a decision that was changed in a log with a valid chain is named, with 1") func tampered() throws {
    let copy = folder.path + "/tampered.db"
    let sequence = try DemoStore.rewrite(store, to: copy) { event in
      guard case .placementRequested(var request) = event, request.purpose == .exit else { return nil }
      request.terms.price = .limit(request.terms.price.limit + Paise(5))
      return .placementRequested(request)
    }
    #expect(try folder.run("audit", "verify", "--store", copy).status == 0)
    let verify = try folder.run("replay", "--from", "start", "--verify", "--store", copy)
    #expect(verify.status == 1)
    #expect(verify.output.contains("DIFFERENT at event \(try #require(sequence)):"))
    let json = try folder.run("replay", "--verify", "--json", "--store", copy)
    #expect(json.status == 1)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((report["first_difference"] as? [String: Any])?["sequence"] as? Int64 == sequence?.value)
  }

  @Test("replay prints JSON lines, the state in the last") func lines() throws {
    let replay = try folder.run("replay", "--json", "--from", "5", "--to", "9", "--store", store)
    let lines = try replay.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.dropLast().compactMap { $0["sequence"] as? Int } == [5, 6, 7, 8, 9])
    #expect((lines.last?["state"] as? [String: Any])?["last_sequence"] as? Int == 9)
  }

  @Test("status of a stopped store says so and is in sync") func status() throws {
    let status = try folder.run("status", "--json", "--store", store)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
    #expect(document["mode"] as? String == "stopped")
    let followers = try #require(document["followers"] as? [[String: Any]])
    #expect(followers.map { $0["state"] as? String } == ["in_sync", "in_sync"])
    for position in followers.flatMap({ $0["positions"] as? [[String: Any]] ?? [] }) {
      #expect(position["expected_quantity"] as? Int == position["actual_quantity"] as? Int)
    }
    #expect(try folder.run("status", "--store", store).output.contains("copytrade is stopped"))
  }
}
