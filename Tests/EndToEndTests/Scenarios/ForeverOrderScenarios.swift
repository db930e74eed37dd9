import Foundation
import Testing

/// Forever orders of the leader: his broker keeps them, and places an ordinary order when the trigger is met.
@Suite("Scenarios: forever orders", .serialized, .timeLimit(.minutes(10))) struct ForeverOrderScenarios {
  private typealias Contract = LiveStage.Contract

  /// That nothing was sent, although the service has looked at the leader's account since: an order in another contract,
  /// given later, is copied.
  private func expectNothingYet(_ rows: [String], _ stage: LiveStage) async throws {
    let other = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilLeaderOrder(other, "TRADED")
    try await stage.untilRows(Contract.bank, ["BUY 30 at 310.60 TRADED"])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == rows)
    #expect(try await stage.rows(of: LiveStage.leader, Contract.call).count == rows.count)
  }

  @Test(
    "scenario 55: of a forever order nothing is sent before its trigger; what it then becomes is copied as any order")
  func single() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.foreverOrder(["price": 156, "triggerPrice": 155], of: Contract.call)
    // Nearly there.
    try await stage.quote(Contract.call, bid: "154.50", ask: "154.90")
    try await expectNothingYet([], stage)
    try await stage.quote(Contract.call, bid: "155.00", ask: "155.40")
    try await stage.untilLeaderHas(Contract.call, ["BUY 260 at 156.00 TRADED"])
    try await stage.untilRows(Contract.call, ["BUY 130 at 156.00 TRADED"])
    try await stage.finish(holding: [Contract.call: 130, Contract.bank: 30])
  }

  @Test("scenario 55: what a forever order becomes rests for the follower as long as it rests for the leader")
  func restingAfterTrigger() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.foreverOrder(["price": 148, "triggerPrice": 150], of: Contract.call)
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 148.00 PENDING"])
    let order = try #require(try await stage.book(of: LiveStage.leader).first).orderId
    try await stage.cancelLeaderOrder(order)
    try await stage.untilRows(Contract.call, ["BUY 130 at 148.00 CANCELLED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 55: of a forever order that the leader takes back nothing is ever sent")
  func cancelled() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.foreverOrder(["price": 156, "triggerPrice": 155], of: Contract.call)
    try await stage.askBroker("DELETE", "forever/orders/\(order)")
    try await stage.quote(Contract.call, bid: "155.00", ask: "155.40")
    try await expectNothingYet([], stage)
    try await stage.finish(holding: [Contract.bank: 30])
  }

  @Test(
    "scenario 55: the leg of an OCO whose trigger is met closes the follower's position too, and the other is no order",
    arguments: [("170.00", "170.40", "169.00"), ("139.60", "140.00", "138.00")])
  func oneCancelsOther(bid: String, ask: String, price: String) async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    _ = try await stage.foreverOrder(
      [
        "orderFlag": "OCO", "transactionType": "SELL", "price": 169, "triggerPrice": 170, "price1": 138,
        "triggerPrice1": 140, "quantity1": 260,
      ], of: Contract.call)
    try await expectNothingYet(["BUY 130 at 152.30 TRADED"], stage)
    try await stage.quote(Contract.call, bid: bid, ask: ask)
    try await stage.untilLeaderHas(
      Contract.call, ["BUY 260 at 152.30 TRADED", "SELL 260 at \(price) TRADED"])
    try await stage.untilRows(
      Contract.call, ["BUY 130 at 152.30 TRADED", "SELL 130 at \(price) TRADED"])
    try await stage.finish(holding: [Contract.bank: 30])
  }
}
