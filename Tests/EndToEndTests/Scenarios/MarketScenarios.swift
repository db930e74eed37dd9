import Foundation
import Testing

/// What may be traded when: hours, holidays, special sessions, and the last minutes of a contract.
@Suite("Scenarios: markets", .serialized, .timeLimit(.minutes(10))) struct MarketScenarios {
  private typealias Contract = LiveStage.Contract

  private static let young = ["entries: { max_age: 3s }"]
  private static let entered = "BUY 130 at 152.30 TRADED"

  /// The follower is in, and an order of his rests.
  private func opened() async throws -> (stage: LiveStage, resting: String) {
    let stage = try await LiveStage.market(lines: Self.young)
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, [Self.entered])
    let resting = try await stage.order("BUY", 130, of: Contract.put, at: "130.00")
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    return (stage, resting)
  }

  @Test(
    "scenario 48: outside the session and on a holiday only cancels leave; then the exit does, and no entry",
    arguments: ["outside the session", "on a holiday"])
  func closed(_ when: String) async throws {
    let (stage, resting) = try await opened()
    try await stage.change(when == "on a holiday" ? .holiday : .elsewhere, lines: Self.young)
    let exit = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    let entry = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilLeaderOrder(exit, "TRADED")
    try await stage.cancelLeaderOrder(resting)
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 CANCELLED"])
    try await stage.untilForgone(entry, "too_old")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == [Self.entered])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.bank).isEmpty)
    try await stage.change(.always, lines: Self.young)
    try await stage.finish(holding: [:])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.bank).isEmpty)
  }

  @Test("scenario 48: an exit that fell due while the exchange was closed leaves with the opening, by itself")
  func opening() async throws {
    let (stage, resting) = try await opened()
    try await stage.cancelLeaderOrder(resting)
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 CANCELLED"])
    let opening = IndianTime.minute(in: 15)
    try await stage.change(.opening(at: opening.time), lines: Self.young)
    let exit = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.untilLeaderOrder(exit, "TRADED")
    try await Task.sleep(for: .seconds(max(0, opening.moment.timeIntervalSinceNow)))
    try await stage.untilRows(Contract.call, [Self.entered, "SELL 130 at 151.90 TRADED"])
    let sent = try #require(try await sent(stage).max())
    #expect(sent >= "\(IndianTime.now.day) \(opening.time):00", "\(sent)")
    try await stage.finish(holding: [:])
  }

  /// When the follower's orders reached the broker, such as `2026-11-27 10:33:03`.
  private func sent(_ stage: LiveStage) async throws -> [String] {
    struct Row: Decodable { var createTime: String }
    let (_, body) = try await stage.http(
      "GET", "/v2/orders", headers: ["access-token": "simulator-\(LiveStage.asha)", "client-id": LiveStage.asha])
    return try JSONDecoder().decode([Row].self, from: body).map(\.createTime)
  }

  @Test("scenario 48: in a special session exits are copied and entries are not, unless copy: true stands there")
  func specialSession() async throws {
    let (stage, resting) = try await opened()
    try await stage.change(.special(copies: false), lines: Self.young)
    let more = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilForgone(more, "special_session")
    let other = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilForgone(other, "special_session")
    _ = try await stage.order("SELL", 520, of: Contract.call, at: "151.90")
    try await stage.untilRows(Contract.call, [Self.entered, "SELL 130 at 151.90 TRADED"])
    try await stage.change(.special(copies: true), lines: Self.young)
    _ = try await stage.order("BUY", 80, of: Contract.sensex, at: "455.80")
    try await stage.untilRows(Contract.sensex, ["BUY 40 at 455.80 TRADED"])
    try await stage.cancelLeaderOrder(resting)
    try await stage.finish(holding: [Contract.sensex: 40])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.bank).isEmpty)
  }

  @Test(
    "scenario 48: in the last minutes of a contract nothing is entered in it, and what is held leaves with the leader")
  func lastMinutes() async throws {
    try await IndianTime.awayFromMidnight()
    let expiring = "60000"
    let stage = try await LiveStage.market(
      simulator: """
        contracts:
          - {underlying: NIFTY, expiry: \(IndianTime.now.day), from_strike: 24000, to_strike: 24000, lot_size: 65,
             freeze_quantity: 1756, first_security_id: \(expiring), expiry_flag: W}
        market: [{security_id: "\(expiring)", bid: 120.00, ask: 120.40}]
        """)
    _ = try await stage.order("BUY", 260, of: expiring, at: "120.40")
    try await stage.untilRows(expiring, ["BUY 130 at 120.40 TRADED"])
    // As if it were as late as that.
    #expect(try await stage.stop() == 0)
    try stage.configure([.half], lines: [MarketHours.always.section("expiry_cutoff: 24h")])
    try await stage.startAndWait()
    let more = try await stage.order("BUY", 130, of: expiring, at: "120.40")
    try await stage.untilForgone(more, "expiry_cutoff")
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 TRADED"])
    _ = try await stage.order("SELL", 390, of: expiring, at: "120.00")
    try await stage.untilRows(expiring, ["BUY 130 at 120.40 TRADED", "SELL 130 at 120.00 TRADED"])
    try await stage.finish(holding: [Contract.call: 65])
  }
}
