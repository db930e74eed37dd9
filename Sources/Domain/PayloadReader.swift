/// Why a payload cannot be read: where it stands and what was expected there. Holds no part of the payload itself.
public struct PayloadFault: Error, Equatable, CustomStringConvertible {
  public let offset: Int
  public let expected: String
  public var description: String { "at byte \(offset) of the payload: expected \(expected)" }
}

/// Reads what ``PayloadWriter`` wrote, field by field in the same order, straight from the bytes of the column.
///
/// Nothing is searched or sorted: a canonical payload has each field at one place. Any other byte is a ``PayloadFault``,
/// so reading also proves that the payload is canonical.
public struct PayloadReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var isFirst = true

  /// Reads `bytes` with `body`, which must consume every field.
  public static func read<Value>(
    _ bytes: UnsafeRawBufferPointer, _ body: (inout PayloadReader) throws -> Value
  ) throws -> Value {
    var reader = PayloadReader(bytes)
    try reader.open(UInt8(ascii: "{"))
    let value = try body(&reader)
    try reader.close(UInt8(ascii: "}"))
    guard reader.offset == bytes.count else { throw reader.fault("the end") }
    return value
  }

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func int(_ key: StaticString) throws -> Int64 {
    guard takeKey(key) else { throw fault("\"\(key)\"") }
    return try integer()
  }

  public mutating func optionalInt(_ key: StaticString) throws -> Int64? {
    takeKey(key) ? try integer() : nil
  }

  public mutating func flag(_ key: StaticString) throws -> Bool {
    guard takeKey(key) else { return false }
    guard try integer() == 1 else { throw fault("1") }
    return true
  }

  public mutating func text(_ key: StaticString) throws -> ShortText {
    guard takeKey(key) else { throw fault("\"\(key)\"") }
    return try shortText()
  }

  public mutating func optionalText(_ key: StaticString) throws -> ShortText? {
    takeKey(key) ? try shortText() : nil
  }

  public mutating func string(_ key: StaticString) throws -> String {
    guard takeKey(key) else { throw fault("\"\(key)\"") }
    return try longText()
  }

  public mutating func stringOrEmpty(_ key: StaticString) throws -> String {
    guard takeKey(key) else { return "" }
    let text = try longText()
    guard !text.isEmpty else { throw fault("no empty text for \"\(key)\"") }
    return text
  }

  /// A fraction in a string, `"2/5"`.
  public mutating func optionalFraction(_ key: StaticString) throws -> (numerator: Int64, denominator: Int64)? {
    guard takeKey(key) else { return nil }
    try take(UInt8(ascii: "\""))
    let numerator = try integer()
    try take(UInt8(ascii: "/"))
    let denominator = try integer()
    try take(UInt8(ascii: "\""))
    return (numerator, denominator)
  }

  public mutating func list<Element>(
    _ key: StaticString, _ body: (inout PayloadReader) throws -> Element
  ) throws -> [Element] {
    guard takeKey(key) else { throw fault("\"\(key)\"") }
    try open(UInt8(ascii: "["))
    var elements: [Element] = []
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "]") {
      if !isFirst { try take(UInt8(ascii: ",")) }
      try open(UInt8(ascii: "{"))
      elements.append(try body(&self))
      try close(UInt8(ascii: "}"))
    }
    try close(UInt8(ascii: "]"))
    return elements
  }

  public mutating func optionalList<Element>(
    _ key: StaticString, _ body: (inout PayloadReader) throws -> Element
  ) throws -> [Element]? {
    hasKey(key) ? try list(key, body) : nil
  }

  public mutating func object<Value>(
    _ key: StaticString, _ body: (inout PayloadReader) throws -> Value
  ) throws -> Value {
    guard takeKey(key) else { throw fault("\"\(key)\"") }
    try open(UInt8(ascii: "{"))
    let value = try body(&self)
    try close(UInt8(ascii: "}"))
    return value
  }

  public mutating func optionalObject<Value>(
    _ key: StaticString, _ body: (inout PayloadReader) throws -> Value
  ) throws -> Value? {
    hasKey(key) ? try object(key, body) : nil
  }

  /// The fault that a caller throws when a value is out of its range.
  public func fault(_ expected: String) -> PayloadFault { PayloadFault(offset: offset, expected: expected) }

  // MARK: - Bytes

  private mutating func open(_ bracket: UInt8) throws {
    try take(bracket)
    isFirst = true
  }

  private mutating func close(_ bracket: UInt8) throws {
    try take(bracket)
    isFirst = false
  }

  private mutating func take(_ byte: UInt8) throws {
    guard offset < bytes.count, bytes[offset] == byte else { throw fault("'\(Character(UnicodeScalar(byte)))'") }
    offset += 1
  }

  private func hasKey(_ key: StaticString) -> Bool {
    let length = key.utf8CodeUnitCount
    let start = offset + (isFirst ? 1 : 2)
    guard start + length + 2 <= bytes.count else { return false }
    if !isFirst, bytes[offset] != UInt8(ascii: ",") { return false }
    guard bytes[start - 1] == UInt8(ascii: "\""), bytes[start + length] == UInt8(ascii: "\""),
      bytes[start + length + 1] == UInt8(ascii: ":")
    else { return false }
    let expected = key.utf8Start
    for index in 0..<length where bytes[start + index] != expected[index] { return false }
    return true
  }

  private mutating func takeKey(_ key: StaticString) -> Bool {
    guard hasKey(key) else { return false }
    offset += (isFirst ? 1 : 2) + key.utf8CodeUnitCount + 2
    isFirst = false
    return true
  }

  private mutating func integer() throws -> Int64 {
    var cursor = offset
    let negative = cursor < bytes.count && bytes[cursor] == UInt8(ascii: "-")
    if negative { cursor += 1 }
    let firstDigit = cursor
    var value: Int64 = 0
    while cursor < bytes.count, case let digit = bytes[cursor] &- 0x30, digit <= 9 {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowAgain) =
        negative ? scaled.subtractingReportingOverflow(Int64(digit)) : scaled.addingReportingOverflow(Int64(digit))
      guard !overflow, !overflowAgain else { throw fault("a 64-bit integer") }
      value = sum
      cursor += 1
    }
    let digits = cursor - firstDigit
    guard digits > 0, digits == 1 || bytes[firstDigit] != 0x30, !(negative && value == 0) else {
      throw fault("a canonical integer")
    }
    offset = cursor
    return value
  }

  private mutating func shortText() throws -> ShortText {
    try take(UInt8(ascii: "\""))
    let start = offset
    var cursor = start
    while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\"") {
      if bytes[cursor] == UInt8(ascii: "\\") || bytes[cursor] < 0x20 {
        // Rare: an identifier with an escape in it.
        offset = start - 1
        guard let text = ShortText(validating: try longText()) else { throw fault("at most 31 bytes") }
        return text
      }
      cursor += 1
    }
    guard cursor < bytes.count, let text = ShortText(utf8: UnsafeRawBufferPointer(rebasing: bytes[start..<cursor]))
    else { throw fault("a text of at most 31 bytes") }
    offset = cursor + 1
    return text
  }

  private mutating func longText() throws -> String {
    try take(UInt8(ascii: "\""))
    var unescaped: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        offset += 1
        guard let text = String(validating: unescaped, as: UTF8.self) else { throw fault("UTF-8") }
        return text
      }
      guard byte >= 0x20 else { throw fault("an escaped control character") }
      if byte == UInt8(ascii: "\\") {
        unescaped.append(try escape())
      } else {
        unescaped.append(byte)
        offset += 1
      }
    }
    throw fault("the end of a string")
  }

  /// Only the escapes that canonical JSON writes.
  private mutating func escape() throws -> UInt8 {
    guard offset + 1 < bytes.count else { throw fault("an escape") }
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      offset += 2
      return bytes[offset - 1]
    case UInt8(ascii: "b"): return skip(2, 0x08)
    case UInt8(ascii: "t"): return skip(2, 0x09)
    case UInt8(ascii: "n"): return skip(2, 0x0A)
    case UInt8(ascii: "f"): return skip(2, 0x0C)
    case UInt8(ascii: "r"): return skip(2, 0x0D)
    case UInt8(ascii: "u"):
      guard offset + 6 <= bytes.count else { throw fault("an escape") }
      let digits = bytes[(offset + 2)..<(offset + 6)]
      var value = 0
      for digit in digits {
        switch digit {
        case 0x30...0x39: value = value * 16 + Int(digit - 0x30)
        case 0x61...0x66: value = value * 16 + Int(digit - 0x61) + 10
        default: throw fault("lower-case hexadecimal")
        }
      }
      guard value < 0x20, ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(value) else { throw fault("no needless escape") }
      return skip(6, UInt8(value))
    default: throw fault("an escape of canonical JSON")
    }
  }

  private mutating func skip(_ count: Int, _ value: UInt8) -> UInt8 {
    offset += count
    return value
  }
}
