import ArgumentParser
import Daemon

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tells whether every follower holds what it should.",
    discussion: """
      Reads the log alone, so it works while the service runs and when it is stopped. Quantities are units, short ones \
      negative. EXPECTED is what the rules give the follower for what the leader holds now; ACTUAL is what copytrade \
      opened and has not closed. What you trade by hand in a follower's account is under OWNER and never touched.

      States, the best first: in_sync, working (orders on their way or resting), drifted (nothing works and the holding is \
      not what it should be), in_doubt (nobody knows whether an order arrived), close_only, halted, blocked.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let (path, configuration) = try store.found()
    var status = try ProgressLine.during("reading the log") { line in
      try StatusReport.read(store: path, now: SystemTime.now, progress: line.advance)
    }
    status.staleMarketData = configuration?.staleMarketData(at: SystemTime.now) ?? []
    if output.json { try status.json.print() } else { try Output.line(status.text(output.times)) }
  }
}
