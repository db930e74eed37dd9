import Foundation
import Testing

/// Limits on what positions gain and lose with their market, and shorts sized by what they may lose.
@Suite("Scenarios: Greeks", .serialized, .timeLimit(.minutes(10))) struct GreeksScenarios {
  private static let call = "60000"
  private static let put = "60001"

  /// A call and a put at 24,000 that have a week to live, near the money: a lot of 65 is some 8,00,000 rupees of NIFTY.
  private static var market: String {
    """
    contracts:
      - {underlying: NIFTY, expiry: \(IndianTime.day(in: 7)), from_strike: 24000, to_strike: 24000, lot_size: 65,
         freeze_quantity: 1756, first_security_id: \(call), expiry_flag: W}
    market:
      - {security_id: "\(call)", bid: 180.00, ask: 180.20}
      - {security_id: "\(put)", bid: 170.00, ask: 170.20}
    """
  }

  private func stage(_ follower: LiveStage.Follower, chain: Bool = true) async throws -> LiveStage {
    try await LiveStage.scenario(
      simulator: Self.market, followers: [follower], lines: chain ? ["market: { quotes: broker }"] : [])
  }

  /// Where the Greeks came from that were asked for.
  private func sources(_ stage: LiveStage) async throws -> [String] {
    try await stage.events("greeks.seen").compactMap { ($0.payload["greeks"] as? [String: Any])?["source"] as? String }
  }

  @Test(
    "scenario 58: a limit on rupee delta, by the broker's option chain: one lot of two goes, and an exit asks nobody")
  func rupeeDelta() async throws {
    let stage = try await stage(.ratio("1/2", more: "", lines: ["limits: { max_rupee_delta: 1000000 }"]))
    let entry = try await stage.order("BUY", 260, of: Self.call, at: "180.20")
    try await stage.untilRows(Self.call, ["BUY 65 at 180.20 TRADED"])
    try await stage.untilForgone(entry, "rupee_delta")
    #expect(try await sources(stage) == ["computed"], "the chain of the simulator has prices and no Greeks")
    let explained = try await stage.command("explain", entry).output
    #expect(explained.contains("delta 0.5") && explained.contains("underlying 240"), "\(explained)")
    _ = try await stage.order("SELL", 260, of: Self.call, at: "180.00")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 58: without a chain the prices of the log tell; what nobody can tell keeps an entry out")
  func fromTheLog() async throws {
    let stage = try await stage(.ratio("1/2", more: "", lines: ["limits: { max_vega: 1500 }"]), chain: false)
    let blind = try await stage.order("BUY", 130, of: Self.put, at: "170.20")
    try await stage.untilForgone(blind, "greeks_unknown")
    // With the call both prices of the strike are known, and with them the forward: some 860 rupees a lot and point.
    let entry = try await stage.order("BUY", 260, of: Self.call, at: "180.20")
    try await stage.untilRows(Self.call, ["BUY 65 at 180.20 TRADED"])
    try await stage.untilForgone(entry, "vega")
    #expect(try await sources(stage) == ["computed"])
    try await stage.finish(holding: [Self.call: 65])
  }

  @Test("scenario 58: risk_based sizes a short by what it loses on a bad day")
  func stress() async throws {
    // Two percent of a million; a lot loses some 11,600 where NIFTY moves by a percent and volatility by two points.
    let stage = try await stage(
      LiveStage.Follower(
        name: "asha", client: LiveStage.asha,
        lines: [
          "sizing: { strategy: risk_based, capital_basis: fixed, fixed_capital: { leader: 1000000, follower: 1000000 },"
            + " risk_percent: 2, short_stress: { move_percent: 1, volatility_points: 2 } }"
        ]))
    _ = try await stage.order("SELL", 260, of: Self.call, at: "180.00")
    try await stage.untilRows(Self.call, ["SELL 65 at 180.00 TRADED"])
    let sized = try #require(try await stage.events("entry.sized").first)
    #expect(sized.payload["greeks"] != nil && sized.payload["per_lot"] != nil)
    #expect(try await stage.events("margin.quoted").isEmpty)
    try await stage.finish(holding: [Self.call: -65])
  }
}
