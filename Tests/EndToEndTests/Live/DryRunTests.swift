import Foundation
import Testing

/// Deciding without sending.
@Suite("Without sending", .timeLimit(.minutes(10))) struct DryRunTests {
  private typealias Contract = LiveStage.Contract

  /// The sizes that were decided for a follower.
  private func decided(_ stage: LiveStage, _ follower: String) async throws -> [String] {
    try await stage.events("placement.requested").filter { $0.text("follower") == follower }
      .map { "\($0.text("side") ?? "") \($0.payload["quantity"] as? Int ?? 0)" }
  }

  @Test("run --dry-run decides everything and sends nothing")
  func dryRun() async throws {
    let stage = try await LiveStage.open()
    try stage.configure()
    try await stage.startAndWait("--dry-run")
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.until("both are decided") {
      let decisions = try await [decided(stage, "asha"), decided(stage, "vikram")]
      return decisions == [["BUY 195"], ["BUY 130"]]
    }
    #expect(try await stage.stop() == 0)
    let calls = try await stage.calls()
    #expect(calls[LiveStage.asha]?.orders == 0 && calls[LiveStage.vikram]?.orders == 0, "\(calls)")
    try await stage.verifyLog()
  }

  @Test("a follower with send: false is decided for and never called, and the others trade")
  func perFollower() async throws {
    let stage = try await LiveStage.open()
    try stage.configure([LiveStage.Follower(name: "asha", client: LiveStage.asha, lines: ["send: false"]), .vikram])
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["vikram": [Contract.call: 130]])
    #expect(try await decided(stage, "asha") == ["BUY 195"])
    let asha = try await stage.status()["asha"]
    #expect(asha?.reason("working").contains("nothing is sent") == true, "\(String(describing: asha))")
    #expect(try await stage.stop() == 0)
    let calls = try await stage.calls()
    #expect(calls[LiveStage.asha]?.orders == 0 && calls[LiveStage.vikram]?.orders == 1, "\(calls)")
    try await stage.verifyLog()
  }
}
