import SimulationKit
import Testing

/// The weeks from 20 November to 4 December 2026 on the real calendar.
@Suite("A fortnight") struct FortnightTests {
  @Test(
    "over a holiday and the expiries of both exchanges, with spreads, straddles and condors held overnight and to their end, ledger, log and positions agree every evening and every morning",
    arguments: Seeds.asked ?? Array(1...2))
  func fortnight(seed: UInt64) throws {
    let fortnight = Fortnight(seed: seed)
    try fortnight.run()
    let outcome = fortnight.outcome
    #expect(
      outcome.isSound,
      "\(outcome.violations.prefix(3)) – swift run copytrade-simulate --seed \(seed) --fortnight --story")
    #expect(outcome.troubles[Fortnight.heldToExpiry] ?? 0 > 3, "\(outcome.troubles)")
  }
}
