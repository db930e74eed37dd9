import ArgumentParser
import Daemon

struct PositionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "Lists what the leader holds, and what each follower should hold and does.",
    discussion: """
      Quantities are units, short ones negative. EXPECTED follows from what the leader holds now and the follower's \
      sizing; ACTUAL is what copytrade opened; WORKING is on its way; OWNER is what you hold there by hand.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var followers: FollowerOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try store.path()
    let status = try ProgressLine.during("reading the log") { line in
      try StatusReport.read(store: path, now: SystemTime.now, progress: line.advance)
    }
    let report = PositionsReport(status, follower: try followers.name())
    if output.json { try report.json.print() } else { try Output.line(report.text) }
  }
}
