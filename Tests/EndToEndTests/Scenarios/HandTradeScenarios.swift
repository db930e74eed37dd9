import Foundation
import Testing

/// What the accounts' owners and their broker do themselves.
@Suite("Scenarios: trades by hand", .serialized, .timeLimit(.minutes(10))) struct HandTradeScenarios {
  private typealias Contract = LiveStage.Contract

  @Test(
    "scenario 39: what the follower sold by hand – a part, all, or more – is not sold again, and the rest leaves with the leader",
    arguments: [65, 130, 195])
  func sold(units: Int) async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    _ = try await stage.order(by: LiveStage.asha, "SELL", units, of: Contract.call, at: "151.90")
    try await stage.until("the service knows") {
      try await stage.events("alert.raised").contains { $0.text("alert") == "closed_by_others" }
    }
    // What he sold beyond that is his own short position.
    let own = min(0, 130 - units)
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.finish(holding: own == 0 ? [:] : [Contract.call: own], alerts: ["closed_by_others"])
    let sold = try await stage.rows(of: LiveStage.asha, Contract.call).dropFirst(2)
    #expect(Array(sold) == (units == 65 ? ["SELL 65 at 151.90 TRADED"] : []))
  }

  @Test("scenario 39: a stop that rests for what the follower sold by hand shrinks at once, and goes with the last lot")
  func soldUnderStop() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let stop = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00", #""order_type":"STOP_LOSS","trigger_price":140.00"#)
    func untilStop(_ wanted: String) async throws {
      try await stage.until("the stop is \(wanted)") {
        try await stage.rows(of: LiveStage.asha, Contract.call).filter { $0.contains("STOP_LOSS") } == [wanted]
      }
    }
    try await untilStop("SELL 130 STOP_LOSS from 140.00 at 139.00 PENDING")
    _ = try await stage.order(by: LiveStage.asha, "SELL", 65, of: Contract.call, at: "151.90")
    try await untilStop("SELL 65 STOP_LOSS from 140.00 at 139.00 PENDING")
    _ = try await stage.order(by: LiveStage.asha, "SELL", 65, of: Contract.call, at: "151.90")
    try await untilStop("SELL 65 STOP_LOSS from 140.00 at 139.00 CANCELLED")
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await stage.untilLeaderOrder(stop, "TRADED")
    try await stage.finish(holding: [:], alerts: ["closed_by_others"])
  }

  @Test(
    "scenario 40: the broker squares off both in the same minute, and no lot is closed twice",
    arguments: [[LiveStage.leader, LiveStage.asha], [LiveStage.asha, LiveStage.leader]])
  func squareOff(order: [String]) async throws {
    // The window begins now, whenever this runs; in India it is five and a half hours later than in Greenwich.
    let minutes = Int(Date().timeIntervalSince1970) / 60 + 330
    let now = String(format: "%02d:%02d", minutes / 60 % 24, minutes % 60)
    let stage = try await LiveStage.scenario(lines: ["market: { square_off_from: \"\(now)\" }"])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30", #""product":"INTRADAY""#)
    try await stage.untilHeld([Contract.call: 130])
    // The broker takes the stops back first.
    _ = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00",
      #""product":"INTRADAY","order_type":"STOP_LOSS","trigger_price":140.00"#)
    try await stage.until("the stop is copied") {
      try await stage.rows(of: LiveStage.asha, Contract.call).contains { $0.contains("STOP_LOSS") }
    }
    for client in order { try await stage.squareOff(client) }
    try await stage.untilHeld(by: LiveStage.leader, [:])
    try await stage.finish(holding: [:], alerts: ["closed_by_others"])
  }

  @Test("scenario 45: both trade opposite by hand: what is the owner's stays the owner's, and no entry goes against it")
  func opposite() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    _ = try await stage.order(by: LiveStage.asha, "SELL", 195, of: Contract.call, at: "151.90")
    try await stage.untilHeld(by: LiveStage.leader, [Contract.call: 260])
    try await stage.untilHeld([Contract.call: -65])
    try await stage.until("the service knows the owner's part") {
      try await stage.status()["asha"]?.state == "in_sync"
    }
    let more = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.until("the entry is given up") {
      try await stage.events("entry.forgone").contains {
        $0.text("origin") == more && $0.text("reason") == "owner_holds_opposite"
      }
    }
    _ = try await stage.order("SELL", 520, of: Contract.call, at: "151.90")
    try await stage.untilHeld(by: LiveStage.leader, [:])
    // The owner goes long with his own money; it is no copy, and not touched.
    _ = try await stage.order(by: LiveStage.asha, "BUY", 130, of: Contract.call, at: "152.30")
    try await stage.finish(holding: [Contract.call: 65], alerts: ["closed_by_others"])
  }
}
