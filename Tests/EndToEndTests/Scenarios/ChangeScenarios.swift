import Foundation
import Testing

/// What the leader changes in a resting order.
@Suite("Scenarios: changes", .serialized, .timeLimit(.minutes(10))) struct ChangeScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 11: a price goes up and down with the leader's")
  func price() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    for price in ["150.50", "148.95"] {
      try await stage.changeLeaderOrder(order, "\"price\":\(price)")
      try await stage.untilRows(Contract.call, ["BUY 65 at \(price) PENDING"])
    }
    try await stage.quote(Contract.call, bid: "148.50", ask: "148.95")
    try await stage.untilRows(Contract.call, ["BUY 65 at 148.95 TRADED"])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 12: a quantity goes up and down with the leader's, and by his fraction of a lot not at all")
  func quantity() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 260, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 PENDING"])
    for (leader, follower) in [(520, 260), (130, 65), (195, 65), (390, 195)] {
      try await stage.changeLeaderOrder(order, "\"quantity\":\(leader)")
      try await stage.untilRows(Contract.call, ["BUY \(follower) at 150.00 PENDING"])
    }
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.finish(holding: [Contract.call: 195])
  }

  @Test("scenario 12: a quantity below what the follower has filled cancels the rest and keeps what is there")
  func quantityBelowFilled() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 520, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 260 at 150.00 PENDING"])
    // The ninth lot makes no whole one of the follower's, and puts the leader behind him in the exchange's queue.
    try await stage.changeLeaderOrder(order, "\"quantity\":585")
    try await stage.untilLeaderQuantity(order, 585)
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 130)
    try await stage.untilRows(Contract.call, ["BUY 260 at 150.00 PART_TRADED 130 filled"])
    try await stage.changeLeaderOrder(order, "\"quantity\":130")
    try await stage.untilRows(Contract.call, ["BUY 260 at 150.00 CANCELLED 130 filled"])
    // The leader follows: as much as he wanted in the end, and no lot of the follower's is left over.
    try await stage.changeLeaderOrder(order, "\"quantity\":260")
    try await stage.untilLeaderQuantity(order, 260)
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.finish(holding: [Contract.call: 130])
  }

  @Test("scenario 13: a trigger moves with the leader's, with its limit or alone")
  func trigger() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order(
      "BUY", 130, of: Contract.call, at: "156.00", #""order_type":"STOP_LOSS","trigger_price":155.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 155.00 at 156.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""trigger_price":154.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 154.00 at 156.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""trigger_price":158.00,"price":160.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 158.00 at 160.00 PENDING"])
    try await stage.quote(Contract.call, bid: "158.00", ask: "158.40")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 14: a type changes with the leader's: LIMIT, STOP_LOSS, LIMIT again, and MARKET as a protected LIMIT")
  func type() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""order_type":"STOP_LOSS","trigger_price":155.00,"price":156.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 155.00 at 156.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""order_type":"LIMIT","price":149.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 149.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""order_type":"MARKET""#)
    try await stage.untilHeld(by: LiveStage.leader, [Contract.call: 130])
    try await stage.untilHeld([Contract.call: 65])
    let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
    #expect(rows.count == 1 && rows[0].hasSuffix("TRADED"), "\(rows)")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 15: a validity changes with the leader's: what rested for the day is immediate or gone")
  func validity() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""validity":"IOC""#)
    try await stage.untilLeaderOrder(order, "CANCELLED")
    try await stage.until("nothing of it rests") {
      try await stage.rows(of: LiveStage.asha, Contract.call).allSatisfy { $0.hasSuffix("CANCELLED") }
    }
    // Where it meets somebody the leader is filled, and the follower after him.
    let second = try await stage.order("BUY", 130, of: Contract.put, at: "130.00")
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    try await stage.changeLeaderOrder(second, #""validity":"IOC","price":138.40"#)
    try await stage.untilHeld([Contract.put: 65])
    try await stage.finish(holding: [Contract.put: 65])
  }

  @Test("scenario 16: ten changes in a second are coalesced, and the last one holds")
  func burst() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "149.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 149.00 PENDING"])
    let start = ContinuousClock.now
    for step in 1...10 { try await stage.changeLeaderOrder(order, "\"price\":\(149 + step / 10).\(step % 10)5") }
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.05 PENDING"])
    let sent = try await stage.events("modification.requested").count
    // One at most in a quarter of a second; a busy machine needs longer for the ten.
    let most = Int((ContinuousClock.now - start) / .milliseconds(250)) + 1
    #expect((1...most).contains(sent), "\(sent) modifications for ten of the leader's")
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.05")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 17: before the broker's cap of 25 changes bites, cancel and replace takes over")
  func cap() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "140.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 140.00 PENDING"])
    for step in 1...22 {
      try await stage.changeLeaderOrder(order, "\"price\":\(140 + step / 10).\(step % 10)0")
      try await stage.until("the follower is at the new price") {
        try await stage.rows(of: LiveStage.asha, Contract.call).last
          == "BUY 65 at \(140 + step / 10).\(step % 10)0 PENDING"
      }
    }
    try await stage.untilRows(Contract.call, ["BUY 65 at 142.00 CANCELLED", "BUY 65 at 142.20 PENDING"])
    try await stage.quote(Contract.call, bid: "142.00", ask: "142.20")
    try await stage.finish(holding: [Contract.call: 65])
  }
}
