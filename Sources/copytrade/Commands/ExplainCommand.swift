import ArgumentParser
import Daemon

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tells how an order came about, or why there is none.",
    discussion: """
      The chain from the leader's order over the decision with its arithmetic to the requests, what the broker said to \
      them, and the fills, for each follower, with times. ORDER may be a number of the leader's or of a follower's order, \
      or one of our own ids as `copytrade orders` shows them. Rule numbers are those of the copying rules.
      """)

  @Argument(help: ArgumentHelp("An order number of any account, or an id of ours.", valueName: "order"))
  var order: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try store.path()
    let report = try ProgressLine.during("reading the log") { line in
      try ExplainReport.read(order, store: path, progress: line.advance)
    }
    if output.json { try report.json.print() } else { try Output.line(report.text(output.times)) }
  }
}
