import Domain

/// A range of delays; each is drawn from it by the exchange's own generator.
public struct PaperDelay: Hashable, Sendable, Codable {
  public let shortest: Microseconds
  public let longest: Microseconds

  /// - Precondition: 0 ≤ `shortest` ≤ `longest`.
  public init(from shortest: Microseconds, to longest: Microseconds) {
    precondition(shortest.count >= 0 && shortest <= longest, "A range of delays begins at its shortest.")
    self.shortest = shortest
    self.longest = longest
  }

  public static func exactly(_ delay: Microseconds) -> PaperDelay { PaperDelay(from: delay, to: delay) }

  public static let none = PaperDelay.exactly(Microseconds(0))

  func draw(from generator: inout SplitMix64) -> Microseconds {
    shortest == longest
      ? shortest : Microseconds(shortest.count + generator.next(below: longest.count - shortest.count + 1))
  }
}
