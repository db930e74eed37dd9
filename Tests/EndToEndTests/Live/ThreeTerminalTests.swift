import Foundation
import Testing

/// Simulator, service, and Dhan's own client as the leader: what a user tries first.
@Suite("Three terminals", .timeLimit(.minutes(10))) struct ThreeTerminalTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("what the leader does with Dhan's own client is in both followers' books, and status says so, up and down")
  func session() async throws {
    let stage = try await LiveStage.open()
    let prepared = try await stage.run(
      "/bin/bash", [Self.package.path + "/scripts/prepare-python"], environment: ProcessInfo.processInfo.environment)
    try #require(
      prepared.status == 0, "Install python3 and python3-venv, and see that PyPI can be reached. \(prepared)")
    let interpreter = prepared.output.trimmingCharacters(in: .whitespacesAndNewlines)
    func leader(_ action: String...) async throws -> String {
      let script = Self.package.path + "/Tests/EndToEndTests/Live/leader.py"
      let outcome = try await stage.run(interpreter, [script, stage.address] + action)
      try #require(outcome.status == 0, "\(outcome)")
      return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    /// The copies in both books, as (status, units, price).
    func untilBooks(_ what: String, of security: String, _ asha: [String], _ vikram: [String]) async throws {
      try await stage.until(what) {
        for (client, wanted) in [(LiveStage.asha, asha), (LiveStage.vikram, vikram)] {
          let rows = try await stage.book(of: client).filter { $0.securityId == security }
            .map { "\($0.transactionType) \($0.quantity) at \($0.price) \($0.orderStatus)" }
          if Set(rows) != Set(wanted) { return false }
        }
        return true
      }
    }
    try stage.configure()
    try await stage.startAndWait()

    _ = try await leader("place", LiveStage.Contract.call, "BUY", "650", "152.35")
    try await untilBooks(
      "the entry is copied", of: LiveStage.Contract.call, ["BUY 195 at 152.35 TRADED"], ["BUY 130 at 152.35 TRADED"])

    let resting = try await leader("place", LiveStage.Contract.put, "BUY", "650", "130.05")
    try await untilBooks(
      "the resting order is copied", of: LiveStage.Contract.put, ["BUY 195 at 130.05 PENDING"],
      ["BUY 130 at 130.05 PENDING"])
    _ = try await leader("modify", resting, "1300", "131.10")
    try await untilBooks(
      "its modification is copied", of: LiveStage.Contract.put, ["BUY 390 at 131.1 PENDING"],
      ["BUY 260 at 131.1 PENDING"])
    _ = try await leader("cancel", resting)
    try await untilBooks(
      "its cancel is copied", of: LiveStage.Contract.put, ["BUY 390 at 131.1 CANCELLED"],
      ["BUY 260 at 131.1 CANCELLED"])

    _ = try await leader("place", LiveStage.Contract.bank, "SELL", "300", "310.00")
    try await untilBooks(
      "the short is copied", of: LiveStage.Contract.bank, ["SELL 90 at 310 TRADED"], ["SELL 60 at 310 TRADED"])
    _ = try await leader("place", LiveStage.Contract.bank, "BUY", "300", "310.60")
    try await stage.untilInSync([
      "asha": [LiveStage.Contract.call: 195], "vikram": [LiveStage.Contract.call: 130],
    ])
    #expect(try await stage.status().mode == "running")

    #expect(try await stage.stop() == 0)
    stage.simulator.signal(SIGTERM)
    #expect(try await stage.simulator.end() == 0)
    let after = try await stage.status()
    #expect(after.mode == "stopped" && after.isInSync, "\(after)")
    #expect(after["asha"]?.holdings == [LiveStage.Contract.call: 195], "\(after)")
    #expect(after["vikram"]?.holdings == [LiveStage.Contract.call: 130], "\(after)")
    try await stage.verifyLog()
  }
}
