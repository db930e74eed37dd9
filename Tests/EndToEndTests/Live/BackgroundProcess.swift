import Foundation
import TestSupport
import Testing

/// A process beside the test, with its output in files of its name. Killed when it is let go.
final class BackgroundProcess {
  private let process: ChildProcess
  private let outputPath: String
  private let diagnosticsPath: String

  var identifier: Int32 { process.identifier }
  var isRunning: Bool { process.isRunning }
  /// Whether it is gone, and went without a word.
  var wasKilled: Bool { process.end == .killed(SIGKILL) }
  /// What it wrote so far; what an earlier process of this name wrote stands before it.
  var output: String { BackgroundProcess.text(of: outputPath) }
  var diagnostics: String { BackgroundProcess.text(of: diagnosticsPath) }

  init(
    _ program: String, _ arguments: [String], name: String, in folder: String, environment: [String: String] = [:]
  ) throws {
    outputPath = "\(folder)/\(name).out"
    diagnosticsPath = "\(folder)/\(name).err"
    process = try ChildProcess(
      program, arguments, in: folder, environment: environment, output: outputPath, diagnostics: diagnosticsPath)
  }

  func signal(_ number: Int32) { process.signal(number) }

  /// Waits without holding up other tests.
  func end() async throws -> Int32 {
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    return process.waitUntilExit().status
  }

  private static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
