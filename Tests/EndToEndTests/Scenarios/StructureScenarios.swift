import Foundation
import Testing

/// Legs that belong together, arriving leg by leg.
@Suite("Scenarios: structures", .serialized, .timeLimit(.minutes(10))) struct StructureScenarios {
  private typealias Leg = StructureMarket.Leg

  private func trade(_ stage: LiveStage, _ lots: Int, _ leg: String) async throws {
    guard let (bid, ask) = Leg.prices[leg] else { return }
    let order = try await stage.order(lots > 0 ? "BUY" : "SELL", abs(lots) * 65, of: leg, at: lots > 0 ? ask : bid)
    try await stage.untilLeaderOrder(order, "TRADED")
  }

  @Test("scenario 52: a vertical is entered with its hedge first and left with its short first, whoever comes first")
  func vertical() async throws {
    let stage = try await LiveStage.scenario(simulator: StructureMarket.market)
    try await trade(stage, 4, Leg.callWing)
    try await trade(stage, -4, Leg.call)
    try await stage.untilHeld([Leg.callWing: 130, Leg.call: -130])
    try await trade(stage, 4, Leg.call)
    try await trade(stage, -4, Leg.callWing)
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 52: he leaves his hedge and then his short within a second: the follower buys back first all the same")
  func leavesHedgeFirst() async throws {
    let stage = try await LiveStage.scenario(simulator: StructureMarket.market)
    try await trade(stage, 4, Leg.callWing)
    try await trade(stage, -4, Leg.call)
    try await stage.untilHeld([Leg.callWing: 130, Leg.call: -130])
    try await trade(stage, -4, Leg.callWing)
    try await trade(stage, 4, Leg.call)
    try await stage.untilHeld([:])
    let book = try await stage.book(of: LiveStage.asha).sorted { $0.orderId < $1.orderId }
    #expect(book.suffix(2).map(\.securityId) == [Leg.call, Leg.callWing], "the short is bought back first")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 52: a straddle and then a condor, its wings after its shorts")
  func condor() async throws {
    let stage = try await LiveStage.scenario(simulator: StructureMarket.market)
    try await trade(stage, -2, Leg.call)
    try await trade(stage, -2, Leg.put)
    try await stage.untilHeld([Leg.call: -65, Leg.put: -65])
    try await trade(stage, 2, Leg.putWing)
    try await trade(stage, 2, Leg.callWing)
    try await stage.finish(holding: [Leg.call: -65, Leg.put: -65, Leg.putWing: 65, Leg.callWing: 65])
  }

  @Test("scenario 52: of a ratio spread as many shorts are naked as the leader's, in the follower's share")
  func ratioSpread() async throws {
    let stage = try await LiveStage.scenario(simulator: StructureMarket.market)
    try await trade(stage, 2, Leg.callWing)
    try await trade(stage, -6, Leg.call)
    try await stage.finish(holding: [Leg.callWing: 65, Leg.call: -195])
  }

  @Test("scenario 52: where the hedge is refused, its short is not sold, and the record says why")
  func hedgeRefused() async throws {
    let stage = try await LiveStage.scenario(simulator: StructureMarket.market, lines: ["entries: { max_age: 3s }"])
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","text":"RMS:Margin Exceeds, Required:9899.50""#
    )
    try await trade(stage, 4, Leg.callWing)
    try await stage.untilRows(Leg.callWing, ["BUY 130 at 95.40 REJECTED"])
    try await trade(stage, -4, Leg.call)
    try await Task.sleep(for: .seconds(4))
    #expect(try await stage.book(of: LiveStage.asha).count == 1, "the short leaves without its hedge")
    try await stage.finish(holding: [:])
  }
}
