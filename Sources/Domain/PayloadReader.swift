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
  let bytes: UnsafeRawBufferPointer
  var offset = 0
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

  @inline(__always)
  private mutating func open(_ bracket: UInt8) throws {
    try take(bracket)
    isFirst = true
  }

  @inline(__always)
  private mutating func close(_ bracket: UInt8) throws {
    try take(bracket)
    isFirst = false
  }

  @inline(__always)
  mutating func take(_ byte: UInt8) throws {
    guard offset < bytes.count, bytes[offset] == byte else { throw fault("'\(Character(UnicodeScalar(byte)))'") }
    offset += 1
  }

  // Inlined into every field, where the key is a constant: the comparison is then a few words.
  @inline(__always)
  private func hasKey(_ key: StaticString) -> Bool {
    let length = key.utf8CodeUnitCount
    let start = offset + (isFirst ? 1 : 2)
    guard start + length + 2 <= bytes.count else { return false }
    if !isFirst, bytes[offset] != UInt8(ascii: ",") { return false }
    guard bytes[start - 1] == UInt8(ascii: "\""),
      bytes.loadUnaligned(fromByteOffset: start + length, as: UInt16.self).littleEndian == 0x3A22
    else { return false }
    let expected = UnsafeRawPointer(key.utf8Start)
    var index = 0
    while index + 8 <= length {
      if bytes.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
        != expected.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      {
        return false
      }
      index += 8
    }
    while index < length {
      if bytes[start + index] != expected.load(fromByteOffset: index, as: UInt8.self) { return false }
      index += 1
    }
    return true
  }

  @inline(__always)
  private mutating func takeKey(_ key: StaticString) -> Bool {
    guard hasKey(key) else { return false }
    offset += (isFirst ? 1 : 2) + key.utf8CodeUnitCount + 2
    isFirst = false
    return true
  }

  @inline(__always)
  private mutating func integer() throws -> Int64 {
    var cursor = offset
    let negative = cursor < bytes.count && bytes[cursor] == UInt8(ascii: "-")
    if negative { cursor += 1 }
    let firstDigit = cursor
    var magnitude: UInt64 = 0
    while cursor < bytes.count, case let digit = bytes[cursor] &- 0x30, digit <= 9 {
      // Nineteen digits always fit into 64 bits without a sign; a twentieth is too many for any Int64.
      guard cursor - firstDigit < 19 else { throw fault("a 64-bit integer") }
      magnitude = magnitude &* 10 &+ UInt64(digit)
      cursor += 1
    }
    let digits = cursor - firstDigit
    guard digits > 0, digits == 1 || bytes[firstDigit] != 0x30, !(negative && magnitude == 0) else {
      throw fault("a canonical integer")
    }
    guard magnitude <= (negative ? Int64.min.magnitude : Int64.max.magnitude) else { throw fault("a 64-bit integer") }
    offset = cursor
    return negative ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(truncatingIfNeeded: magnitude)
  }

  @inline(__always)
  private mutating func shortText() throws -> ShortText {
    try take(UInt8(ascii: "\""))
    let start = offset
    guard let cursor = endOfPlainText(from: start) else { throw fault("a text of at most 31 bytes") }
    guard bytes[cursor] == UInt8(ascii: "\"") else {
      // Rare: an identifier with an escape in it.
      offset = start - 1
      guard let text = ShortText(validating: try longText()) else { throw fault("at most 31 bytes") }
      return text
    }
    guard let text = ShortText(utf8: UnsafeRawBufferPointer(rebasing: bytes[start..<cursor]))
    else { throw fault("a text of at most 31 bytes") }
    offset = cursor + 1
    return text
  }

  /// Where the first quote, backslash or control character stands from `start` on.
  @inline(__always)
  private func endOfPlainText(from start: Int) -> Int? {
    var cursor = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while cursor + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      // The lowest high bit that is set marks the first such byte; borrows reach only bytes after it.
      let found =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
      if found != 0 { return cursor + found.trailingZeroBitCount >> 3 }
      cursor += 8
    }
    while cursor < bytes.count {
      let byte = bytes[cursor]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return cursor }
      cursor += 1
    }
    return nil
  }
}
