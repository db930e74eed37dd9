/// What a program can ask of a disk.
public enum DiskOperation: String, CaseIterable, Sendable {
  case open, read, write, truncate, sync, delete

  /// Whether the disk can be different afterwards; these are the operations that are numbered.
  var changes: Bool { self == .write || self == .truncate || self == .sync || self == .delete }
}

/// A failure that is laid in the way of the operations of one kind.
public struct DiskFailure: Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// EIO.
    case inputOutput
    /// ENOSPC.
    case noSpace
  }

  public var operation: DiskOperation
  public var reason: Reason
  /// Whether it stays until it is taken out of the way; else it happens once.
  public var isSticky: Bool
  /// How many operations of the kind still succeed before it.
  public var skipping: Int
  /// Only files whose names end like this, as `-wal`; all files when empty.
  public var suffix: String

  public init(
    _ operation: DiskOperation, _ reason: Reason = .inputOutput, isSticky: Bool = false, skipping: Int = 0,
    suffix: String = ""
  ) {
    self.operation = operation
    self.reason = reason
    self.isSticky = isSticky
    self.skipping = skipping
    self.suffix = suffix
  }
}

/// What is wrong with a disk. It can be changed at any time; nothing is wrong by default.
public struct DiskFaults: Equatable, Sendable {
  /// Failures that wait for their operation; one that happened once is taken out.
  public var failures: [DiskFailure] = []
  /// How many of a thousand operations, of every kind but opening, fail with EIO by chance.
  public var errorsPerThousand = 0
  /// How many bytes all files together can hold; a write that would need more is refused with ENOSPC. `nil`: no end.
  public var capacity: Int?
  /// Whether the disk says that it has synchronised and has not.
  public var lies = false
  /// How many of a thousand operations are slow by chance, and how slow, in microseconds. Nobody waits: see
  /// ``SimulatedDisk/takeTimeSpent()``.
  public var slowPerThousand = 0
  public var slowMicroseconds: ClosedRange<Int> = 1_000...2_000_000

  public init() {}

  /// Lays a failure in the way.
  public mutating func fail(
    _ operation: DiskOperation, _ reason: DiskFailure.Reason = .inputOutput, isSticky: Bool = false, skipping: Int = 0,
    suffix: String = ""
  ) {
    failures.append(
      DiskFailure(operation, reason, isSticky: isSticky, skipping: skipping, suffix: suffix))
  }

  /// The failure that an operation meets, if any.
  mutating func failure(of operation: DiskOperation, on path: String) -> DiskFailure.Reason? {
    for (index, failure) in failures.enumerated()
    where failure.operation == operation && path.hasSuffix(failure.suffix) {
      if failure.skipping > 0 {
        failures[index].skipping -= 1
        continue
      }
      if !failure.isSticky { failures.remove(at: index) }
      return failure.reason
    }
    return nil
  }
}

/// All files of a disk as they were at one moment: a copy from which the disk can be restored.
public struct DiskImage: Equatable, Sendable {
  /// The contents by path.
  public var files: [String: [UInt8]]

  public init(files: [String: [UInt8]]) { self.files = files }
}

/// Where a bit was flipped.
public struct FlippedBit: Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let offset: Int
  /// 0 is the least significant bit.
  public let bit: Int

  public var description: String { "bit \(bit) of byte \(offset) of \(path)" }
}
