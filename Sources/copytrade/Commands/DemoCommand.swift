import ArgumentParser
import Daemon
import Foundation

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Shows the whole system at work: no account, no configuration, no network.",
    discussion: """
      A leader trades a scripted option session at a simulated Dhan on this machine, and the service, a process of its own, \
      copies it for two followers of different capital over real sockets. In the middle it is killed (SIGKILL) with a call \
      unanswered, and started again. Ends with 0 only if everything is in sync, in the log and in the broker's books.
      """)

  enum Pace: String, ExpressibleByArgument, CaseIterable { case fast, live }

  @Option(help: "live: in the fifty seconds that the session takes; fast: four times as fast.")
  var pace = Pace.fast

  @Flag(help: "Afterwards, show where everybody stands on a page in the browser, until Ctrl-C.")
  var serve = false

  @Flag(help: "Keep the folder with configuration, log and the service's lines.")
  var keep = false

  func run() async throws {
    let folder = try DemoFolder()
    // Written at once, not when a buffer is full: it shall be read as it happens. Whoever stops reading misses nothing else.
    let demo = DemoRun(program: DemoCommand.program, folder: folder, pace: pace == .fast ? .fast : .live) { line in
      try? Output.line(line)
    }
    do {
      if try await !demo.run() { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    } catch let interruption as Interruption {
      if !keep { folder.remove() }
      // Whoever sent the signal shall see that it is what ended the process.
      kill(getpid(), interruption.signal)
      throw interruption
    }
    if serve {
      let dashboard = Dashboard(store: folder.store)
      try Output.line("\nThe dashboard is at \(dashboard.address) until Ctrl-C.")
      try await dashboard.run()
    } else if keep {
      try Output.line("Everything is kept in \(folder.path)")
    } else {
      folder.remove()
    }
  }

  /// This very program, whatever it is called and wherever it lies.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }
}
