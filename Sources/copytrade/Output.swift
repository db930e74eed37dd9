import Daemon
import Foundation

/// Standard output: the answer, and nothing else.
enum Output {
  /// Whoever reads the output has closed it, as `head` does when it has enough.
  struct Closed: Error {}

  /// Writes `text` and a line end.
  static func line(_ text: String) throws {
    var text = text + "\n"
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// - Throws: ``Closed`` when nobody reads any more.
  static func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(STDOUT_FILENO, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        if errno == EPIPE { throw Closed() }
        throw ReportFault(
          .cannotCreate, "Standard output cannot be written: \(String(cString: strerror(errno))). Look at the disk.")
      }
    }
  }
}
