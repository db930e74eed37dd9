import ArgumentParser
import Daemon

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Goes through the log again: what happened, and the state it leads to.",
    discussion: """
      Prints one line an event between --from and --to, then the positions at that point. Nothing is sent and nobody is \
      called. With --json one JSON object a line, the state in the last one.

      --verify makes every decision of the log again, from its start up to --to, and compares: it ends with 1 and the \
      sequence of the first decision that differs. Decisions of other versions of the program are listed, not judged.
      """)

  @OptionGroup var range: RangeOptions

  @Flag(help: "Make every decision again and compare it with the log.")
  var verify = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let points = try range.points(output.times)
    let path = try store.path()
    if verify {
      let report = try ProgressLine.during("deciding again") { line in
        try ReplayVerification.run(store: path, to: points.to, progress: line.advance)
      }
      // The verdict stands, even when nobody reads the words.
      try? Output.line(output.json ? report.json.indentedText : report.text(output.times))
      return try report.exitStatus.leave()
    }
    let replay = try ReplayReport(store: path, from: points.from, to: points.to)
    let state = try replay.run { line in
      try Output.line(output.json ? line.json.text : line.text(output.times))
    }
    try Output.line(output.json ? state.json.text : "\n" + state.text)
  }
}
