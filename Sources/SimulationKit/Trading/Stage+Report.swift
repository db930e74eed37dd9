import Domain
import Engine
import EventStore

extension Stage {
  /// Who did what, beside what the log says of it: for a person who looks for the cause of a failure.
  public func report() throws -> String {
    var lines = story
    if let log = try? SQLiteEventLog(path: World.storePath, options: world.logOptions) {
      try log.read(from: .first, through: SequenceNumber(.max), limit: .max) { row in
        let text = String(decoding: row.payload, as: UTF8.self)
        let type = String(decoding: row.type, as: UTF8.self)
        lines.append((Timestamp(microseconds: row.recordedAt), "  #\(row.sequence) \(type) \(text)"))
      }
    }
    let told = lines.enumerated().sorted {
      $0.element.at != $1.element.at ? $0.element.at < $1.element.at : $0.offset < $1.offset
    }
    return told.map { "\($0.element.at.indianDescription.dropFirst(11).prefix(12))  \($0.element.line)" }
      .joined(separator: "\n") + "\n" + checks.findings.violations.joined(separator: "\n")
  }
}
