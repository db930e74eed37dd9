/// Writes the payload of an event as canonical JSON (RFC 8785): keys in ascending order, no white space, integers and
/// strings only.
///
/// The caller names the fields in ascending order, which the writer asserts in debug builds; so writing needs no sorting,
/// and the reader can expect each field where it stands. An absent optional is left out, never written as `null`.
public struct PayloadWriter {
  public private(set) var bytes: [UInt8] = []
  private var isFirst = true
  #if DEBUG
    private var lastKeys: [String] = [""]
  #endif

  public init() { bytes.reserveCapacity(320) }

  /// The payload that `body` writes.
  public static func payload(_ body: (inout PayloadWriter) -> Void) -> [UInt8] {
    var writer = PayloadWriter()
    writer.open(UInt8(ascii: "{"))
    body(&writer)
    writer.close(UInt8(ascii: "}"))
    return writer.bytes
  }

  public mutating func int(_ key: StaticString, _ value: Int64) {
    writeKey(key)
    appendInteger(value)
  }

  public mutating func int(_ key: StaticString, _ value: Int64?) {
    if let value { int(key, value) }
  }

  public mutating func text(_ key: StaticString, _ value: ShortText) {
    writeKey(key)
    value.withBytes { appendString($0) }
  }

  public mutating func text(_ key: StaticString, _ value: ShortText?) {
    if let value { text(key, value) }
  }

  public mutating func string(_ key: StaticString, _ value: String) {
    writeKey(key)
    var copy = value
    copy.withUTF8 { appendString(UnsafeRawBufferPointer($0)) }
  }

  /// Leaves an empty string out: the reader gives it back as empty.
  public mutating func stringUnlessEmpty(_ key: StaticString, _ value: String) {
    if !value.isEmpty { string(key, value) }
  }

  /// `true` is written as 1 and `false` is left out.
  public mutating func flag(_ key: StaticString, _ value: Bool) {
    if value { int(key, 1) }
  }

  public mutating func list<Elements: Swift.Sequence>(
    _ key: StaticString, _ elements: Elements, _ body: (inout PayloadWriter, Elements.Element) -> Void
  ) {
    writeKey(key)
    open(UInt8(ascii: "["))
    for element in elements {
      separate()
      open(UInt8(ascii: "{"))
      body(&self, element)
      close(UInt8(ascii: "}"))
    }
    close(UInt8(ascii: "]"))
  }

  public mutating func object(_ key: StaticString, _ body: (inout PayloadWriter) -> Void) {
    writeKey(key)
    open(UInt8(ascii: "{"))
    body(&self)
    close(UInt8(ascii: "}"))
  }

  private mutating func open(_ bracket: UInt8) {
    bytes.append(bracket)
    isFirst = true
    #if DEBUG
      lastKeys.append("")
    #endif
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    isFirst = false
    #if DEBUG
      lastKeys.removeLast()
    #endif
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  private mutating func writeKey(_ key: StaticString) {
    #if DEBUG
      assert(lastKeys.last! < key.description, "\(key) is out of order in the payload")  // open() put one there.
      lastKeys[lastKeys.count - 1] = key.description
    #endif
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func appendInteger(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  private mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "\""))
    for byte in utf8 { appendEscaped(byte) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
    case 0x08: bytes.append(contentsOf: Array("\\b".utf8))
    case 0x09: bytes.append(contentsOf: Array("\\t".utf8))
    case 0x0A: bytes.append(contentsOf: Array("\\n".utf8))
    case 0x0C: bytes.append(contentsOf: Array("\\f".utf8))
    case 0x0D: bytes.append(contentsOf: Array("\\r".utf8))
    case 0..<0x20:
      bytes.append(contentsOf: Array("\\u00".utf8))
      bytes.appendHex(UInt64(byte), digits: 2)
    default: bytes.append(byte)
    }
  }
}
