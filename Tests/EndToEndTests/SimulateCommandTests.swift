import Foundation
import Testing

/// The simulation as a process: what it says is what somebody else sees who repeats it.
@Suite("copytrade-simulate") struct SimulateCommandTests {
  @Test("promise 8: one seed is one run in every process, whatever order its dictionaries have")
  func twoProcesses() throws {
    let first = try digest(["--seed", "1", "--runs", "12"])
    let second = try digest(["--seed", "1", "--runs", "12", "--jobs", "1"])
    #expect(first != nil && first == second)
    #expect(try digest(["--seed", "2", "--runs", "12"]) != first)
  }

  private func digest(_ arguments: [String]) throws -> Substring? {
    let folder = try Folder()
    let run = try Program.run(Program.path + "-simulate", arguments, in: folder.path)
    #expect(run.status == 0, "\(run.output)")
    return run.output.split(separator: "\n").last { $0.hasPrefix("digest") }
  }
}
