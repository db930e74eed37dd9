/// What the process tells whoever started it. Part of the public interface: the numbers never change.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  /// The check that was asked for does not hold: drift, a red preflight, an anchor or replayed decisions that differ.
  case checkFailed = 1
  case usage = 64
  /// The store is damaged, or not ours.
  case storeDamaged = 65
  /// Broker or service cannot be reached.
  case unreachable = 69
  /// A fault of our own.
  case ownFault = 70
  /// Output cannot be created.
  case cannotCreate = 73
  /// The store is in use by another process.
  case storeInUse = 75
  case modesTooOpen = 77
  case configuration = 78
}

/// An error that knows which exit status it means. Errors that do not are faults of our own.
public protocol ExitStatusProviding: Error {
  var exitStatus: ExitStatus { get }
}

extension ExitStatus {
  public init(for error: any Error) {
    self = (error as? any ExitStatusProviding)?.exitStatus ?? .ownFault
  }
}
