import Foundation
import Testing

/// Which contract and product an order is for, and in which state it is first seen.
@Suite("Scenarios: contracts and first sight", .serialized, .timeLimit(.minutes(10))) struct ContractScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 7: INTRADAY and MARGIN of one contract are separate positions")
  func products() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 65])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30", #""product":"INTRADAY""#)
    try await stage.untilHeld([Contract.call: 195])
    _ = try await stage.order("SELL", 130, of: Contract.call, at: "151.90", #""product":"INTRADAY""#)
    try await stage.untilRows(
      Contract.call,
      ["BUY 65 at 152.30 TRADED", "BUY 130 at 152.30 INTRADAY TRADED", "SELL 65 at 151.90 INTRADAY TRADED"])
    let positions = try await stage.status()["asha"]?.positions.map { "\($0.product) \($0.actual_quantity)" }
    #expect(positions?.sorted() == ["INTRADAY 65", "MARGIN 65"])
    try await stage.finish(holding: [Contract.call: 130])
  }

  @Test(
    "scenario 10: an order is copied from whatever state it is first seen in, and one that is over without a fill is not"
  )
  func firstSight() async throws {
    let stage = try await LiveStage.scenario()
    func skip(_ statuses: String...) async throws {
      try await stage.turn(#""skipped_statuses":[\#(statuses.map { "\"\($0)\"" }.joined(separator: ","))]"#)
    }
    func firstSeen(_ order: String, as status: String) async throws {
      try await stage.untilLeaderOrder(order, status)
      let first = try await stage.events("leader.order").first { $0.text("order_id") == order }
      #expect(first?.text("status") == status)
    }
    try await skip("TRANSIT")
    let pending = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await firstSeen(pending, as: "PENDING")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.cancelLeaderOrder(pending)
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])

    try await skip("TRANSIT", "PENDING")
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40", askSize: 130)
    let part = try await stage.order("BUY", 260, of: Contract.put, at: "138.40")
    try await firstSeen(part, as: "PART_TRADED")
    try await stage.untilRows(Contract.put, ["BUY 130 at 138.40 PENDING"])
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40")
    try await stage.untilHeld([Contract.put: 130])

    let cancelled = try await stage.order("BUY", 40, of: Contract.sensex, at: "440.00", #""validity":"IOC""#)
    try await firstSeen(cancelled, as: "CANCELLED")
    try await skip("TRANSIT", "PENDING", "PART_TRADED")
    let traded = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await firstSeen(traded, as: "TRADED")
    try await stage.untilHeld([Contract.put: 130, Contract.bank: 30])
    // Not a whole number of ticks.
    let rejected = try await stage.order("BUY", 40, of: Contract.sensex, at: "455.82")
    try await firstSeen(rejected, as: "REJECTED")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.sensex) == [])
    try await stage.finish(holding: [Contract.put: 130, Contract.bank: 30])
  }
}
