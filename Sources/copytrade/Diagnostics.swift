import Foundation

/// Standard error: everything that is not the answer.
enum Diagnostics {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
