import Ports

/// The reserve of a store on a simulated disk, as ``LogSpace`` asks for it.
public final class SimulatedReserve: LogSpace {
  private let disk: SimulatedDisk
  private let path: String
  public let reserveLength: Int64

  /// - Parameter length: small, since simulated disks are.
  public init(_ disk: SimulatedDisk, store: String, length: Int64 = 64 << 10) {
    self.disk = disk
    path = store + ".reserve"
    reserveLength = length
  }

  public var free: Int64? { disk.freeBytes.map { Int64($0) } }
  public var hasReserve: Bool { disk.length(of: path) != nil }
  public func makeReserve() -> Bool { hasReserve || disk.allocate(path, length: Int(reserveLength)) }

  public func releaseReserve() -> Bool {
    guard hasReserve else { return false }
    disk.remove(path)
    return true
  }
}
