import ArgumentParser
import Daemon

extension Copytrade {
  /// Runs the command and ends the process with a status of ``ExitStatus``, whatever is thrown.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      finish(error)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    // Help, usage and a command's own exit code are the parser's to tell; usage ends with 64.
    guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
    Diagnostics.write("copytrade: \(error)")
    exit(withError: ExitCode(ExitStatus(for: error).rawValue))
  }
}

extension ExitStatus {
  /// Ends the command with this status, without a message; success just returns.
  func leave() throws {
    if self != .done { throw ExitCode(rawValue) }
  }
}
