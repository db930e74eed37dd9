/// The generator behind every delay and every fault of chance: small, seeded, and part of the exchange's state.
///
/// The standard library's generators read the system's randomness, which a replay cannot repeat.
public struct SplitMix64: Hashable, Sendable, Codable {
  private var state: UInt64

  public init(seed: UInt64) { self.state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, and without, `bound`, which is positive.
  public mutating func next(below bound: Int64) -> Int64 {
    precondition(bound > 0, "A number is drawn from a range that holds one.")
    return Int64(next() % UInt64(bound))
  }
}
