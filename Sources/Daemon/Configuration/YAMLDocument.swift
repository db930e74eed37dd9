import Yams

/// Turns the text of a file into nodes with places, and the parser's complaints into mistakes.
enum YAMLDocument {
  /// More than any configuration has; an alias that stands for itself many times over ends here.
  private static let nodeLimit = 20_000
  private static let repetitionLimit = 100

  /// The root of the text's one document, or `nil` after reporting why there is none.
  ///
  /// The parser stops at a repeated key. So that the rest is checked as well, the repetition is reported, blanked out
  /// and the text is read again.
  static func root(of text: String, report: ConfigurationReport) -> YAMLNode? {
    var lines = SourceLines(text)
    for _ in 0..<repetitionLimit {
      do {
        guard let node = try Yams.compose(yaml: lines.text) else { return nil }
        var conversion = NodeConversion(lines: lines, report: report, budget: nodeLimit)
        if let root = conversion.convert(node, path: "") { return root }
        report.mistake(
          .tooLarge, at: nil, key: "", "The file unfolds into more than \(nodeLimit) values.",
          remedy: "Write the values out without aliases (* and &).")
        return nil
      } catch YamlError.duplicatedKeysInMapping(_, let context) {
        let first = FilePlace(line: context.mark.line, column: context.mark.column)
        guard lines.blankOutRepetition(ofKeyAt: first) else {
          report.mistake(
            .duplicateKey, at: first, key: "", "This key stands twice in one section.",
            remedy: "Delete one of the two.")
          return nil
        }
      } catch {
        reportSyntax(error, lines: lines, report: report)
        return nil
      }
    }
    report.mistake(
      .duplicateKey, at: nil, key: "", "More than \(repetitionLimit) keys stand twice in their sections.",
      remedy: "Check that parts of the file were not pasted twice.")
    return nil
  }
}

/// Turns the parser's nodes into ours, with the path of each for what is wrong with its keys.
private struct NodeConversion {
  let lines: SourceLines
  let report: ConfigurationReport
  var budget: Int

  /// `nil` when the budget is spent.
  mutating func convert(_ node: Node, path: String) -> YAMLNode? {
    budget -= 1
    guard budget >= 0 else { return nil }
    let place = FilePlace(node.mark)
    switch node {
    case .scalar(let scalar): return .scalar(YAMLScalar(scalar))
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for (index, element) in sequence.enumerated() {
        guard let element = convert(element, path: "\(path)[\(index)]") else { return nil }
        elements.append(element)
      }
      return .list(elements, place)
    case .mapping(let mapping):
      var entries: [YAMLEntry] = []
      for (key, value) in mapping {
        let keyPath = path.isEmpty ? key.scalar?.string ?? "" : "\(path).\(key.scalar?.string ?? "")"
        guard let value = convert(value, path: keyPath) else { return nil }
        if let key = plainKey(key, path: path) { entries.append(YAMLEntry(key: key, value: value)) }
      }
      return .mapping(entries, place)
    case .alias:
      report.mistake(
        .syntax, at: place, key: path, "This alias stands for nothing.", remedy: "Write the value itself.")
      return .scalar(YAMLScalar(text: "", isPlain: true, place: place))
    }
  }

  /// The key, unless it is none or repeats another one, which is reported.
  private func plainKey(_ node: Node, path: String) -> YAMLScalar? {
    let place = FilePlace(node.mark)
    guard case .scalar(let scalar) = node else {
      report.mistake(
        .wrongType, at: place, key: path, "A list or a section stands where a key is expected.",
        remedy: "Write a key, a colon and a blank before the value.")
      return nil
    }
    guard let repetition = lines.repetition(at: place) else { return YAMLScalar(scalar) }
    let name = YAMLScalar.quoted(repetition.key)
    report.mistake(
      .duplicateKey, at: place, key: path.isEmpty ? repetition.key : "\(path).\(repetition.key)",
      "The key \(name) stands twice in one section, first in line \(repetition.firstLine).",
      remedy: "Delete one of the two.")
    return nil
  }
}

extension FilePlace {
  fileprivate init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }
}

extension YAMLScalar {
  fileprivate init(_ scalar: Node.Scalar) {
    self.init(text: scalar.string, isPlain: scalar.style == .plain, place: FilePlace(scalar.mark))
  }
}
