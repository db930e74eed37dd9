import Glibc

/// The file `<store>.reserve`: space that is really taken on the disk of a store, to be given back when a commit finds no
/// room (rule 37).
public final class StoreReserve {
  public let path: String
  public let reserveLength: Int64
  private let directory: String

  /// - Parameter length: enough for some hundred commits, checkpoints included.
  public init(store: String, length: Int64 = 8 << 20) {
    path = store + ".reserve"
    reserveLength = length
    directory = StoreFile.directory(of: store)
  }

  /// How many bytes a user without privileges can still write on the disk of the store; `nil` where the system does not
  /// say.
  public var free: Int64? {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else { return nil }
    return Int64(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  public var hasReserve: Bool { StoreFile.length(path).map { $0 >= reserveLength } ?? false }

  /// Takes the space, where there is any.
  ///
  /// - Returns: whether the reserve is there now; where it is not, no file is left.
  public func makeReserve() -> Bool {
    if hasReserve { return true }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if posix_fallocate(descriptor, 0, Int(reserveLength)) == 0 { return true }
    unlink(path)
    return false
  }

  /// Gives the space back.
  ///
  /// - Returns: whether there was any.
  public func releaseReserve() -> Bool { unlink(path) == 0 }
}
