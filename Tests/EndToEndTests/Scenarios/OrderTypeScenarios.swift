import Foundation
import Testing

/// Orders of every type, and what goes out for them.
@Suite("Scenarios: order types", .serialized, .timeLimit(.minutes(10))) struct OrderTypeScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 1: MARKET goes out as a LIMIT around the price that the leader's frame refers to, in and out")
  func marketByReference() async throws {
    // Long enough for the copy to be decided before the leader has traded.
    let stage = try await LiveStage.scenario(switches: "transit_delay: 1s")
    // Nobody has traded yet: the frame refers to the middle, 152.10. Five percent above it, rounded down to the tick.
    _ = try await stage.order("BUY", 130, of: Contract.call)
    try await stage.untilRows(Contract.call, ["BUY 65 at 159.70 TRADED"])
    // The last trade was at 152.30. Five percent below it, rounded up.
    _ = try await stage.order("SELL", 130, of: Contract.call)
    try await stage.untilRows(Contract.call, ["BUY 65 at 159.70 TRADED", "SELL 65 at 144.70 TRADED"])
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 1: where no frame tells, the leader's limit or his traded price is the reference; without any, none is sent",
    arguments: [true, false])
  func marketByBook(showsLimit: Bool) async throws {
    let stage = try await LiveStage.scenario(
      switches: "transit_delay: 0, update_delay: 0, shows_market_as_limit: \(showsLimit)")
    _ = try await unheard(stage, "BUY", Contract.call, "TRADED")
    // Ten percent above the middle is what the exchange makes of it; five percent above 152.30 is ours.
    try await stage.untilRows(Contract.call, [showsLimit ? "BUY 65 at 167.30 TRADED" : "BUY 65 at 159.90 TRADED"])
    guard !showsLimit else { return try await stage.finish(holding: [Contract.call: 65]) }

    try await stage.quote(Contract.put, bid: "138.00", ask: "0")
    let unpriced = try await unheard(stage, "BUY", Contract.put, "PENDING")
    try await stage.cancelLeaderOrder(unpriced)
    try await stage.untilLeaderOrder(unpriced, "CANCELLED")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.put) == [])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test(
    "scenario 1: where neither the leader nor his frame tells a price, market.quotes: broker lets the broker be asked")
  func marketByQuote() async throws {
    let stage = try await LiveStage.scenario(
      switches: "transit_delay: 0, update_delay: 0, shows_market_as_limit: false", lines: ["market: { quotes: broker }"]
    )
    try await stage.quote(Contract.put, bid: "138.00", ask: "0")
    _ = try await unheard(stage, "BUY", Contract.put, "PENDING")
    // Five percent above 138.00, the only price that there is.
    try await stage.untilRows(Contract.put, ["BUY 65 at 144.90 PENDING"])
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40")
    try await stage.finish(holding: [Contract.put: 65])
  }

  @Test("scenario 1: an exit for which nobody tells a price goes out at the edge of its band, and a person is told")
  func marketExitWithoutReference() async throws {
    let stage = try await LiveStage.scenario(
      switches: "transit_delay: 0, update_delay: 0, shows_market_as_limit: false")
    let entry = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilLeaderOrder(entry, "TRADED")
    try await stage.untilHeld([Contract.call: 65])
    try await stage.quote(Contract.call, bid: "0", ask: "152.30")
    _ = try await unheard(stage, "SELL", Contract.call, "PENDING")
    // Twenty percent below what the leader last traded at here.
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 TRADED", "SELL 65 at 121.85 PENDING"])
    try await stage.untilStatus("a person is told") { $0["asha"]?.alerts.map(\.alert) == ["no_reference"] }
    try await stage.quote(Contract.call, bid: "151.90", ask: "152.30")
    try await stage.finish(holding: [:])
  }

  /// A MARKET order of the leader that is found in the book, whose rows refer to no price of the market.
  private func unheard(_ stage: LiveStage, _ side: String, _ contract: String, _ status: String) async throws
    -> String
  {
    try await stage.fault(#""kind":"drop","on":"update","account":"\#(LiveStage.leader)","times":"every""#)
    let order = try await stage.order(side, 130, of: contract)
    try await stage.until("the leader's order is \(status)") {
      try await stage.rows(of: LiveStage.leader, contract).last?.contains(status) == true
    }
    try await stage.endFaults()
    try await stage.fault(#""kind":"close","on":"stream","account":"\#(LiveStage.leader)""#)
    try await stage.untilLeaderOrder(order, status)
    return order
  }

  @Test("scenario 2: STOP_LOSS rests with its trigger and its limit, and triggers at the exchange")
  func stopLoss() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order(
      "BUY", 130, of: Contract.call, at: "156.00", #""order_type":"STOP_LOSS","trigger_price":155.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 155.00 at 156.00 PENDING"])
    try await stage.quote(Contract.call, bid: "154.90", ask: "155.30")
    try await stage.untilHeld([Contract.call: 65])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 3: STOP_LOSS_MARKET goes out as a STOP_LOSS with a limit beyond its trigger")
  func stopLossMarket() async throws {
    let stage = try await LiveStage.scenario(switches: "stop_loss_market: limit_at_trigger")
    _ = try await stage.order(
      "BUY", 130, of: Contract.call, #""order_type":"STOP_LOSS_MARKET","trigger_price":160.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 STOP_LOSS from 160.00 at 168.00 PENDING"])
    try await stage.quote(Contract.call, bid: "159.80", ask: "160.20")
    try await stage.untilHeld([Contract.call: 65])
    _ = try await stage.order(
      "SELL", 130, of: Contract.call, #""order_type":"STOP_LOSS_MARKET","trigger_price":150.00"#)
    try await stage.untilRows(
      Contract.call,
      ["BUY 65 STOP_LOSS from 160.00 at 168.00 TRADED", "SELL 65 STOP_LOSS from 150.00 at 142.50 PENDING"])
    try await stage.quote(Contract.call, bid: "149.80", ask: "150.20")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 3: where the broker turns STOP_LOSS_MARKET into a LIMIT at once, the follower goes along")
  func convertedStopLossMarket() async throws {
    let stage = try await LiveStage.scenario(switches: "stop_loss_market: limit_at_once")
    _ = try await stage.order(
      "BUY", 130, of: Contract.call, #""order_type":"STOP_LOSS_MARKET","trigger_price":160.00"#)
    try await stage.untilHeld(by: LiveStage.leader, [Contract.call: 130])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 4: IOC is copied as IOC, and what the follower does not get at once is given up")
  func immediateOrCancel() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30", #""validity":"IOC""#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 IOC TRADED"])
    // The leader takes everything that there is.
    try await stage.quote(Contract.put, bid: "138.00", ask: "138.40", askSize: 130)
    _ = try await stage.order("BUY", 130, of: Contract.put, at: "138.40", #""validity":"IOC""#)
    try await stage.untilRows(Contract.put, ["BUY 65 at 138.40 IOC CANCELLED"])
    try await stage.finish(holding: [Contract.call: 65])
  }
}
