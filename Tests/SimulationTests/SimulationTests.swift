import SimulationKit
import Testing

@Suite("Simulation") struct SimulationTests {
  @Test(
    "promises 1 to 11: through every fault that a seed draws nothing happens that must not, and once all is well everything agrees",
    arguments: Seeds.asked ?? Array(1...2_000))
  func badDay(seed: UInt64) throws {
    let outcome = try Simulation(seed: seed).run()
    #expect(outcome.isSound, "\(outcome.violations.prefix(3)) – swift run copytrade-simulate --seed \(seed) --story")
  }

  @Test("the same seed is the same run, event by event", arguments: [3, 77, 1_234] as [UInt64])
  func repeats(seed: UInt64) throws {
    let first = try Simulation(seed: seed).run()
    let second = try Simulation(seed: seed).run()
    #expect(first.lastHash == second.lastHash)
    #expect(first.events == second.events)
    #expect(first.troubles == second.troubles)
  }
}
