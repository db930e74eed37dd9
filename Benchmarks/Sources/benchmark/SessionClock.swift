import Domain
import Ports
import Synchronization

/// A clock that stands where the session puts it.
final class SessionClock: WallClock {
  private let time = Mutex(Timestamp(microseconds: 0))

  func now() -> Timestamp { time.withLock { $0 } }
  func set(_ moment: Timestamp) { time.withLock { $0 = max($0, moment) } }
  func advance(_ length: Microseconds) { time.withLock { $0 = $0 + length } }

  /// The moment as a broker tells it: whole seconds.
  var brokerTime: Timestamp { Timestamp(microseconds: now().microseconds / 1_000_000 * 1_000_000) }
}

/// SplitMix64: the same session every time.
struct SessionRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
