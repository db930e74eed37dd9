/// Writes a `Codable` value as few bytes: field after field in the order of their declaration, without names.
///
/// For snapshots alone, which the program that wrote them reads and any other leaves unread: the order of the fields is
/// the format. Integers are as short as they can be, texts stand behind their length, absent values are one byte.
struct SnapshotEncoder {
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let sink = Sink()
    try value.encode(to: sink)
    return sink.bytes
  }

  /// The bytes so far. Every container is this one object: the fields come one after the other, whoever writes them.
  final class Sink: Encoder {
    fileprivate(set) var bytes: [UInt8] = []
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      KeyedEncodingContainer(Keyed<Key>(sink: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { Unkeyed(sink: self) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Single(sink: self) }

    func write(_ value: some FixedWidthInteger) {
      // Zigzag, so that small negative numbers are short as well; seven bits a byte.
      let signed = Int64(truncatingIfNeeded: value)
      var rest = UInt64(bitPattern: (signed << 1) ^ (signed >> 63))
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    func write(_ text: String) {
      write(text.utf8.count)
      bytes.append(contentsOf: text.utf8)
    }

    func writeIfPresent<Value>(_ value: Value?, _ body: (Value) throws -> Void) rethrows {
      bytes.append(value == nil ? 0 : 1)
      if let value { try body(value) }
    }

    /// Leaves room for a number of elements that is not known yet.
    func openCount() -> Int {
      bytes.append(contentsOf: [0, 0, 0, 0])
      return bytes.count - 4
    }
    func closeCount(_ count: Int, at place: Int) {
      for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
    }

    func noFraction<Value>(_ value: Value) throws -> Never {
      throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "a snapshot holds no fractions"))
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let sink: Sink
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { sink.bytes.append(0) }
    func encode(_ value: Bool, forKey key: Key) { sink.bytes.append(value ? 1 : 0) }
    func encode(_ value: String, forKey key: Key) { sink.write(value) }
    func encode(_ value: Double, forKey key: Key) throws { try sink.noFraction(value) }
    func encode(_ value: Float, forKey key: Key) throws { try sink.noFraction(value) }
    func encode(_ value: Int, forKey key: Key) { sink.write(value) }
    func encode(_ value: Int8, forKey key: Key) { sink.write(value) }
    func encode(_ value: Int16, forKey key: Key) { sink.write(value) }
    func encode(_ value: Int32, forKey key: Key) { sink.write(value) }
    func encode(_ value: Int64, forKey key: Key) { sink.write(value) }
    func encode(_ value: UInt, forKey key: Key) { sink.write(value) }
    func encode(_ value: UInt8, forKey key: Key) { sink.write(value) }
    func encode(_ value: UInt16, forKey key: Key) { sink.write(value) }
    func encode(_ value: UInt32, forKey key: Key) { sink.write(value) }
    func encode(_ value: UInt64, forKey key: Key) { sink.write(value) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try value.encode(to: sink) }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) { sink.writeIfPresent(value) { encode($0, forKey: key) } }
    func encodeIfPresent(_ value: String?, forKey key: Key) { sink.writeIfPresent(value) { sink.write($0) } }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { sink.writeIfPresent(value) { sink.write($0) } }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { sink.writeIfPresent(value) { sink.write($0) } }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { sink.writeIfPresent(value) { sink.write($0) } }
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
      try sink.writeIfPresent(value) { try $0.encode(to: sink) }
    }

    // Only cases of an enumeration nest a container under a key; the key says which case it is.
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      sink.write(key.stringValue)
      return sink.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { sink.unkeyedContainer() }
    func superEncoder() -> any Encoder { sink }
    func superEncoder(forKey key: Key) -> any Encoder { sink }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let sink: Sink
    private let place: Int
    private(set) var count = 0 {
      didSet { sink.closeCount(count, at: place) }
    }
    var codingPath: [any CodingKey] { [] }

    init(sink: Sink) {
      self.sink = sink
      place = sink.openCount()
    }

    mutating func encodeNil() {
      sink.bytes.append(0)
      count += 1
    }
    mutating func encode<T: Encodable>(_ value: T) throws {
      try value.encode(to: sink)
      count += 1
    }
    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      count += 1
      return sink.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      count += 1
      return sink.unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { sink }
  }

  private struct Single: SingleValueEncodingContainer {
    let sink: Sink
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { sink.bytes.append(0) }
    func encode(_ value: Bool) { sink.bytes.append(value ? 1 : 0) }
    func encode(_ value: String) { sink.write(value) }
    func encode(_ value: Double) throws { try sink.noFraction(value) }
    func encode(_ value: Float) throws { try sink.noFraction(value) }
    func encode(_ value: Int) { sink.write(value) }
    func encode(_ value: Int8) { sink.write(value) }
    func encode(_ value: Int16) { sink.write(value) }
    func encode(_ value: Int32) { sink.write(value) }
    func encode(_ value: Int64) { sink.write(value) }
    func encode(_ value: UInt) { sink.write(value) }
    func encode(_ value: UInt8) { sink.write(value) }
    func encode(_ value: UInt16) { sink.write(value) }
    func encode(_ value: UInt32) { sink.write(value) }
    func encode(_ value: UInt64) { sink.write(value) }
    func encode<T: Encodable>(_ value: T) throws { try value.encode(to: sink) }
  }
}
