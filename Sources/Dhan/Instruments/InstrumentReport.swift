import Domain

/// What an instrument file held.
public struct InstrumentCounts: Hashable, Sendable {
  /// Lines below the header, blank ones included.
  public var rows = 0
  /// Options that can be looked up.
  public var options = 0
  /// Rows of the derivatives segments that could not be read, or of which nobody can say what they are.
  public var damaged = 0
  public var blank = 0
  /// Security numbers that stand there twice with different facts. None of them can be looked up.
  public var contradicted: [ContractNumber] = []
}

/// The key of a row: the number of a contract is unique within its segment, on one day.
public struct ContractNumber: Hashable, Sendable, CustomStringConvertible {
  public let segment: ExchangeSegment
  public let securityID: SecurityID
  public var description: String { "\(segment.rawValue) \(securityID)" }
}

/// Which instruments are in use, and how good they are.
public struct InstrumentReport: Hashable, Sendable {
  public let counts: InstrumentCounts
  /// The path, or the address without user and query.
  public let source: String
  /// The day of the file: of its download as ``InstrumentStore/fileDay(at:)`` counts it, or in India of a path's last change.
  public let day: Day
  /// Whether the file is of an earlier day than it should be now.
  public let isStale: Bool
  /// Why no newer file is in use, where one was tried for.
  public let problem: InstrumentFault?
}

extension InstrumentReport: CustomStringConvertible {
  public var description: String {
    var text = "\(counts.options) options in \(counts.rows) rows of \(day) from \(source)"
    if counts.damaged > 0 { text += ", \(counts.damaged) rows damaged" }
    if !counts.contradicted.isEmpty {
      let some = counts.contradicted.prefix(3).map(\.description).joined(separator: ", ")
      text += ", \(counts.contradicted.count) numbers refused because their rows contradict each other (\(some))"
    }
    if isStale { text += "; this file is old" }
    if let problem { text += "; \(problem)" }
    return text
  }
}
