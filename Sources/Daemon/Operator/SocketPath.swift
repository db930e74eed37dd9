import Foundation
import Glibc

/// A name of a unix socket that is short enough for the kernel, however deep its folder lies: through a descriptor of the folder
/// where the path itself is too long (108 bytes with the zero at its end).
struct SocketPath: ~Copyable {
  private static let longest = 107

  let path: String
  private let folder: Int32

  /// - Throws: ``OperatorFault`` where the folder cannot be opened, or the name of the socket alone is too long.
  init(of path: String) throws(OperatorFault) {
    guard path.utf8.count > SocketPath.longest else {
      self.init(path: path, folder: -1)
      return
    }
    let url = URL(fileURLWithPath: path)
    let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let short = "/proc/self/fd/\(folder)/\(url.lastPathComponent)"
    guard folder >= 0, short.utf8.count <= SocketPath.longest else {
      if folder >= 0 { close(folder) }
      throw OperatorFault(
        .usage,
        "The socket \(path) cannot be reached: its folder is closed, or its name alone is too long. Name the store shorter."
      )
    }
    self.init(path: short, folder: folder)
  }

  private init(path: String, folder: Int32) {
    self.path = path
    self.folder = folder
  }

  deinit { if folder >= 0 { close(folder) } }
}
