/// A JSON text as it was sent: numbers keep their characters, so that no price passes through binary floating point.
indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The members when this is an object.
  var members: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }

  subscript(_ name: String) -> JSONValue? { members?.last { $0.name == name }?.value }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

struct JSONMember: Equatable {
  let name: String
  let value: JSONValue
}

extension JSONValue {
  /// `nil` when `bytes` are not exactly one JSON text.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = JSONReader(bytes: bytes)
    reader.skipBlanks()
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipBlanks()
    guard reader.offset == bytes.count else { return nil }
    self = value
  }

  init?(_ bytes: [UInt8]) {
    guard let value = bytes.withUnsafeBytes({ JSONValue($0) }) else { return nil }
    self = value
  }
}

/// A strict reader of JSON, small and quick enough for the path of an order.
private struct JSONReader {
  /// Deeper nesting than any request has; it bounds the recursion.
  static let deepest = 16

  let bytes: UnsafeRawBufferPointer
  var offset = 0

  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    offset += 1
    return true
  }

  mutating func value(depth: Int) -> JSONValue? {
    guard depth < JSONReader.deepest else { return nil }
    switch next {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return word("true", .bool(true))
    case UInt8(ascii: "f"): return word("false", .bool(false))
    case UInt8(ascii: "n"): return word("null", .null)
    default: return number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
    let length = word.utf8CodeUnitCount
    guard offset + length <= bytes.count else { return nil }
    for index in 0..<length where bytes[offset + index] != word.utf8Start[index] { return nil }
    offset += length
    return value
  }

  private mutating func number() -> JSONValue? {
    let start = offset
    _ = take("-")
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else { return nil }
    if take("."), digits() == 0 { return nil }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { return nil }
    }
    return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  private mutating func digits() -> Int {
    let start = offset
    while let byte = next, byte >= 0x30, byte <= 0x39 { offset += 1 }
    return offset - start
  }

  private mutating func object(depth: Int) -> JSONValue? {
    offset += 1
    var members: [JSONMember] = []
    skipBlanks()
    if take("}") { return .object(members) }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\""), let name = string() else { return nil }
      skipBlanks()
      guard take(":") else { return nil }
      skipBlanks()
      guard let value = value(depth: depth + 1) else { return nil }
      members.append(JSONMember(name: name, value: value))
      skipBlanks()
      if take("}") { return .object(members) }
      guard take(",") else { return nil }
    }
  }

  private mutating func array(depth: Int) -> JSONValue? {
    offset += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array(elements) }
    while true {
      skipBlanks()
      guard let value = value(depth: depth + 1) else { return nil }
      elements.append(value)
      skipBlanks()
      if take("]") { return .array(elements) }
      guard take(",") else { return nil }
    }
  }

  private mutating func string() -> String? {
    offset += 1
    let start = offset
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
    if next == UInt8(ascii: "\"") {
      defer { offset += 1 }
      return String(validating: bytes[start..<offset], as: UTF8.self)
    }
    return escapedString(Array(bytes[start..<offset]))
  }

  private mutating func escapedString(_ beginning: [UInt8]) -> String? {
    var text = beginning
    while let byte = next, byte >= 0x20 {
      offset += 1
      if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escape = next else { return nil }
      offset += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = escapedScalar() else { return nil }
        text += Array(String(scalar).utf8)
      default: return nil
      }
    }
    return nil
  }

  private mutating func escapedScalar() -> Unicode.Scalar? {
    guard let first = fourDigits() else { return nil }
    guard 0xD800..<0xDC00 ~= first else { return Unicode.Scalar(first) }
    guard take("\\"), take("u"), let second = fourDigits(), 0xDC00..<0xE000 ~= second else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func fourDigits() -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    defer { offset += 4 }
    return UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
  }
}
