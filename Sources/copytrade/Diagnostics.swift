import Foundation

/// Standard error: everything that is not the answer.
enum Diagnostics {
  static func write(_ text: String) { raw(text + "\n") }

  /// Whether a person looks on.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Writes as far as anybody reads: there is nowhere left to complain to.
  static func raw(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(STDERR_FILENO, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}
