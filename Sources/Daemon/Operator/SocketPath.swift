import Foundation
import Glibc

/// A name of a unix socket that is short enough for the kernel, however deep its folder lies: through a descriptor of the folder
/// where the path itself is too long (108 bytes with the zero at its end). Good for as long as it is held.
final class SocketPath {
  private static let longest = 107

  let path: String
  private let folder: Int32?

  /// - Throws: ``OperatorFault`` where the folder cannot be opened, or the name of the socket alone is too long.
  init(of path: String) throws {
    guard path.utf8.count > SocketPath.longest else {
      self.path = path
      folder = nil
      return
    }
    let url = URL(fileURLWithPath: path)
    let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    self.folder = folder < 0 ? nil : folder
    self.path = "/proc/self/fd/\(folder)/\(url.lastPathComponent)"
    guard folder >= 0, self.path.utf8.count <= SocketPath.longest else {
      throw OperatorFault(
        .usage,
        "The socket \(path) cannot be reached: its folder is closed, or its name alone is too long. Name the store shorter."
      )
    }
  }

  deinit { if let folder { close(folder) } }
}
