/// Reads one section of the file key by key. What is wrong is reported and read as absent; a key nobody asked for is a
/// mistake, which ``finish()`` reports.
final class SectionReader {
  let path: String
  let place: FilePlace
  let report: ConfigurationReport
  private let entries: [YAMLEntry]
  private var known: [String] = []

  /// `nil` after a report when `node` is not a section. A section without keys is one.
  init?(_ node: YAMLNode, path: String, report: ConfigurationReport) {
    switch node {
    case .mapping(let entries, _): self.entries = entries
    case .scalar(let scalar) where scalar.isNothing: self.entries = []
    default:
      let what = path.isEmpty ? "The file" : "This"
      report.mistake(
        .wrongType, at: node.place, key: path, "\(what) should be a section with keys and is \(node.kind).",
        remedy: "Write keys below it, indented by two blanks.")
      return nil
    }
    self.path = path
    self.place = node.place
    self.report = report
  }

  /// A section that is not in the file: everything in it is absent.
  init(absentAt path: String, in parent: SectionReader) {
    self.path = path
    self.place = parent.place
    self.report = parent.report
    self.entries = []
  }

  func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Where `key` stands, or the section when it does not.
  func place(of key: String) -> FilePlace { entries.first { $0.key.text == key }?.key.place ?? place }

  func has(_ key: String) -> Bool { entries.contains { $0.key.text == key } }

  /// The keys of the section as they stand, for sections whose keys are names. They count as asked for.
  func allKeys() -> [YAMLScalar] {
    known += entries.map(\.key.text)
    return entries.map(\.key)
  }

  func node(_ key: String) -> YAMLNode? {
    known.append(key)
    return entries.first { $0.key.text == key }?.value
  }

  /// The value of an optional key; `nil` when it is absent, or wrong and reported.
  func value<Value>(_ key: String, _ kind: ScalarKind<Value>) -> Value? {
    guard let node = node(key) else { return nil }
    return read(node, kind, path: path(of: key))
  }

  /// The value of a key that has to be there.
  func required<Value>(_ key: String, _ kind: ScalarKind<Value>, remedy: String) -> Value? {
    guard has(key) else {
      known.append(key)
      missing(key, remedy: remedy)
      return nil
    }
    return value(key, kind)
  }

  func missing(_ key: String, remedy: String) {
    report.mistake(.missing, at: place, key: path(of: key), "\"\(key)\" is missing.", remedy: remedy)
  }

  /// The section below `key`; an absent one is empty, so that its keys have their defaults.
  func section(_ key: String) -> SectionReader? {
    guard let node = node(key) else { return SectionReader(absentAt: path(of: key), in: self) }
    return SectionReader(node, path: path(of: key), report: report)
  }

  /// The elements below `key` with their paths; `nil` when the key is absent, or not a list and reported.
  func list(_ key: String) -> [(node: YAMLNode, path: String)]? {
    guard let node = node(key) else { return nil }
    guard case .list(let elements, _) = node else {
      report.mistake(
        .wrongType, at: node.place, key: path(of: key), "This should be a list and is \(node.kind).",
        remedy: "Write [a, b], or one line for each element that begins with a dash.")
      return nil
    }
    return elements.enumerated().map { ($1, "\(path(of: key))[\($0)]") }
  }

  func values<Value>(_ key: String, _ kind: ScalarKind<Value>) -> [Value]? {
    list(key)?.compactMap { read($0.node, kind, path: $0.path) }
  }

  func read<Value>(_ node: YAMLNode, _ kind: ScalarKind<Value>, path: String) -> Value? {
    guard case .scalar(let scalar) = node else {
      report.mistake(
        .wrongType, at: node.place, key: path, "This should be a single value and is \(node.kind).",
        remedy: "Write one value after the colon.")
      return nil
    }
    guard !scalar.isNothing else {
      report.mistake(
        .wrongType, at: scalar.place, key: path, "The key has no value.", remedy: "Write a value, or delete the line.")
      return nil
    }
    do {
      return try kind.read(scalar)
    } catch {
      report.mistake(error.code, at: scalar.place, key: path, error.message, remedy: error.remedy)
      return nil
    }
  }

  /// Reports every key that nobody asked for.
  func finish() {
    for entry in entries where !known.contains(entry.key.text) {
      let name = YAMLScalar.quoted(entry.key.text)
      report.mistake(
        .unknownKey, at: entry.key.place, key: name.hasPrefix("\"") ? path(of: entry.key.text) : path,
        "There is no key \(name) here.", remedy: remedy(for: entry.key.text))
    }
  }

  private func remedy(for key: String) -> String {
    if key == "<<" { return "Write the keys out; sections are not merged." }
    if key.allSatisfy(\.isNumber) { return "Write numbers without commas: inside { } a comma begins the next key." }
    if let meant = NearestKey.suggestion(for: key, among: known.filter { !has($0) }) {
      return "Did you mean \"\(meant)\"?"
    }
    if let meant = NearestKey.suggestion(for: key, among: known) {
      return "Delete the line: \"\(meant)\" is there already."
    }
    return known.isEmpty ? "Delete the line." : "Known here: \(Set(known).sorted().joined(separator: ", "))."
  }
}
