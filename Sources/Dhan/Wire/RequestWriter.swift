import Domain

/// Writes one JSON object straight into bytes, in the order of the calls.
struct RequestWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  init() { bytes.reserveCapacity(320) }

  mutating func text(_ key: StaticString, _ value: ShortText) {
    begin(key)
    value.withBytes { quote($0) }
  }

  mutating func word(_ key: StaticString, _ value: String) {
    begin(key)
    quote(value.utf8)
  }

  mutating func number(_ key: StaticString, _ value: Int64) {
    begin(key)
    append(value)
  }

  mutating func numbers(_ key: StaticString, _ values: [Int64]) {
    begin(key)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func flag(_ key: StaticString, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Rupees as a number without needless zeros: `152.35`, `152.3`, `152`.
  mutating func rupees(_ key: StaticString, _ value: Paise) {
    begin(key)
    if value < .zero { bytes.append(UInt8(ascii: "-")) }
    let (rupees, paise) = value.count.magnitude.quotientAndRemainder(dividingBy: 100)
    append(rupees)
    guard paise > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(paise / 10))
    if paise % 10 > 0 { bytes.append(UInt8(ascii: "0") + UInt8(paise % 10)) }
  }

  /// `value` is a finished object.
  mutating func object(_ key: StaticString, _ value: [UInt8]) {
    begin(key)
    bytes += value
  }

  /// `values` are finished objects.
  mutating func objects(_ key: StaticString, _ values: [[UInt8]]) {
    begin(key)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += value
    }
    bytes.append(UInt8(ascii: "]"))
  }

  consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private mutating func begin(_ key: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func append(_ value: some BinaryInteger) {
    bytes.append(contentsOf: String(value).utf8)
  }

  private mutating func quote(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
