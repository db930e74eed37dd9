import Foundation
import Testing

/// Exits finish: the ladder of an exit whose leader is out (rule 14).
@Suite("Scenarios: the exit ladder", .serialized, .timeLimit(.minutes(10))) struct LadderScenarios {
  private typealias Contract = LiveStage.Contract

  /// Two lots are held, and their exit rests at 155.00 while the leader's has filled there. Nobody bids more than `bid`.
  private func stage(_ exits: String, bid: String) async throws -> LiveStage {
    let stage = try await LiveStage.scenario(lines: ["exits: { \(exits) }"])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let exit = try await stage.order("SELL", 260, of: Contract.call, at: "155.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", "SELL 130 at 155.00 PENDING"])
    try await stage.quote(Contract.call, bid: "155.00", ask: "155.40", bidSize: 260)
    try await stage.quote(Contract.call, bid: bid, ask: "155.40")
    try await stage.untilLeaderOrder(exit, "TRADED")
    return stage
  }

  @Test("scenario 36: an exit that the market leaves behind is re-priced step by step until it fills")
  func toTheEnd() async throws {
    // A step is at the exchange long before the next one is due, however busy the machine is.
    let stage = try await stage("first_after: 300ms, interval: 3s, step_ticks: 20", bid: "153.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", "SELL 130 at 153.00 TRADED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 36: at the end of its band it rests and calls a person, until somebody takes it")
  func toExhaustion() async throws {
    // Two percent below what the leader got.
    let stage = try await stage("first_after: 300ms, interval: 200ms, step_ticks: 40, band_percent: 2", bid: "140.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", "SELL 130 at 151.90 PENDING"])
    try await stage.untilStatus("a person is called") { $0["asha"]?.alerts.map(\.alert) == ["exit_exhausted"] }
    try await stage.quote(Contract.call, bid: "151.90", ask: "155.40")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", "SELL 130 at 151.90 TRADED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 36: before the broker's cap of changes bites, the ladder goes on with a new order")
  func throughReplacement() async throws {
    let stage = try await stage("first_after: 300ms, interval: 100ms, step_ticks: 1", bid: "153.80")
    try await stage.until("the exit has filled through a second order") {
      let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
      // The next step may be out before the exchange has matched the one that fills.
      return rows.count == 3 && rows[1] == "SELL 130 at 154.00 CANCELLED"
        && rows[2].hasPrefix("SELL 130 at 153.") && rows[2].hasSuffix("TRADED")
    }
    try await stage.finish(holding: [:])
  }
}
