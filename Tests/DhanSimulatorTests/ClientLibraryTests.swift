import Foundation
import TestSupport
import Testing

@testable import DhanSimulator

@Suite("Dhan's own client") struct ClientLibraryTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Outcome {
    try ChildProcess.run(program, arguments, in: ClientLibraryTests.package.path)
  }

  @Test("the official Python client places, modifies, cancels, reads everything and follows its order stream")
  func drive() async throws {
    let prepared = try run("/bin/bash", ["scripts/prepare-python"])
    try #require(
      prepared.status == 0,
      "scripts/prepare-python failed; install python3 and python3-venv, and see that PyPI can be reached. \(prepared.diagnostics)"
    )
    let interpreter = prepared.output.trimmingCharacters(in: .whitespacesAndNewlines)
    var settings = SimulatorSettings(seed: 1)
    settings.limits = .none
    let simulator = try await DhanSimulator.start(settings: settings)
    let script = ClientLibraryTests.package.appendingPathComponent("Tests/DhanSimulatorTests/dhanhq_drive.py").path
    let drive = Result { try run(interpreter, [script, simulator.address]) }
    await simulator.stop()
    let result = try drive.get()
    #expect(result.status == 0 && result.diagnostics.contains("the client is content"), "\(result.diagnostics)")
    #expect(!(result.output + result.diagnostics).contains("simulator-1000000002"), "A token was printed.")
  }
}
