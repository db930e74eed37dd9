import ArgumentParser
import Daemon
import Domain
import EventStore

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Exports the event history, and proves that it is whole.",
    subcommands: [AuditExportCommand.self, AuditVerifyCommand.self])
}

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

struct AuditExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the event history for other programs.",
    discussion: """
      jsonl: one JSON object a line; csv: the same columns; cloudevents: CloudEvents 1.0, one a line. Payloads are written \
      byte for byte as stored, so that anybody can recompute the hash chain of a whole export. Times are UTC.
      """)

  @Option(help: "jsonl, csv or cloudevents.")
  var format = EventExporter.Format.jsonl

  @OptionGroup var range: RangeOptions
  @OptionGroup var followers: FollowerOptions

  @Option(help: ArgumentHelp("Only events of this type, such as leader.order; may be repeated.", valueName: "type"))
  var type: [EventType] = []

  @Option(
    help: ArgumentHelp("A new file, or - for standard output. Nothing is overwritten.", valueName: "file"),
    completion: .file())
  var output = "-"

  @OptionGroup var store: StoreOptions

  func run() throws {
    let points = try range.points(.utc)
    let export = AuditExport(
      format: format, from: points.from, to: points.to, follower: try followers.name(), types: type)
    let path = try store.path()
    if output == "-" {
      try export.run(store: path, to: Output.write)
      return
    }
    let file = try ExportFile(path: output)
    let count = try export.run(store: path, to: file.write)
    try file.finish()
    Diagnostics.write("Wrote \(count == 1 ? "1 event" : "\(count) events") to \(output).")
  }
}

extension EventExporter.Format: ExpressibleByArgument {}
extension EventType: ExpressibleByArgument {}
