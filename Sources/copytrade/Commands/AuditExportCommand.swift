import ArgumentParser
import Daemon
import Domain
import EventStore

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
