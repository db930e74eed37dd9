import Foundation

/// The file that `copytrade init` writes: it runs as it is, on the paper exchange, and says how to go on from there.
public enum ConfigurationTemplate {
  /// Writes ``text`` to a new file that only its owner can read and write.
  ///
  /// - Throws: ``ConfigurationTemplateFault`` when something is there already or the file cannot be made. Nothing is
  ///   ever overwritten.
  public static func write(to path: String) throws(ConfigurationTemplateFault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw ConfigurationTemplateFault(path: path, errno: errno) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let fault = ConfigurationTemplateFault(path: path, errno: errno)
        // Half a file would look like a whole one, and would keep the next try from writing.
        unlink(path)
        throw fault
      }
      rest = rest.dropFirst(count)
    }
  }
}

/// Why the file was not written.
public struct ConfigurationTemplateFault: ExitStatusProviding, CustomStringConvertible {
  public let path: String
  public let message: String
  public let remedy: String

  init(path: String, errno code: Int32) {
    self.path = path
    switch code {
    case EEXIST, ELOOP:
      message = "\(path) exists and was left as it is."
      remedy = "Choose another name with --config, or move the file away."
    case ENOENT, ENOTDIR:
      message = "The folder of \(path) does not exist."
      remedy = "Make it first."
    case EACCES, EPERM, EROFS:
      message = "This user may not write \(path)."
      remedy = "Choose another folder with --config."
    default:
      message = "\(path) cannot be written: \(String(cString: strerror(code)))."
      remedy = "Check the disk, then try again."
    }
  }

  public var exitStatus: ExitStatus { .cannotCreate }
  public var description: String { "\(message) \(remedy) [cannot_create]" }
}
