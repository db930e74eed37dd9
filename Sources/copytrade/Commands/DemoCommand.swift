import ArgumentParser
import Daemon
import Domain
import Foundation

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Shows the whole system at work: no account, no configuration, no network.",
    discussion: """
      A leader trades a scripted option session on the built-in paper exchange, two followers of different capital copy \
      it, and in the middle the engine loses all of its memory and recovers from its log. Ends with 0 only if everything \
      is in sync.
      """)

  enum Pace: String, ExpressibleByArgument, CaseIterable { case fast, live }

  @Option(help: "fast: at once; live: in the fifty seconds that the session takes.")
  var pace = Pace.fast

  @Flag(help: "Afterwards, show where everybody stands on a page in the browser, until Ctrl-C.")
  var serve = false

  func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("copytrade-demo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Written at once, not when a buffer is full: it shall be read as it happens. Whoever stops reading misses nothing else.
    let demo = DemoRun(folder: folder, pace: pace == .fast ? .fast : .live { usleep(UInt32($0.count)) }) { line in
      try? Output.line(line)
    }
    if try !demo.run(version: Version.text) { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    if serve {
      let dashboard = Dashboard(store: folder.appendingPathComponent(DemoRun.storeName).path)
      try Output.line("\nThe dashboard is at \(dashboard.address) until Ctrl-C.")
      try await dashboard.run()
    }
  }
}
