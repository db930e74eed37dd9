import Foundation
import Testing

/// Legs that belong together, entered together (rule 23).
@Suite("Scenarios: baskets", .serialized, .timeLimit(.minutes(10))) struct BasketScenarios {
  private typealias Leg = StructureMarket.Leg

  private func trade(_ stage: LiveStage, _ lots: Int, _ leg: String) async throws {
    let (bid, ask) = try #require(Leg.prices[leg])
    let order = try await stage.order(lots > 0 ? "BUY" : "SELL", abs(lots) * 65, of: leg, at: lots > 0 ? ask : bid)
    try await stage.untilLeaderOrder(order, "TRADED")
  }

  /// The same through the broker's API, under a label of the leader's own.
  private func trade(_ stage: LiveStage, _ lots: Int, _ leg: String, tag: String) async throws {
    let (bid, ask) = try #require(Leg.prices[leg])
    _ = try await stage.askBroker(
      "POST", "orders",
      [
        "dhanClientId": LiveStage.leader, "correlationId": tag, "transactionType": lots > 0 ? "BUY" : "SELL",
        "exchangeSegment": "NSE_FNO", "productType": "MARGIN", "orderType": "LIMIT", "validity": "DAY",
        "securityId": leg,
        "quantity": abs(lots) * 65, "price": Double(lots > 0 ? ask : bid) ?? 0,
      ])
  }

  @Test("scenario 53: a ratio spread by its unit, its long first; of a spread below one unit nothing")
  func window() async throws {
    let stage = try await LiveStage.scenario(
      simulator: StructureMarket.market, lines: ["baskets: { group: window, within: 6s }"])
    try await trade(stage, -6, Leg.call)
    try await trade(stage, 3, Leg.callWing)
    // Half of three units is one: two shorts and one long, and not three and one.
    try await stage.untilHeld([Leg.callWing: 65, Leg.call: -130])
    let sides = try await stage.events("placement.requested").map { $0.text("side") }
    #expect(sides == ["BUY", "SELL"])
    #expect(try await stage.events("basket.margin_quoted").count == 1, "the margin of the whole was not asked for")
    try await trade(stage, -1, Leg.put)
    try await trade(stage, 1, Leg.putWing)
    try await stage.until("both legs are skipped") {
      try await stage.events("entry.forgone").filter { $0.text("reason") == "below_one_unit" }.count == 2
    }
    try await stage.finish(holding: [Leg.callWing: 65, Leg.call: -130])
  }

  @Test("scenario 53: tagged legs belong together, and everything else is copied at once") func tagged() async throws {
    let stage = try await LiveStage.scenario(
      simulator: StructureMarket.market, lines: ["baskets: { group: tagged, within: 4s }"])
    try await trade(stage, 2, Leg.putWing)
    try await stage.untilHeld([Leg.putWing: 65])
    try await trade(stage, -8, Leg.call, tag: "ratio-7")
    try await trade(stage, 4, Leg.callWing, tag: "ratio-7")
    try await stage.untilHeld([Leg.putWing: 65, Leg.callWing: 130, Leg.call: -260])
    #expect(try await stage.events("basket.sized").count == 1)
    try await stage.finish(holding: [Leg.putWing: 65, Leg.callWing: 130, Leg.call: -260])
  }

  @Test("scenario 53: where a leg is refused, what is there is kept, or closed again", arguments: ["hold", "unwind"])
  func missingLeg(policy: String) async throws {
    let stage = try await LiveStage.scenario(
      simulator: StructureMarket.market, lines: ["baskets: { group: window, within: 5s, missing_leg: \(policy) }"])
    try await trade(stage, 4, Leg.callWing)
    // The follower's long rests for a moment, so that it is the short that is refused. Nothing is entered before five seconds
    // are over, so that a busy machine has the time to set all this up.
    try await stage.quote(Leg.callWing, bid: "95.00", ask: "97.00")
    try await trade(stage, -4, Leg.call)
    try await stage.untilRows(Leg.callWing, ["BUY 130 at 95.40 PENDING"])
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","text":"RMS:Margin Exceeds, Required:9899.50""#
    )
    try await stage.quote(Leg.callWing, bid: "95.00", ask: "95.40")
    try await stage.untilRows(Leg.call, ["SELL 130 at 120.00 REJECTED"])
    try await stage.finish(
      holding: policy == "hold" ? [Leg.callWing: 130] : [:], alerts: policy == "hold" ? ["basket_broken"] : [])
  }
}
