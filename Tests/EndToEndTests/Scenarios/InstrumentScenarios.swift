import Foundation
import Testing

/// What the instrument file says of a contract, and what it does not.
@Suite("Scenarios: instruments", .serialized, .timeLimit(.minutes(10))) struct InstrumentScenarios {
  private typealias Contract = LiveStage.Contract

  /// A contract of which the broker takes any five units; what a lot is, the service's own file says.
  private static let revised = "60000"
  private static let market = """
    contracts:
      - {underlying: NIFTY, expiry: 2030-12-03, from_strike: 24000, to_strike: 24000, lot_size: 5,
         first_security_id: 60000, expiry_flag: W}
    market: [{security_id: "60000", bid: 120.00, ask: 120.40}]
    """

  /// The lines of a file in which a lot of ``revised`` has so many units.
  private static func lot(_ units: Int) -> (String) -> String? {
    { $0.contains(",60000,") ? $0.replacingOccurrences(of: ",5.0,", with: ",\(units).0,") : $0 }
  }

  /// Gives the service a file of its own, made of the simulator's.
  private func provide(_ stage: LiveStage, _ change: (String) -> String?) async throws {
    let (status, body) = try await stage.http("GET", "/api-data/api-scrip-master-detailed.csv")
    try #require(status == 200)
    let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
    let kept = lines.compactMap(change)
    try #require(kept != lines, "nothing was changed")
    let text = kept.joined(separator: "\n") + "\n"
    let path = stage.folder.path + "/instruments.csv"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try stage.configure([.half], instruments: path)
  }

  private func restart(_ stage: LiveStage, _ change: (String) -> String?) async throws {
    #expect(try await stage.stop() == 0)
    try await provide(stage, change)
    try await stage.startAndWait()
  }

  @Test("scenario 47: what the leader does in a contract that the file does not know is recorded, and not copied")
  func missing() async throws {
    let stage = try await LiveStage.scenario(
      before: { stage in try await provide(stage) { $0.contains(",\(Contract.put),") ? nil : $0 } })
    let entry = try await stage.order("BUY", 130, of: Contract.put, at: "138.40")
    try await stage.untilLeaderOrder(entry, "TRADED")
    let exit = try await stage.order("SELL", 130, of: Contract.put, at: "138.00")
    try await stage.untilLeaderOrder(exit, "TRADED")
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED"])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.put).isEmpty)
    for order in [entry, exit] { try await stage.untilForgone(order, "instrument_unknown") }
    // What is held of a contract that a later file does not know leaves all the same.
    try await restart(stage) { $0.contains(",\(Contract.call),") ? nil : $0 }
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 47: for a contract whose last day is over nothing is sent")
  func expired() async throws {
    try await IndianTime.awayFromMidnight()
    let stage = try await LiveStage.scenario(
      switches: "transit_delay: 1s",
      simulator: """
        contracts:
          - {underlying: NIFTY, expiry: \(IndianTime.day(in: -1)), from_strike: 24000, to_strike: 24000, lot_size: 65,
             first_security_id: 60000, expiry_flag: W}
        market: [{security_id: "60000", bid: 120.00, ask: 120.40}]
        """)
    let order = try await stage.order("BUY", 260, of: "60000", at: "120.40")
    try await stage.untilForgone(order, "contract_expired")
    try await stage.untilLeaderOrder(order, "REJECTED")
    try await stage.finish(holding: [:])
    #expect(try await stage.book(of: LiveStage.asha).isEmpty)
  }

  @Test("scenario 47: the lot is that of the contract, where the expiries of one underlying differ")
  func lotsOfExpiries() async throws {
    let stage = try await LiveStage.scenario(
      simulator: """
        contracts:
          - {underlying: HDFCBANK, kind: OPTSTK, expiry: 2030-11-26, from_strike: 980, to_strike: 980, lot_size: 550,
             first_security_id: 60000}
          - {underlying: HDFCBANK, kind: OPTSTK, expiry: 2030-12-31, from_strike: 980, to_strike: 980, lot_size: 650,
             first_security_id: 60100}
        market:
          - {security_id: "60000", bid: 21.00, ask: 21.20}
          - {security_id: "60100", bid: 31.00, ask: 31.20}
        """)
    _ = try await stage.order("BUY", 3 * 550, of: "60000", at: "21.20")
    _ = try await stage.order("BUY", 4 * 650, of: "60100", at: "31.20")
    try await stage.untilHeld(["60000": 550, "60100": 2 * 650])
    _ = try await stage.order("SELL", 2 * 650, of: "60100", at: "31.00")
    _ = try await stage.order("SELL", 3 * 550, of: "60000", at: "21.00")
    try await stage.finish(holding: ["60100": 650])
  }

  @Test(
    "scenario 47: of quantities that are no whole lots the follower takes whole lots of the sum, and leaves with all")
  func oddQuantities() async throws {
    let stage = try await LiveStage.scenario(
      simulator: Self.market, before: { stage in try await provide(stage, Self.lot(65)) })
    let first = try await stage.order("BUY", 100, of: Self.revised, at: "120.40")
    try await stage.untilLeaderOrder(first, "TRADED")
    try await stage.untilAlerts(["odd_lot"])
    let second = try await stage.order("BUY", 160, of: Self.revised, at: "120.40")
    try await stage.untilLeaderOrder(second, "TRADED")
    try await stage.untilHeld([Self.revised: 130])
    try await stage.untilAlerts([])
    _ = try await stage.order("SELL", 200, of: Self.revised, at: "120.00")
    try await stage.untilHeld([Self.revised: 65])
    _ = try await stage.order("SELL", 60, of: Self.revised, at: "120.00")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 47: after a revision of the lot what is held leaves in the new lots")
  func revisedLot() async throws {
    let stage = try await LiveStage.scenario(
      simulator: Self.market, before: { stage in try await provide(stage, Self.lot(75)) })
    _ = try await stage.order("BUY", 300, of: Self.revised, at: "120.40")
    try await stage.untilRows(Self.revised, ["BUY 150 at 120.40 TRADED"])
    try await restart(stage, Self.lot(50))
    _ = try await stage.order("SELL", 200, of: Self.revised, at: "120.00")
    try await stage.untilRows(Self.revised, ["BUY 150 at 120.40 TRADED", "SELL 100 at 120.00 TRADED"])
    _ = try await stage.order("SELL", 100, of: Self.revised, at: "120.00")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 47: what a revision has made an odd rest stays, since nobody trades it, and a person is told")
  func oddRest() async throws {
    let stage = try await LiveStage.scenario(
      simulator: Self.market, before: { stage in try await provide(stage, Self.lot(75)) })
    _ = try await stage.order("BUY", 300, of: Self.revised, at: "120.40")
    try await stage.untilRows(Self.revised, ["BUY 150 at 120.40 TRADED"])
    try await restart(stage, Self.lot(65))
    _ = try await stage.order("SELL", 300, of: Self.revised, at: "120.00")
    try await stage.untilRows(Self.revised, ["BUY 150 at 120.40 TRADED", "SELL 130 at 120.00 TRADED"])
    try await stage.finish(holding: [Self.revised: 20], state: "drifted", alerts: ["not_flat"])
  }
}
