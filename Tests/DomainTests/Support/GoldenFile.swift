import Foundation

/// A file under version control that a test compares with; written anew when `COPYTRADE_UPDATE_GOLDEN` is set.
enum GoldenFile {
  static let isUpdating = ProcessInfo.processInfo.environment["COPYTRADE_UPDATE_GOLDEN"] != nil

  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The bytes at `path`, below the root of the package.
  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let url = root.appending(path: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}
