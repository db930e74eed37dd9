import Foundation
import Testing

/// What the end of a contract means for those who hold it.
@Suite("Scenarios: expiry", .serialized, .timeLimit(.minutes(10))) struct ExpiryScenarios {
  private typealias Contract = LiveStage.Contract

  private static let ending = "60000"

  /// A contract whose last day is so many days away, and that can be had all the time.
  private static func market(_ kind: String, in days: Int) -> String {
    """
    contracts:
      - {underlying: HDFCBANK, kind: \(kind), expiry: \(IndianTime.day(in: days)), from_strike: 980, to_strike: 980,
         lot_size: 550, first_security_id: \(ending), expiry_flag: W}
      - {underlying: HDFCBANK, kind: OPTSTK, expiry: \(IndianTime.day(in: days + 60)), from_strike: 980, to_strike: 980,
         lot_size: 550, first_security_id: 60100}
    market:
      - {security_id: "\(ending)", bid: 20.00, ask: 20.20}
      - {security_id: "60100", bid: 30.00, ask: 30.20}
    """
  }

  @Test("scenario 57: a stock option is not opened from the configured day on, and what is held of it leaves")
  func physicalSettlement() async throws {
    try await IndianTime.awayFromMidnight()
    // Of three days one is a trading day at least, and three are at most.
    let stage = try await LiveStage.market(
      .always, "physical_settlement_days: 0", simulator: Self.market("OPTSTK", in: 3))
    _ = try await stage.order("BUY", 2200, of: Self.ending, at: "20.20")
    try await stage.untilRows(Self.ending, ["BUY 1100 at 20.20 TRADED"])
    #expect(try await stage.stop() == 0)
    try stage.configure([.half], lines: [MarketHours.always.section("physical_settlement_days: 3")])
    try await stage.startAndWait()
    let more = try await stage.order("BUY", 1100, of: Self.ending, at: "20.20")
    try await stage.untilForgone(more, "physical_settlement")
    _ = try await stage.order("BUY", 1100, of: "60100", at: "30.20")
    try await stage.untilRows("60100", ["BUY 550 at 30.20 TRADED"])
    _ = try await stage.order("SELL", 3300, of: Self.ending, at: "20.00")
    try await stage.untilRows(Self.ending, ["BUY 1100 at 20.20 TRADED", "SELL 1100 at 20.00 TRADED"])
    try await stage.finish(holding: ["60100": 550])
  }

  @Test(
    "scenario 57: what is held of a contract is closed at its end without an order, and the next morning's reading agrees",
    arguments: ["which runs over night", "which is started in the morning"])
  func overnight(_ service: String) async throws {
    let stage = try await evening()
    let runs = service == "which runs over night"
    if !runs {
      let status = try await stage.stop()
      #expect(status == 0)
    }
    // The exchange settles what has ended; the books of the day are gone with it.
    try await stage.turn(#""market_hours":"closed""#)
    try await stage.turn(#""clock_behind":"0""#)
    try await stage.turn(#""market_hours":"always_open""#)
    try await stage.quote("60100", bid: "30.00", ask: "30.20")
    if !runs { try await stage.startAndWait() }
    try await stage.until("the day has begun, and everybody's positions are read") {
      let (days, read) = try await (stage.events("day.began"), stage.events("account.restated"))
      return days.count == 2 && read.count == 2
    }
    let late = try await stage.order("SELL", 1100, of: Self.ending, at: "20.00")
    try await stage.untilForgone(late, "contract_expired")
    #expect(try await stage.holdings(of: LiveStage.asha) == ["60100": 550])
    _ = try await stage.order("SELL", 1100, of: "60100", at: "30.00")
    try await stage.untilRows("60100", ["SELL 550 at 30.00 TRADED"])
    try await stage.finish(holding: [:])
    // No order of today was for what had ended.
    #expect(try await stage.rows(of: LiveStage.asha, Self.ending).isEmpty)
    let began = try await stage.events("day.began").last.map { "\($0.payload)" } ?? "never"
    #expect(began.contains(Self.ending), "\(began)")
  }

  /// The evening of the last day, which is yesterday: both hold what ends, and something else.
  private func evening() async throws -> LiveStage {
    try await IndianTime.awayFromMidnight()
    let stage = try await LiveStage.scenario(
      switches: "clock_behind: 24h, token_validity: 96h", simulator: Self.market("OPTIDX", in: -1))
    for (contract, price) in [(Self.ending, "20.20"), ("60100", "30.20")] {
      _ = try await stage.order("BUY", 1100, of: contract, at: price)
    }
    try await stage.untilHeld([Self.ending: 550, "60100": 550])
    return stage
  }
}
