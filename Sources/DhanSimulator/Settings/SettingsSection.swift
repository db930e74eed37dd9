import Domain
import PaperExchange
import Yams

/// One mistake in a settings file or a control call, with its place.
public struct SettingsMistake: Hashable, Sendable, CustomStringConvertible {
  public let line: Int
  public let column: Int
  /// Such as `switches.cancel_reply`.
  public let key: String
  public let text: String

  public var description: String { "\(line):\(column): \(key.isEmpty ? "" : "\(key): ")\(text)" }
}

/// All mistakes of one text.
public struct SettingsMistakes: Error, Hashable, Sendable, CustomStringConvertible {
  public let mistakes: [SettingsMistake]
  public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

final class MistakeList {
  private(set) var mistakes: [SettingsMistake] = []

  func add(_ node: Node?, _ key: String, _ text: String) {
    mistakes.append(
      SettingsMistake(line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1, key: key, text: text))
  }
}

/// Reads one section key by key. What is wrong is noted and read as absent; ``finish()`` notes the keys that nobody
/// asked for. JSON is YAML, so control calls are read in the same way as files.
final class SettingsSection {
  let path: String
  let mistakes: MistakeList
  private let node: Node
  private let entries: [(key: String, node: Node, value: Node)]
  private var known: Set<String> = []

  /// `nil` after noting that `node` is no section.
  init?(_ node: Node, _ path: String, _ mistakes: MistakeList) {
    self.path = path
    self.mistakes = mistakes
    self.node = node
    switch node {
    case .mapping(let mapping):
      self.entries = mapping.map { ($0.key.string ?? "", $0.key, $0.value) }
    case .scalar(let scalar) where scalar.string.isEmpty || scalar.string == "null": self.entries = []
    default:
      mistakes.add(node, path, "This should be a section with keys.")
      return nil
    }
  }

  func place(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  func mistake(_ key: String, _ text: String) {
    mistakes.add(entries.first { $0.key == key }?.value ?? node, place(of: key), text)
  }

  /// - Parameter read: `nil` when the text is not what the key needs.
  func value<Value>(_ key: String, _ what: String, _ read: (String) -> Value?) -> Value? {
    known.insert(key)
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    guard case .scalar(let scalar) = entry.value, let value = read(scalar.string) else {
      mistake(key, "This should be \(what).")
      return nil
    }
    return value
  }

  /// Like ``value(_:_:_:)``, and its absence is a mistake.
  func required<Value>(_ key: String, _ what: String, _ read: (String) -> Value?) -> Value? {
    if !has(key) { mistakes.add(node, place(of: key), "The key is missing; it should be \(what).") }
    return value(key, what, read)
  }

  func choice<Value: RawRepresentable & CaseIterable>(_ key: String) -> Value? where Value.RawValue == String {
    value(key, "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))") { Value(rawValue: $0) }
  }

  func flag(_ key: String) -> Bool? {
    value(key, "true or false") { ["true": true, "false": false][$0] }
  }

  func integer(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
    value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
      Int64($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func rupees(_ key: String) -> Paise? { value(key, SettingsSection.amount, SettingsSection.rupees) }
  func duration(_ key: String) -> Microseconds? { value(key, SettingsSection.length, SettingsSection.duration) }
  func client(_ key: String) -> ClientID? { value(key, SettingsSection.clientWords, SettingsSection.client) }
  func security(_ key: String) -> SecurityID? { value(key, "a security id") { SecurityID(validating: $0) } }

  /// `20ms..150ms`, or one duration.
  func delay(_ key: String) -> PaperDelay? {
    value(key, "a duration such as 20ms, or a range such as 20ms..150ms") { text in
      let ends = text.split(separator: ".", omittingEmptySubsequences: true)
        .compactMap { SettingsSection.duration(String($0)) }
      guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else { return nil }
      return PaperDelay(from: first, to: last)
    }
  }

  /// The section below `key`, or `nil` when there is none.
  func section(_ key: String) -> SettingsSection? {
    known.insert(key)
    return entries.first { $0.key == key }.flatMap { SettingsSection($0.value, place(of: key), mistakes) }
  }

  /// The sections of the list below `key`.
  func list(_ key: String) -> [SettingsSection] {
    nodes(key).enumerated().compactMap { SettingsSection($1, "\(place(of: key))[\($0)]", mistakes) }
  }

  /// The single values of the list below `key`.
  func texts(_ key: String) -> [String] {
    nodes(key).compactMap { node in
      if case .scalar(let scalar) = node { return scalar.string }
      mistakes.add(node, place(of: key), "This should be a single value.")
      return nil
    }
  }

  private func nodes(_ key: String) -> [Node] {
    known.insert(key)
    guard let entry = entries.first(where: { $0.key == key }) else { return [] }
    guard case .sequence(let sequence) = entry.value else {
      mistake(key, "This should be a list.")
      return []
    }
    return Array(sequence)
  }

  func finish() {
    for entry in entries where !known.contains(entry.key) {
      mistakes.add(
        entry.node, place(of: entry.key), "There is no such key. Known here: \(known.sorted().joined(separator: ", "))."
      )
    }
  }
}

extension SettingsSection {
  static let amount = "an amount in rupees with at most two decimals"
  static let length = "a duration such as 250ms, 3s, 2m or 24h"
  static let clientWords = "a client id"

  static func rupees(_ text: String) -> Paise? { Paise(rupees: text.replacing("_", with: "")) }

  static func client(_ text: String) -> ClientID? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? ClientID(validating: text) : nil
  }

  static func duration(_ text: String) -> Microseconds? {
    for (unit, size) in [("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)]
    where text.hasSuffix(unit) {
      if let number = Int64(text.dropLast(unit.count)), (0...1_000_000).contains(number) {
        return Microseconds(number * Int64(size))
      }
    }
    return text == "0" ? Microseconds(0) : nil
  }
}
