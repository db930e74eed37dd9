import ArgumentParser
import Daemon

/// A stretch of the log.
struct RangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to begin: \(LogPoint.help).", valueName: "point"))
  var from = "start"

  @Option(help: ArgumentHelp("Where to end, that point or day included. (default: the end)", valueName: "point"))
  var to: String?

  func validate() throws {
    _ = try points(.utc)
  }

  func points(_ style: TimeStyle) throws -> (from: LogPoint, to: LogPoint?) {
    guard let first = LogPoint(from, style: style) else {
      throw ValidationError("--from \(from) is no place in the log. Give \(LogPoint.help).")
    }
    guard let to else { return (first, nil) }
    guard let last = LogPoint(to, style: style), last != .start else {
      throw ValidationError("--to \(to) is no place in the log to end at. Give a sequence number, a time or a day.")
    }
    return (first, last)
  }
}

extension OutputOptions {
  var times: TimeStyle { local ? .india : .utc }
}

extension JSONValue {
  /// Prints the document as the whole answer.
  func print() throws { try Output.line(indentedText) }
}
