import Domain

/// What many simulated sessions came to together.
public struct SimulationTally: Sendable {
  public private(set) var runs = 0
  public private(set) var events = 0
  public private(set) var repeatedAttempts = 0
  public private(set) var surplus = 0
  public private(set) var troubles: [String: Int] = [:]
  public private(set) var met: [EventType: Int] = [:]
  public private(set) var excuses: [AlertKind: Int] = [:]
  /// Made of the seeds and the hashes of their logs, whatever their order: equal for equal runs.
  public private(set) var digest: UInt64 = 0
  /// The sessions in which something was wrong.
  public private(set) var failures: [SimulationOutcome] = []

  public init() {}

  public mutating func add(_ outcome: SimulationOutcome) {
    runs += 1
    events += outcome.events
    repeatedAttempts += outcome.repeatedAttempts
    surplus += outcome.surplus
    troubles.merge(outcome.troubles, uniquingKeysWith: +)
    met.merge(outcome.met, uniquingKeysWith: +)
    excuses.merge(outcome.excuses, uniquingKeysWith: +)
    let mixed = outcome.lastHash.prefix(8).reduce(outcome.seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    digest = digest &+ mixed
    if !outcome.isSound { failures.append(outcome) }
  }

  /// Lines for a person: faults met and states reached.
  public var lines: [String] {
    let troubles = troubles.sorted { $0.key < $1.key }.map { "  \($0.value) × \($0.key)" }
    let met = met.sorted { $0.key.rawValue < $1.key.rawValue }.map { "  \($0.value) × \($0.key.rawValue)" }
    let excuses = excuses.sorted { $0.key.rawValue < $1.key.rawValue }.map { "  \($0.value) × \($0.key.rawValue)" }
    return ["faults met:"] + troubles + ["states reached, by the events of the logs:"] + met
      + [
        "attempts repeated after proof of absence: \(repeatedAttempts)",
        "surplus orders found and closed: \(surplus)", "alerts that said why lots were still there:",
      ]
      + excuses
  }
}
