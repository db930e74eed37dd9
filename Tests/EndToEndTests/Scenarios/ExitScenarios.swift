import Foundation
import Testing

/// Exits that rest, and exits that have to finish.
@Suite("Scenarios: exits", .serialized, .timeLimit(.minutes(10))) struct ExitScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 37: a protective stop is scaled as the position grows and shrinks, and closes it when it triggers")
  func protectiveStop() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let stop = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00", #""order_type":"STOP_LOSS","trigger_price":140.00"#)
    func untilStop(_ stop: String, after others: [String]) async throws {
      try await stage.until("the stop is \(stop)") {
        let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
        return rows.filter { $0.contains("PENDING") } == ["SELL \(stop) STOP_LOSS from 140.00 at 139.00 PENDING"]
          && rows.filter { $0.contains("TRADED") } == others
      }
    }
    let entry = "BUY 130 at 152.30 TRADED"
    try await untilStop("130", after: [entry])
    // He takes half off, and the stop down to what is left.
    _ = try await stage.order("SELL", 130, of: Contract.call, at: "151.90")
    try await stage.changeLeaderOrder(stop, "\"quantity\":130")
    try await untilStop("65", after: [entry, "SELL 65 at 151.90 TRADED"])
    // He adds, and raises the stop with it.
    _ = try await stage.order("BUY", 390, of: Contract.call, at: "152.30")
    try await stage.changeLeaderOrder(stop, "\"quantity\":520")
    try await untilStop("260", after: [entry, "SELL 65 at 151.90 TRADED", "BUY 195 at 152.30 TRADED"])
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 37: a protective stop placed before the entry has filled protects what then fills")
  func stopBeforeEntry() async throws {
    let stage = try await LiveStage.scenario()
    let entry = try await stage.order("BUY", 260, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 PENDING"])
    let stop = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00", #""order_type":"STOP_LOSS","trigger_price":140.00"#)
    try await stage.untilLeaderOrder(stop, "PENDING")
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.untilLeaderOrder(entry, "TRADED")
    try await stage.until("the follower is in, and protected") {
      let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
      return rows.filter { $0.contains("PENDING") } == ["SELL 130 STOP_LOSS from 140.00 at 139.00 PENDING"]
        && rows.contains("BUY 130 at 150.00 TRADED")
    }
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 38: with exits.alternatives: stop_only the stop rests, and the target follows the leader's fill")
  func stopOnly() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let stop = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00", #""order_type":"STOP_LOSS","trigger_price":140.00"#)
    let stopRow = "SELL 130 STOP_LOSS from 140.00 at 139.00 PENDING"
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", stopRow])
    let target = try await stage.order("SELL", 260, of: Contract.call, at: "170.00")
    try await stage.untilLeaderOrder(target, "PENDING")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == ["BUY 130 at 152.30 TRADED", stopRow])
    // The target fills, and the leader takes his stop back.
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40")
    try await stage.untilLeaderOrder(target, "TRADED")
    try await stage.cancelLeaderOrder(stop)
    try await stage.finish(holding: [:])
    // Between his fill and his cancel his stop was an order that would open a short position (rule 7), and may have been
    // copied as one; nothing of it is left.
    let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
    #expect(rows.filter { $0.contains("TRADED") } == ["BUY 130 at 152.30 TRADED", "SELL 130 at 170.00 TRADED"])
    #expect(rows.filter { !$0.contains("TRADED") }.allSatisfy { $0.hasSuffix("CANCELLED") }, "\(rows)")
  }

  @Test("scenario 38: with exits.alternatives: all both rest, and a fill of one shrinks the other")
  func all() async throws {
    let stage = try await LiveStage.scenario(lines: ["exits: { alternatives: all }"])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let stop = try await stage.order(
      "SELL", 260, of: Contract.call, at: "139.00", #""order_type":"STOP_LOSS","trigger_price":140.00"#)
    let target = try await stage.order("SELL", 260, of: Contract.call, at: "170.00")
    func untilExits(_ stop: String?, _ target: String) async throws {
      let wanted = [stop.map { "SELL \($0) STOP_LOSS from 140.00 at 139.00 PENDING" }, "SELL 130 at 170.00 \(target)"]
      try await stage.until("the exits are \(wanted)") {
        let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
        return rows.filter { $0.hasPrefix("SELL") && !$0.contains("CANCELLED") } == wanted.compactMap(\.self)
      }
    }
    try await untilExits("130", "PENDING")
    // He halves both.
    for order in [target, stop] {
      try await stage.changeLeaderOrder(order, "\"quantity\":130")
      try await stage.untilLeaderQuantity(order, 130)
    }
    try await stage.until("the follower halves them as well") {
      try await stage.rows(of: LiveStage.asha, Contract.call).filter { $0.contains("PENDING") }
        == ["SELL 65 STOP_LOSS from 140.00 at 139.00 PENDING", "SELL 65 at 170.00 PENDING"]
    }
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40")
    try await stage.untilHeld([Contract.call: 65])
    try await stage.until("the stop protects what is left") {
      try await stage.rows(of: LiveStage.asha, Contract.call).filter { $0.contains("PENDING") }
        == ["SELL 65 STOP_LOSS from 140.00 at 139.00 PENDING"]
    }
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await stage.finish(holding: [:])
  }
}
