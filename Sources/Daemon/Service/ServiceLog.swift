import Domain
import Foundation
import Ports
import Logging

/// The lines of the running service: text for people, JSON for machines. Every line has a sequence of the event log (its
/// own event's, else the newest) and a correlation (`-` where it belongs to none).
public struct ServiceLog: LogHandler {
  public typealias Sequence = @Sendable () -> Int64

  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  private let format: Configuration.Log.Format
  private let sequence: Sequence
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - sequence: the newest sequence of the log.
  ///   - write: takes a whole line with its end; by default standard error.
  public init(
    _ settings: Configuration.Log, sequence: @escaping Sequence,
    write: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
  ) {
    logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
    format = settings.format
    self.sequence = sequence
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var fields = metadata.merging(event.metadata ?? [:]) { $1 }
    let level = event.level
    let sequence = fields.removeValue(forKey: "sequence").flatMap { Int64("\($0)") } ?? sequence()
    let correlation = fields.removeValue(forKey: "correlation").map { "\($0)" } ?? "-"
    let others = fields.sorted { $0.key < $1.key }.map { ($0.key, ServiceLog.withoutTokens("\($0.value)")) }
    let text = ServiceLog.withoutTokens(event.message.description)
    let time = SystemClock().now()
    switch format {
    case .text:
      let rest = others.map { " \($0.0)=\($0.1)" }.joined()
      let name = level.rawValue.uppercased().padded(to: 8)
      write("\(time) \(name) \(text)  sequence=\(sequence) correlation=\(correlation)\(rest)\n")
    case .json:
      let members: [(String, JSONValue)] =
        [
          ("time", .string("\(time)")), ("level", .string(level.rawValue)), ("message", .string(text)),
          ("sequence", .int(sequence)), ("correlation", correlation == "-" ? .null : .string(correlation)),
        ] + others.map { ($0.0, .string($0.1)) }
      write(JSONValue.object(members).text + "\n")
    }
  }

  /// Nothing here is meant to hold a token; should a text from outside hold one, it does not reach a line.
  static func withoutTokens(_ text: String) -> String {
    guard text.contains("eyJ") else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0.contains("eyJ") ? "«token»" : String($0) }.joined(separator: " ")
  }
}
