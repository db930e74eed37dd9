import Foundation
import SimulationKit
import Testing

/// Two trading days of a few hundred leader actions, drawn at random, at speed, with five followers.
@Suite("Trading days") struct TradingDaysTests {
  @Test(
    "promises 3, 5, 6, 8 and 11: whatever leader, market, owners, broker and network do on two days, limits hold, the leader flat means our lots flat or an alert, ledger and exchange agree, and every order has its end",
    arguments: Seeds.asked ?? Array(1...6))
  func days(seed: UInt64) throws {
    let days = TradingDays(seed: seed)
    try days.run()
    #expect(
      days.outcome.isSound,
      "\(days.outcome.violations.prefix(3)) – swift run copytrade-simulate --seed \(seed) --days --story")
  }
}
