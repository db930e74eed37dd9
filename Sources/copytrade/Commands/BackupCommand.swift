import ArgumentParser
import Daemon

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the log, verified, while the service goes on writing.",
    discussion: """
      The copy is one file that appears under its name only when it is whole, verified and durable. Nothing is \
      overwritten. Prints the anchor of its last event; keep that elsewhere.
      """)

  @Option(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
  var output: String

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print JSON, for programs.")
  var json = false

  func run() throws {
    let path = try store.path()
    let report = try ProgressLine.during("verifying the copy") { line in
      try AuditReport.backup(store: path, to: output, progress: line.advance)
    }
    try Output.line(json ? report.json.indentedText : report.text)
  }
}
