import Domain
import Engine
import EventStore
import Foundation

/// What verifying a store found, for people and programs.
public struct AuditReport: Sendable {
  public let path: String
  public let findings: VerifyReport

  public init(path: String, findings: VerifyReport) {
    self.path = path
    self.findings = findings
  }

  /// Verifies the store at `path`, decoding every event.
  ///
  /// - Parameter progress: told how many more events are done, from several threads.
  public static func verify(
    store path: String, anchors: [Anchor] = [], progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> AuditReport {
    AuditReport(
      path: path,
      findings: try LogVerifier.verify(path: path, anchors: anchors, decode: LogFold.check, progress: progress))
  }

  /// Writes a verified copy of the store at `path` to `output`.
  public static func backup(
    store path: String, to output: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> AuditReport {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    return AuditReport(
      path: output, findings: try reader.backup(to: output, decode: LogFold.check, progress: progress))
  }

  /// The anchors in a file that was kept elsewhere.
  public static func anchors(file path: String) throws -> [Anchor] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ReportFault(.usage, "The anchor file \(path) cannot be read. Name a file with lines: SEQUENCE HASH.")
    }
    let anchors = try Anchor.parse(String(decoding: data, as: UTF8.self))
    guard !anchors.isEmpty else {
      throw ReportFault(.usage, "The anchor file \(path) holds no anchor. Name a file with lines: SEQUENCE HASH.")
    }
    return anchors
  }

  public var exitStatus: ExitStatus { ExitStatus(rawValue: findings.exitCode) ?? .ownFault }

  /// Lines of which all but the anchor begin with `#`, so that what is printed can be kept as an anchor file.
  public var text: String {
    var lines: [String] = []
    for finding in findings.damage + findings.anchorsBroken { lines.append("# \(finding.message)") }
    if let sequence = findings.firstBadSequence {
      lines.append("# \(path) is DAMAGED; the first event affected is \(sequence).")
      lines.append("# Keep the file, and go on from a backup that verifies.")
    } else if !findings.damage.isEmpty {
      lines.append("# \(path) is DAMAGED. Keep the file, and go on from a backup that verifies.")
    } else if !findings.anchorsBroken.isEmpty {
      lines.append("# \(path) is whole in itself, but it is NOT the log that was anchored.")
    } else {
      let streams = findings.streams == 1 ? "1 stream" : "\(findings.streams) streams"
      lines.append(
        findings.isSealed
          ? "# \(path) is sealed: not a byte has changed since it was closed."
          : "# \(path) was not closed in order (or is in use): bytes that belong to no event are not covered.")
      lines.append("# \(path) is sound: \(findings.events) events in \(streams). Keep this anchor elsewhere:")
      lines.append("\(findings.last)")
    }
    return lines.joined(separator: "\n")
  }

  /// `{"sound", "sealed", "events", "streams", "anchor", "first_bad_sequence", "damage", "anchors_broken"}`
  public var json: JSONValue {
    func list(_ findings: [VerifyReport.Finding]) -> JSONValue {
      .array(findings.map { .object([("sequence", .sequence($0.sequence)), ("message", .string($0.message))]) })
    }
    return .object([
      ("store", .string(path)),
      ("sound", .bool(findings.isSound)),
      ("sealed", .bool(findings.isSealed)),
      ("events", .int(findings.events)),
      ("streams", .int(Int64(findings.streams))),
      (
        "anchor",
        .object([("sequence", .sequence(findings.last.sequence)), ("hash", .text(findings.last.hash))])
      ),
      ("first_bad_sequence", .sequence(findings.firstBadSequence)),
      ("damage", list(findings.damage)),
      ("anchors_broken", list(findings.anchorsBroken)),
    ])
  }
}

extension LogFold {
  /// ``decode(type:version:payload:)``, of interest only for whether it throws.
  @Sendable static func check(
    type: UnsafeRawBufferPointer, version: Int, payload: UnsafeRawBufferPointer
  ) throws {
    _ = try decode(type: type, version: version, payload: payload)
  }
}
