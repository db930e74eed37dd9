/// What checks found wrong, in the order in which they found it.
public struct Findings: Sendable {
  /// Enough to understand a failure; what follows from the first ones is not news.
  private static let most = 20

  public private(set) var violations: [String] = []
  public var isEmpty: Bool { violations.isEmpty }

  public mutating func fail(_ what: String) { if violations.count < Findings.most { violations.append(what) } }
}
