import ArgumentParser
import Daemon

struct OrdersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders",
    abstract: "Lists every order that copytrade placed, finished ones included.",
    discussion: """
      With --in-doubt only the orders of which nobody knows whether a request reached the broker, with the ids of those \
      requests. `copytrade explain ORDER` tells how an order came about; any id of this table will do.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var followers: FollowerOptions

  @Flag(help: "Only orders with a request whose outcome is unknown.")
  var inDoubt = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try store.path()
    let history = try ProgressLine.during("reading the log") { line in
      try OrderHistory.read(store: path, progress: line.advance)
    }
    let report = OrdersReport(history, follower: try followers.name(), inDoubt: inDoubt, now: SystemTime.now)
    if output.json { try report.json.print() } else { try Output.line(report.text(output.times)) }
  }
}
