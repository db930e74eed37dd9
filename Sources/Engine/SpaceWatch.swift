import Domain
import EventStore
import Ports
import Reactors

extension StoreReserve: LogSpace {}

extension LogSpace {
  /// Opens a log; a disk that has no room even for that gets the reserve back.
  public func opening<Log>(_ open: () throws -> Log) throws -> Log {
    do {
      return try open()
    } catch let failure as EventStoreError where failure.code == .full && releaseReserve() {
      return try open()
    }
  }
}

/// From how much room on the disk of the log it is low, and from how much it is well again (rule 37).
public struct SpaceLimits: Equatable, Sendable {
  /// Less than this many bytes, and only exits are sent.
  public var low: Int64
  /// At least this many bytes beside the reserve, and all is well.
  public var enough: Int64
  /// How long it stays low at least, so that a disk that is nearly full does not change its mind all the time.
  public var calm: Microseconds

  public init(low: Int64, enough: Int64, calm: Microseconds = .seconds(5)) {
    self.low = low
    self.enough = enough
    self.calm = calm
  }

  /// With the reserve, room for some hundred commits and the checkpoint after them.
  public static let standard = SpaceLimits(low: 4 << 20, enough: 8 << 20)
}

/// Watches the room on the disk of the log: gives the reserve back when it becomes low, and sets it aside again before it is
/// called well. What it says is an observation like any other.
struct SpaceWatch {
  private static let interval = Microseconds.seconds(1)

  private let space: any LogSpace
  private let limits: SpaceLimits
  private var nextLook = Timestamp.earliest
  private var lowSince = Timestamp.earliest

  init(_ space: any LogSpace, _ limits: SpaceLimits) {
    self.space = space
    self.limits = limits
  }

  /// What there is to say at `now`, once a second at most.
  ///
  /// - Parameter isLow: what the log says.
  mutating func look(at now: Timestamp, isLow: Bool) -> Observation? {
    guard now >= nextLook || nextLook - now > SpaceWatch.interval else { return nil }
    nextLook = now + SpaceWatch.interval
    let free = space.free
    let wanted = limits.enough + (space.hasReserve ? 0 : space.reserveLength)
    if isLow {
      // Only a reserve that could be taken shows that there is room.
      guard now - lowSince >= limits.calm || lowSince > now, free ?? .max >= wanted, space.makeReserve() else {
        return nil
      }
      return .disk(isLow: false, free: space.free)
    }
    if let free, free < limits.low {
      _ = space.releaseReserve()
      lowSince = now
      return .disk(isLow: true, free: free)
    }
    if !space.hasReserve, free ?? .max >= wanted { _ = space.makeReserve() }
    return nil
  }

  /// A commit found no room.
  ///
  /// - Returns: what is to be recorded before it, and whether there is more room now.
  mutating func commitFoundNoRoom(at now: Timestamp) -> (observation: Observation, hasMore: Bool) {
    let free = space.free
    lowSince = now
    return (.disk(isLow: true, free: free), space.releaseReserve())
  }
}
