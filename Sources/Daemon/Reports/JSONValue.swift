import Domain

/// A JSON document that is written with its members in the order given, so that equal reports are equal bytes.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])
  /// Text that is JSON already, such as a payload, and is passed on byte for byte.
  case raw(String)

  public static func == (left: JSONValue, right: JSONValue) -> Bool { left.text == right.text }

  /// The document on one line.
  public var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// The document over several lines, for people who look at it.
  public var indentedText: String {
    var text = ""
    write(to: &text, indent: "\n")
    return text
  }

  private func write(to text: inout String, indent: String? = nil) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .string(let value): JSONValue.write(value, to: &text)
    case .raw(let value): text += value
    case .array(let items):
      JSONValue.writeList(items, "[", "]", to: &text, indent: indent) { item, text, inner in
        item.write(to: &text, indent: inner)
      }
    case .object(let members):
      JSONValue.writeList(members, "{", "}", to: &text, indent: indent) { member, text, inner in
        JSONValue.write(member.0, to: &text)
        text += inner == nil ? ":" : ": "
        member.1.write(to: &text, indent: inner)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], _ opening: String, _ closing: String, to text: inout String, indent: String?,
    _ write: (Item, inout String, String?) -> Void
  ) {
    text += opening
    let inner = indent.map { $0 + "  " }
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += inner }
      write(item, &text, inner)
    }
    if let indent, !items.isEmpty { text += indent }
    text += closing
  }

  private static let hexDigits = Array("0123456789abcdef")

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        text += "\\u00"
        text.append(hexDigits[Int(scalar.value >> 4)])
        text.append(hexDigits[Int(scalar.value & 15)])
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue {
  static func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
    value.map { .string($0.description) } ?? .null
  }
  /// Times stay in UTC, whatever a person reads.
  static func time(_ value: Timestamp?) -> JSONValue { text(value) }
  static func units(_ value: Quantity) -> JSONValue { .int(value.units) }
  static func lots(_ value: Lots) -> JSONValue { .int(value.count) }
  static func sequence(_ value: SequenceNumber?) -> JSONValue { value.map { .int($0.value) } ?? .null }
  /// Rupees with two decimals, as text: a number would become a floating-point number in most readers.
  static func rupees(_ value: Paise?) -> JSONValue { text(value) }
}
