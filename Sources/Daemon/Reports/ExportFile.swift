import Foundation

/// An output file that appears under its name only when it is whole and durable, and never replaces another. Mode 0600.
public final class ExportFile {
  private let path: String
  private let partial: String
  private var descriptor: Int32

  /// - Throws: ``ReportFault`` when the file exists or cannot be made.
  public init(path: String) throws {
    self.path = path
    partial = "\(path).partial-\(getpid())"
    var status = stat()
    guard lstat(path, &status) != 0 else { throw ExportFile.exists(path) }
    unlink(partial)
    descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ExportFile.fault("\(path) cannot be created") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    unlink(partial)
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw ExportFile.fault("\(path) cannot be written")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Makes what was written durable and gives it its name.
  public func finish() throws {
    guard fsync(descriptor) == 0 else { throw ExportFile.fault("\(path) cannot be made durable") }
    // A link, unlike a rename, never replaces a file that came into being meanwhile.
    guard link(partial, path) == 0 else {
      throw errno == EEXIST ? ExportFile.exists(path) : ExportFile.fault("\(path) cannot be created")
    }
  }

  private static func exists(_ path: String) -> ReportFault {
    ReportFault(.cannotCreate, "\(path) exists and is not overwritten. Name another file.")
  }

  private static func fault(_ what: String) -> ReportFault {
    ReportFault(.cannotCreate, "\(what): \(String(cString: strerror(errno))). Look at the path and the disk.")
  }
}
