import SimulationKit
import Testing

@Suite("Seeded generator") struct SeededGeneratorTests {
  @Test("the same seed gives the same draws, another seed others")
  func repeats() {
    func draws(_ seed: UInt64) -> [Int] {
      var random = SeededGenerator(seed: seed)
      return (0..<20).map { _ in random.below(1_000) }
    }
    #expect(draws(7) == draws(7))
    #expect(draws(7) != draws(8))
  }
}
