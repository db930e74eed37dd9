/// A report that cannot be made: what was asked for does not exist, or its output cannot be written.
public struct ReportFault: ExitStatusProviding, Equatable, CustomStringConvertible {
  public let exitStatus: ExitStatus
  /// What happened, where, and what to do.
  public let description: String

  public init(_ exitStatus: ExitStatus, _ description: String) {
    self.exitStatus = exitStatus
    self.description = description
  }
}
