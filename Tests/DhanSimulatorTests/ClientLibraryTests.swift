import Foundation
import Testing

@testable import DhanSimulator

@Suite("Dhan's own client") struct ClientLibraryTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs a program to its end; returns its status and what it wrote.
  private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = ClientLibraryTests.package
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files instead of pipes: nothing can fill up while nobody reads.
    let files = ["out", "err"].map { folder.appendingPathComponent($0) }
    let handles = try files.map { file in
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      return try FileHandle(forWritingTo: file)
    }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
    return (process.terminationStatus, texts[0], texts[1])
  }

  @Test("the official Python client places, modifies, cancels, reads everything and follows its order stream")
  func drive() async throws {
    let prepared = try run("/bin/bash", ["scripts/prepare-python"])
    try #require(
      prepared.status == 0,
      "scripts/prepare-python failed; install python3 and python3-venv, and see that PyPI can be reached. \(prepared.errors)"
    )
    let interpreter = prepared.output.trimmingCharacters(in: .whitespacesAndNewlines)
    var settings = SimulatorSettings(seed: 1)
    settings.limits = .none
    let simulator = try await DhanSimulator.start(settings: settings)
    let script = ClientLibraryTests.package.appendingPathComponent("Tests/DhanSimulatorTests/dhanhq_drive.py").path
    let drive = Result { try run(interpreter, [script, simulator.address]) }
    await simulator.stop()
    let result = try drive.get()
    #expect(result.status == 0 && result.errors.contains("the client is content"), "\(result.errors)")
    #expect(!(result.output + result.errors).contains("simulator-1000000002"), "A token was printed.")
  }
}
