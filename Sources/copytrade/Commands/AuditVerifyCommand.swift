import ArgumentParser
import Daemon

struct AuditVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks that the log is as it was written: order, hash chain, every event.",
    discussion: """
      Names the first event that is affected and ends with 65 when the store is damaged. What is printed of a sound store \
      ends with an anchor, SEQUENCE HASH: keep it elsewhere, by mail or on another machine. Only an anchor reveals that \
      events were cut off the end or that the whole log was written anew; with --anchor such a log ends with 1.
      """)

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("A file of anchors that was kept elsewhere, one a line.", valueName: "file"), completion: .file()
  )
  var anchor: String?

  @Flag(help: "Print JSON, for programs.")
  var json = false

  func run() throws {
    let path = try store.path()
    let anchors = try anchor.map { try AuditReport.anchors(file: $0) } ?? []
    let report = try ProgressLine.during("verifying") { line in
      try AuditReport.verify(store: path, anchors: anchors, progress: line.advance)
    }
    // The verdict stands, even when nobody reads the words.
    try? Output.line(json ? report.json.indentedText : report.text)
    try report.exitStatus.leave()
  }
}
