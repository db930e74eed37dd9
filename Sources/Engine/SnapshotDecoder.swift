/// Reads what ``SnapshotEncoder`` wrote, in the same order.
///
/// Never traps, whatever the bytes: what does not fit is an error, and the log is folded instead.
struct SnapshotDecoder {
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try bytes.withUnsafeBytes { bytes in
      let source = Source(bytes)
      let value = try Value(from: source)
      guard source.isAtEnd else { throw source.fault }
      return value
    }
  }

  /// The place in the bytes; every container is this one object. Lives no longer than the bytes it was made from.
  final class Source: Decoder {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    fileprivate init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
      KeyedDecodingContainer(Keyed<Key>(source: self))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try Unkeyed(source: self) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(source: self) }

    var isAtEnd: Bool { offset == bytes.count }
    var fault: DecodingError {
      .dataCorrupted(.init(codingPath: [], debugDescription: "byte \(offset) of the snapshot fits nothing"))
    }

    func byte() throws -> UInt8 {
      guard offset < bytes.count else { throw fault }
      offset += 1
      return bytes[offset - 1]
    }

    func flag() throws -> Bool {
      let byte = try byte()
      guard byte < 2 else { throw fault }
      return byte == 1
    }

    func integer<Value: FixedWidthInteger>() throws -> Value {
      var rest: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        let byte = try byte()
        rest |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
        guard shift < 64 else { throw fault }
      }
      return Value(truncatingIfNeeded: Int64(bitPattern: rest >> 1) ^ -Int64(bitPattern: rest & 1))
    }

    func text() throws -> String {
      let length: Int = try integer()
      guard length >= 0, length <= bytes.count - offset else { throw fault }
      defer { offset += length }
      return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]), as: UTF8.self)
    }

    /// The text that comes next, without going past it.
    func upcomingText() -> String? {
      let place = offset
      defer { offset = place }
      return try? text()
    }

    func elementCount() throws -> Int {
      var count = 0
      for index in 0..<4 { count |= Int(try byte()) << (8 * index) }
      // An element is at least a byte, so that no damaged number makes anybody reserve much.
      guard count <= bytes.count - offset else { throw fault }
      return count
    }

    func ifPresent<Value>(_ body: () throws -> Value) throws -> Value? { try flag() ? try body() : nil }
  }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let source: Source
    var codingPath: [any CodingKey] { [] }
    /// Asked for by enumerations, whose case stands here as the name of a key.
    var allKeys: [Key] { source.upcomingText().flatMap { Key(stringValue: $0) }.map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { try !source.flag() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try source.flag() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try source.text() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { throw source.fault }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw source.fault }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try source.integer() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try source.integer() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try source.integer() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try source.integer() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try source.integer() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try source.integer() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try source.integer() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try source.integer() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try source.integer() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try source.integer() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try T(from: source) }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
      try source.ifPresent { try source.flag() }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
      try source.ifPresent { try source.text() }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
      try source.ifPresent { try source.integer() }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
      try source.ifPresent { try source.integer() }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
      try source.ifPresent { try source.integer() }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
      try source.ifPresent { try T(from: source) }
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
      guard try source.text() == key.stringValue else { throw source.fault }
      return source.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try source.unkeyedContainer()
    }
    func superDecoder() -> any Decoder { source }
    func superDecoder(forKey key: Key) -> any Decoder { source }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let source: Source
    private let total: Int
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { total }
    var isAtEnd: Bool { currentIndex >= total }

    init(source: Source) throws {
      self.source = source
      total = try source.elementCount()
    }

    private mutating func advance() throws {
      guard !isAtEnd else { throw source.fault }
      currentIndex += 1
    }
    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      try advance()
      return try T(from: source)
    }
    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
      try advance()
      return source.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      try advance()
      return try source.unkeyedContainer()
    }
    mutating func superDecoder() -> any Decoder { source }
  }

  private struct Single: SingleValueDecodingContainer {
    let source: Source
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode(_ type: Bool.Type) throws -> Bool { try source.flag() }
    func decode(_ type: String.Type) throws -> String { try source.text() }
    func decode(_ type: Double.Type) throws -> Double { throw source.fault }
    func decode(_ type: Float.Type) throws -> Float { throw source.fault }
    func decode(_ type: Int.Type) throws -> Int { try source.integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try source.integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try source.integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try source.integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try source.integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try source.integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try source.integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try source.integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try source.integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try source.integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: source) }
  }
}
