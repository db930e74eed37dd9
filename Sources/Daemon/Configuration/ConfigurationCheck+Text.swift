import Foundation

extension ConfigurationCheck {
  /// What a person reads: each mistake with its line and what to do, then the notes.
  public var text: String {
    var lines: [String] = []
    for mistake in mistakes {
      let place = mistake.line.map { ":\($0)" + (mistake.column.map { ":\($0)" } ?? "") } ?? ""
      lines.append(
        "\(mistake.file ?? file)\(place): \(mistake.key.isEmpty ? "" : mistake.key + ": ")\(mistake.message)")
      lines.append("    \(mistake.remedy) [\(mistake.code)]")
    }
    for note in notes {
      let place = note.line.map { ":\($0)" } ?? ""
      lines.append("\(file)\(place): note: \(note.key.isEmpty ? "" : note.key + ": ")\(note.message)")
    }
    switch mistakes.count {
    case 0: lines.append("\(file): no mistakes. \(summary)")
    case 1: lines.append("\(file): 1 mistake.")
    default: lines.append("\(file): \(mistakes.count) mistakes.")
    }
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    guard let configuration = try? configuration() else { return "" }
    let broker = configuration.broker.kind == .paper ? "the paper exchange" : "Dhan"
    let names = configuration.followers.map { $0.sends ? "\($0.name)" : "\($0.name) (sends nothing)" }
    return "Copies \(configuration.leader.clientID) to \(names.joined(separator: ", ")) at \(broker)."
  }

  /// `{"file", "valid", "mistakes": [{"line", "column", "key", "message", "remedy", "code"}], "notes": […]}`
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(file: file, valid: isValid, mistakes: mistakes, notes: notes)
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  private struct Report: Encodable {
    var file: String
    var valid: Bool
    var mistakes: [ConfigurationMistake]
    var notes: [ConfigurationNote]
  }
}

extension ConfigurationTemplate {
  /// What `init` tells a person to do next.
  public static func nextSteps(after path: String) -> String {
    let option = path == ConfigurationLocation.local ? "" : " --config \(path)"
    return """
      Wrote \(path).
      It runs on the built-in paper exchange as it is: no account, no network, no money.
        copytrade check\(option)
        copytrade run\(option)
      """
  }
}
