import EventStore

extension EventStoreError: ExitStatusProviding {
  /// What the store's own code means to whoever started the process.
  public var exitStatus: ExitStatus { ExitStatus(rawValue: exitCode) ?? .ownFault }
}
