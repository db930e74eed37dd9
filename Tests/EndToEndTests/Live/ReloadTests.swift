import Foundation
import Testing

/// Limits, sizing and filters change while the service runs.
@Suite("SIGHUP", .timeLimit(.minutes(10))) struct ReloadTests {
  private typealias Contract = LiveStage.Contract

  private func asha(ratio: String, perOrder: Int) -> LiveStage.Follower {
    LiveStage.Follower(
      name: "asha", client: LiveStage.asha,
      lines: ["sizing: { strategy: fixed_ratio, ratio: \(ratio) }", "limits: { max_lots_per_order: \(perOrder) }"])
  }

  /// Has the service read the file again; returns what it logs from then on, when it holds `word`.
  private func reload(_ stage: LiveStage, until word: String) async throws -> String {
    let before = stage.log.count
    try #require(stage.service).signal(SIGHUP)
    var told = ""
    try await stage.until("the log says '\(word)'") {
      told = String(stage.log.dropFirst(before))
      return told.contains(word)
    }
    return told
  }

  @Test(
    "a new ratio and a new limit hold for the next order without a restart, and a mistake is told and changes nothing")
  func reload() async throws {
    let stage = try await LiveStage.open()
    try stage.configure([asha(ratio: "1/2", perOrder: 4)])
    try await stage.startAndWait()
    let process = try #require(stage.service).identifier
    _ = try await stage.leaderOrder("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 130]])

    try stage.configure([asha(ratio: "1/1", perOrder: 3)])
    _ = try await reload(stage, until: "limits, sizing and filters are read again")
    _ = try await stage.leaderOrder("BUY", 130, of: Contract.put, at: "138.40")
    // Four lots are asked for, and three may be.
    _ = try await stage.leaderOrder("BUY", 120, of: Contract.bank, at: "310.60")
    let held = [Contract.call: 130, Contract.put: 130, Contract.bank: 90]
    try await stage.untilInSync(["asha": held])

    try stage.configure([asha(ratio: "1/0", perOrder: 9)])
    let mistake = try await reload(stage, until: "the configuration is not taken over")
    #expect(mistake.contains("ratio") && mistake.contains("1/0"), "\(mistake)")
    _ = try await stage.leaderOrder("BUY", 80, of: Contract.sensex, at: "455.80")
    // Neither the mistake nor the limit beside it: three lots of twenty. (No command reads the file as it is now.)
    let more = held.merging([Contract.sensex: 60]) { $1 }
    try await stage.until("the limit of before holds") { try await stage.holdings(of: LiveStage.asha) == more }

    try stage.configure([asha(ratio: "1/1", perOrder: 3)], lines: ["entries: { max_age: 7s }"])
    let later = try await reload(stage, until: "in force only after the next start")
    #expect(later.contains("entries"), "\(later)")
    #expect(try #require(stage.service).isRunning && stage.service?.identifier == process)

    // What was entered under the old ratio is closed whole under the new one.
    for (units, contract, price) in [
      (260, Contract.call, "151.90"), (130, Contract.put, "138.00"), (120, Contract.bank, "310.00"),
      (80, Contract.sensex, "455.00"),
    ] { _ = try await stage.leaderOrder("SELL", units, of: contract, at: price) }
    try await stage.untilInSync(["asha": [:]])
    let applied = try await stage.events("configuration.applied")
    #expect(applied.count == 2, "one at the start, one for the change that was taken over: \(applied)")
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
