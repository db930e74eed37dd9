import Foundation
import Testing

/// What the exchanges announce grows old, and a person is told.
@Suite("Stale market data", .timeLimit(.minutes(10))) struct StaleMarketDataTests {
  private func write(_ underlying: String, _ stage: LiveStage) throws {
    let text = "freeze_limits: [{ effective_from: 2026-01-01, units: { \(underlying): 600 } }]\n"
    try #require(
      FileManager.default.createFile(
        atPath: stage.folder.path + "/dates.yaml", contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
  }

  @Test(
    "the service says at its start what is stale, takes other dates over with SIGHUP, and says what is stale of those")
  func told() async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["market:\n  calendar: nse\n  data: ./dates.yaml"])
    try write("NIFTY", stage)
    try await stage.startAndWait()
    try await stage.until("the old limit is told") {
      stage.log.contains("ALERT: stale market data: market.freeze_limits: those of NIFTY are of 2026-01-01")
    }
    let check = try await stage.command("check")
    #expect(check.status == 0)
    #expect(check.output.contains("market.freeze_limits: STALE: those of NIFTY"))

    let status = try await stage.command("status")
    #expect(status.output.contains("ALERT: stale market data: market.freeze_limits: those of NIFTY"), "\(status)")
    let document = try await stage.command("status", "--json").output
    #expect(document.contains("\"part\": \"freeze_limits\""), "\(document)")

    try write("BANKNIFTY", stage)
    try #require(stage.service).signal(SIGHUP)
    try await stage.until("the other limit is told") { stage.log.contains("those of BANKNIFTY are of 2026-01-01") }
    #expect(try await stage.stop() == 0)
  }
}
