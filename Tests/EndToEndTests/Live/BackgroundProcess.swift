import Foundation
import Testing

/// A process beside the test, with its output in files. Killed when it is let go.
final class BackgroundProcess {
  private let process = Process()
  private let name: String
  private let folder: String

  var identifier: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  /// Whether it is gone, and went without a word.
  var wasKilled: Bool {
    !process.isRunning && process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }
  /// What it wrote so far; what an earlier process of this name wrote stands before it.
  var output: String { BackgroundProcess.text(of: outputPath) }
  var diagnostics: String { BackgroundProcess.text(of: diagnosticsPath) }

  private var outputPath: String { "\(folder)/\(name).out" }
  private var diagnosticsPath: String { "\(folder)/\(name).err" }

  init(
    _ program: String, _ arguments: [String], name: String, in folder: String, environment: [String: String] = [:]
  ) throws {
    self.name = name
    self.folder = folder
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment
    process.standardOutput = try BackgroundProcess.end(of: outputPath)
    process.standardError = try BackgroundProcess.end(of: diagnosticsPath)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits without holding up other tests.
  func end() async throws -> Int32 {
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }

  private static func end(of path: String) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    return handle
  }

  private static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
