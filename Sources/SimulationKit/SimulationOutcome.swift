import Domain

/// What one simulated session came to.
public struct SimulationOutcome: Sendable {
  public let seed: UInt64
  /// What must not be and was; empty when all promises held.
  public let violations: [String]
  /// What went wrong on purpose, and how often.
  public let troubles: [String: Int]
  /// How often each kind of event was met: the states that the run reached.
  public let met: [EventType: Int]
  /// Alerts that said why lots were still there.
  public let excuses: [AlertKind: Int]
  public let events: Int
  /// Of the last event that was acknowledged: equal for equal runs.
  public let lastHash: [UInt8]
  public let repeatedAttempts: Int
  /// Orders that the broker took twice, and that were found and closed.
  public let surplus: Int

  public var isSound: Bool { violations.isEmpty }
}
