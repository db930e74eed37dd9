import ArgumentParser
import Daemon

struct PositionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "Lists what the leader holds, and what each follower should hold and does.",
    discussion: """
      Quantities are units, short ones negative. EXPECTED follows from what the leader holds now and the follower's \
      sizing; ACTUAL is what copytrade opened; WORKING is on its way; OWNER is what you hold there by hand.

      Where the log knows a price, what it says is told below: the forward off a call and a put of one strike, implied volatility, \
      and Greeks of Black-76 for one unit; rupee delta, vega and theta of all that each follower holds. They are computed \
      from prices as old as they are told to be, and no decision uses them.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var followers: FollowerOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try store.path()
    let status = try ProgressLine.during("reading the log") { line in
      try StatusReport.read(store: path, now: SystemTime.now, progress: line.advance)
    }
    let report = PositionsReport(status, follower: try followers.name(), analytics: true, times: output.times)
    if output.json { try report.json.print() } else { try Output.line(report.text) }
  }
}
