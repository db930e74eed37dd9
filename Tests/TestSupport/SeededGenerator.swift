/// SplitMix64: the same seed gives the same test on every machine.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// The state is a hash of `seed`: it grows by a constant at every draw, and seeds that are steps apart would else draw the same
  /// numbers, a little shifted.
  public init(seed: UInt64) { state = SeededGenerator.mixed(seed &+ 1) }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededGenerator.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, and without, `bound`, which is positive.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  public mutating func pick<Elements: Collection>(_ elements: Elements) -> Elements.Element {
    guard let element = elements.randomElement(using: &self) else { preconditionFailure("Nothing to pick from.") }
    return element
  }

  public mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
