import ArgumentParser
import Daemon
import Domain

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Tells what a trading day came to: copied, skipped and why, slippage, latency, results, charges.",
    discussion: """
      For each follower the totals, then a line for every order of the leader, then what is held. Reads the log alone, so \
      it works while the service runs and when it is stopped, and says of a day that is over always the same.

      SLIPPAGE is in rupees for one unit against the leader's average, positive where the follower traded worse. LATENCY \
      runs from the leader's fill that made the follower's due to the follower's fill; "(ahead)" marks fills that came \
      before his, measured from his order. REALISED is at average cost, from flat to flat, without charges; OPEN is at the \
      last price in the log, and MARKED AT says which. Only lots that copytrade opened count. Charges are an estimate.
      """)

  @Option(help: ArgumentHelp("A day in India, such as 2026-11-23. (default: today in India)", valueName: "date"))
  var day: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var followers: FollowerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { _ = try date() }

  private func date() throws -> Day {
    guard let day else { return SystemTime.now.indianDay }
    guard let date = Day(day) else {
      throw ValidationError("--day \(day) is no day. Give it as 2026-11-23.")
    }
    return date
  }

  func run() throws {
    let (day, follower, path) = (try date(), try followers.name(), try store.path())
    let report = try ProgressLine.during("reading the log") { line in
      try DayReport.read(day, follower: follower, store: path, progress: line.advance)
    }
    if output.json { try report.json.print() } else { try Output.line(report.text(output.times)) }
  }
}
