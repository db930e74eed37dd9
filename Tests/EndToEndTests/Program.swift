import Foundation
import TestSupport
import Testing

/// The built program, as a process of its own.
enum Program {
  /// The test runner lies in the build folder, beside the program.
  static let path: String = {
    let beside = [Bundle.main.bundleURL, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    return beside.map { $0.appending(path: "copytrade").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "copytrade was not built"
  }()

  typealias Outcome = ChildProcess.Outcome

  /// Runs it to its end, with an empty environment: nothing of this machine's has a say, and every process has a hash
  /// seed of its own.
  static func run(_ arguments: [String], in folder: String) throws -> Outcome {
    try run(path, arguments, in: folder)
  }

  static func run(_ program: String, _ arguments: [String], in folder: String) throws -> Outcome {
    try ChildProcess.run(program, arguments, in: folder, environment: ["PATH": "/usr/bin:/bin"])
  }
}

/// A folder of a test's own, gone when the test is.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "copytrade-end-to-end-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func run(_ arguments: String...) throws -> Program.Outcome { try Program.run(arguments, in: path) }

  func shell(_ line: String) throws -> Program.Outcome { try Program.run("/bin/sh", ["-c", line], in: path) }
}
