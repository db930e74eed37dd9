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

  @Test("seeds that are steps of the generator apart do not draw the same numbers, shifted")
  func doesNotShift() {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    var first = SeededGenerator(seed: 5)
    _ = first.next()
    var second = SeededGenerator(seed: 5 &+ step)
    #expect(first.next() != second.next())
  }
}
