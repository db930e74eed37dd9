import ArgumentParser
import Daemon
import Foundation

extension Copytrade {
  /// Runs the command and ends the process with a status of ``ExitStatus``, whatever is thrown.
  static func main() async {
    // A reader that goes away is told by the write that fails; a service must not die of it.
    signal(SIGPIPE, SIG_IGN)
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
    // Whoever reads has had enough: nothing to complain about.
    if error is Output.Closed { exit(withError: ExitCode(ExitStatus.done.rawValue)) }
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
