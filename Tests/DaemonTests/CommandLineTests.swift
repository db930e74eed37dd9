import Daemon
import Foundation
import TestSupport
import Testing

/// The program itself, beside the tests in the build folder.
enum BuiltProgram {
  static let path = Bundle.main.bundleURL.appending(path: "copytrade").path
  static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }
}

/// The commands as a person calls them: exit codes, and what goes to which stream.
@Suite("Command line", .enabled(if: BuiltProgram.exists)) struct CommandLineTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func call(_ arguments: String...) throws -> ChildProcess.Outcome {
    try ChildProcess.run(BuiltProgram.path, arguments, in: folder.path, environment: [:])
  }

  @Test("init writes a file that check accepts, once") func initAndCheck() throws {
    let written = try call("init")
    #expect(written.status == 0)
    #expect(written.output.contains("copytrade check"))
    let again = try call("init")
    #expect(again.status == 73)
    #expect(again.output == "")
    #expect(again.diagnostics.contains("was left as it is"))
    let check = try call("check")
    #expect(check.status == 0)
    #expect(check.output.contains("no mistakes"))
    #expect(check.diagnostics == "")
    #expect(try call("init", "--config", "none/x.yaml").status == 73)
  }

  @Test("mistakes end with 78 and are the answer, open modes with 77") func mistakes() throws {
    let wrong = try call("check", "--config", try folder.file("a.yaml", "stroe: 1\n"))
    #expect(wrong.status == 78)
    #expect(wrong.output.contains("a.yaml:1:1: stroe"))
    let open = try call(
      "check", "--json", "--config", try folder.file("b.yaml", ConfigurationTemplate.text, mode: 0o666))
    #expect(open.status == 77)
    #expect(open.output.contains("\"modes_too_open\""))
    #expect(try call("check").status == 78)
  }

  @Test("a call that is not understood ends with 64", arguments: ["chekc", "--bogus", "check --config", "check x"])
  func usage(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let outcome = try words.count == 1 ? call(words[0]) : call(words[0], words[1])
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.diagnostics.contains("Error:"))
  }

  @Test("help is an answer") func help() throws {
    for command in ["init", "check"] {
      let help = try call(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("--config <file>"))
      #expect(help.diagnostics == "")
    }
    #expect(try call("--help").output.contains("Exit codes:"))
  }
}
