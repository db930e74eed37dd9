import Daemon
import Foundation
import Ports
import Testing

/// The document of `status --json`, as far as tests look at it.
struct StatusDocument: Decodable {
  struct Leader: Decodable { var stream: String }
  struct Condition: Decodable {
    var condition: String
    var reason: String
  }
  struct Position: Decodable {
    var security_id: String
    var product: String
    var expected_quantity: Int
    var actual_quantity: Int
  }
  struct Alert: Decodable { var alert: String }
  struct Follower: Decodable {
    var name: String
    var client_id: String
    var state: String
    var stream: String
    var open_requests: Int
    var in_doubt: Int
    var surplus: Int
    var conditions: [Condition]
    var positions: [Position]
    var alerts: [Alert]

    func holds(_ condition: String) -> Bool { conditions.contains { $0.condition == condition } }
    func reason(_ condition: String) -> String {
      conditions.first { $0.condition == condition }?.reason ?? ""
    }
    /// Units held, by contract; what is flat is left out.
    var holdings: [String: Int] {
      positions.reduce(into: [:]) { $0[$1.security_id, default: 0] += $1.actual_quantity }.filter { $0.value != 0 }
    }
  }
  var mode: String
  var leader: Leader
  var followers: [Follower]

  subscript(name: String) -> Follower? { followers.first { $0.name == name } }
  var isInSync: Bool { followers.allSatisfy { $0.state == "in_sync" } }
}

/// A row of `audit export`.
struct ExportedEvent {
  var sequence: Int
  var type: String
  var payload: [String: Any]

  func text(_ field: String) -> String? { payload[field] as? String }
}

extension LiveStage {
  /// What the command says.
  func status() async throws -> StatusDocument {
    let outcome = try await command("status", "--json")
    try #require(outcome.status == 0, "\(outcome.diagnostics)")
    return try JSONDecoder().decode(StatusDocument.self, from: Data(outcome.output.utf8))
  }

  /// The same document, read in this process: for asking often. `nil` while there is no store yet.
  func statusNow() throws -> StatusDocument? {
    guard let report = try? StatusReport.read(store: "\(folder.path)/\(store)", now: SystemClock().now()) else {
      return nil
    }
    return try JSONDecoder().decode(StatusDocument.self, from: Data(report.json.text.utf8))
  }

  func untilStatus(_ what: String, _ holds: (StatusDocument) async throws -> Bool) async throws {
    var last: StatusDocument?
    do {
      try await until(what) {
        last = try statusNow()
        guard let last else { return false }
        return try await holds(last)
      }
    } catch let error as NeverHappened {
      throw NeverHappened(description: "\(error)\nstatus: \(last.map { "\($0)" } ?? "none")")
    }
  }

  /// Waits until broker and log agree that the followers hold this, and nothing works any more; then asks the command.
  ///
  /// - Parameter holdings: units by contract, by follower.
  func untilInSync(_ holdings: [String: [String: Int]]) async throws {
    try await untilStatus("everybody holds \(holdings) and is in sync") { status in
      for follower in status.followers {
        guard let wanted = holdings[follower.name] else { continue }
        guard follower.state == "in_sync", follower.holdings == wanted,
          try await self.holdings(of: follower.client_id) == wanted
        else { return false }
      }
      return true
    }
    let told = try await status()
    for (name, wanted) in holdings {
      #expect(told[name]?.state == "in_sync" && told[name]?.holdings == wanted, "\(told)")
    }
  }

  /// The events of a type, in order; all of them without one.
  func events(_ types: String...) async throws -> [ExportedEvent] {
    let outcome = try await run(
      Program.path,
      ["audit", "export", "--format", "jsonl", "--store", store] + types.flatMap { ["--type", $0] })
    try #require(outcome.status == 0, "\(outcome.diagnostics)")
    return try outcome.output.split(separator: "\n").map { line in
      let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return ExportedEvent(
        sequence: try #require(row["sequence"] as? Int), type: try #require(row["type"] as? String),
        payload: try #require(row["payload"] as? [String: Any]))
    }
  }

  /// That the chain holds, and that the decisions are made again from what the log says.
  func verifyLog() async throws {
    let audit = try await command("audit", "verify")
    #expect(audit.status == 0, "\(audit)")
    let replay = try await command("replay", "--verify")
    #expect(replay.status == 0, "\(replay)")
  }
}
