/// Where a simulated process is to end, and how.
public struct CrashPlan: Hashable, Sendable, CustomStringConvertible {
  /// A step of a run, by its number from 1.
  public enum Point: Hashable, Sendable {
    /// A write, truncation, synchronisation or deletion: it fails, and everything after it.
    case diskOperation(Int)
    /// A call that is durable has not left yet.
    case beforeCall(Int)
    /// It has just left.
    case afterCall(Int)
    /// The answer to a call is there, and nothing was done with it yet.
    case beforeReply(Int)
  }

  public var point: Point
  /// Whether the machine loses its power, or only the process ends.
  public var cutsPower: Bool
  /// The operation of the disk, counted from the start after the first end, at which it ends once more.
  public var again: Int?

  public init(_ point: Point, cutsPower: Bool, again: Int? = nil) {
    self.point = point
    self.cutsPower = cutsPower
    self.again = again
  }

  public var description: String {
    "\(point)\(cutsPower ? " by a power cut" : "")\(again.map { " and again \($0) operations into the recovery" } ?? "")"
  }
}
