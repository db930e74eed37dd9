import Yams

/// Turns the text of a file into nodes with places, and the parser's complaints into mistakes.
enum YAMLDocument {
  /// More than any configuration has; an alias that stands for itself many times over ends here.
  private static let nodeLimit = 20_000

  /// The root of the text's one document, or `nil` after reporting why there is none.
  ///
  /// The parser stops at a repeated key. So that the rest is checked as well, the repetition is reported, blanked out and
  /// the text is read again.
  static func root(of text: String, report: ConfigurationReport) -> YAMLNode? {
    var lines = SourceLines(text)
    for _ in 0..<100 {
      do {
        guard let node = try Yams.compose(yaml: lines.text) else { return nil }
        var budget = nodeLimit
        guard let root = convert(node, lines: lines, report: report, budget: &budget) else {
          report.mistake(
            .tooLarge, at: nil, key: "", "The file unfolds into more than \(nodeLimit) values.",
            remedy: "Write the values out without aliases (* and &).")
          return nil
        }
        return root
      } catch YamlError.duplicatedKeysInMapping(_, let context) {
        let first = FilePlace(line: context.mark.line, column: context.mark.column)
        let (key, second) = lines.blankOutRepetition(ofKeyAt: first)
        report.mistake(
          .duplicateKey, at: second ?? first, key: key,
          "The key \(YAMLScalar.quoted(key)) stands twice in one section, first in line \(first.line).",
          remedy: "Delete one of the two.")
        guard second != nil else { return nil }
      } catch {
        reportSyntax(error, lines: lines, report: report)
        return nil
      }
    }
    return nil
  }

  private static func convert(
    _ node: Node, lines: SourceLines, report: ConfigurationReport, budget: inout Int
  ) -> YAMLNode? {
    budget -= 1
    guard budget >= 0 else { return nil }
    let place = FilePlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    switch node {
    case .scalar(let scalar):
      return .scalar(YAMLScalar(text: scalar.string, isPlain: scalar.style == .plain, place: place))
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence {
        guard let element = convert(element, lines: lines, report: report, budget: &budget) else { return nil }
        elements.append(element)
      }
      return .list(elements, place)
    case .mapping(let mapping):
      var entries: [YAMLEntry] = []
      for (key, value) in mapping {
        guard let value = convert(value, lines: lines, report: report, budget: &budget) else { return nil }
        guard case .scalar(let scalar) = key else {
          let keyPlace = FilePlace(line: key.mark?.line ?? place.line, column: key.mark?.column ?? place.column)
          report.mistake(
            .wrongType, at: keyPlace, key: "", "A list or a section stands where a key is expected.",
            remedy: "Write a key, a colon and a blank before the value.")
          continue
        }
        let keyPlace = FilePlace(line: scalar.mark?.line ?? place.line, column: scalar.mark?.column ?? place.column)
        guard !lines.isBlankedOut(keyPlace) else { continue }
        entries.append(
          YAMLEntry(
            key: YAMLScalar(text: scalar.string, isPlain: scalar.style == .plain, place: keyPlace), value: value))
      }
      return .mapping(entries, place)
    case .alias:
      report.mistake(
        .syntax, at: place, key: "", "This alias stands for nothing.", remedy: "Write the value itself.")
      return .scalar(YAMLScalar(text: "", isPlain: true, place: place))
    }
  }
}
