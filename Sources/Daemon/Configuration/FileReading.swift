import Foundation

/// A small file read whole, with who else may write and read it.
struct FileReading {
  enum Fault: Error, Equatable {
    case notThere
    case notAFile
    case notAllowed
    case tooLarge
    case broken(String)
  }

  let bytes: [UInt8]
  let mode: mode_t

  var isWritableByOthers: Bool { mode & 0o022 != 0 }
  var isReadableByAnybody: Bool { mode & 0o004 != 0 }
  var octalMode: String { String(mode & 0o7777, radix: 8) }

  /// Reads at most `limit` bytes of an ordinary file. What was looked at and what is read is one file, whatever
  /// happens to its name meanwhile. Never waits: a pipe is not an ordinary file.
  static func read(_ path: String, limit: Int) -> Result<FileReading, Fault> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return .failure(.notThere)
      case EACCES, EPERM: return .failure(.notAllowed)
      case EISDIR, ENXIO: return .failure(.notAFile)
      default: return .failure(.broken(String(cString: strerror(errno))))
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failure(.broken(String(cString: strerror(errno)))) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notAFile) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return .failure(.broken(String(cString: strerror(errno)))) }
      if count == 0 { return .success(FileReading(bytes: bytes, mode: status.st_mode)) }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { return .failure(.tooLarge) }
    }
  }
}
