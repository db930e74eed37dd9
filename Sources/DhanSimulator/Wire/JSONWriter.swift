import Domain

/// Writes one JSON text, front to back.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  /// Writes every number as a string: a client has to read both (S17).
  var numbersAreStrings = false
  private var needsComma = false

  init(numbersAreStrings: Bool = false) { self.numbersAreStrings = numbersAreStrings }

  mutating func object(_ body: (inout JSONWriter) -> Void) { enclose("{", "}", body) }
  mutating func array(_ body: (inout JSONWriter) -> Void) { enclose("[", "]", body) }

  mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    array(body)
  }

  mutating func field(_ name: String, _ text: String) {
    key(name)
    value(text)
  }

  mutating func field(_ name: String, _ text: String?) {
    key(name)
    if let text { value(text) } else { raw("null") }
  }

  mutating func field(_ name: String, _ number: Int64) {
    key(name)
    raw(String(number), isNumber: true)
  }

  mutating func field(_ name: String, rupees: Paise) {
    key(name)
    raw(JSONWriter.rupees(rupees), isNumber: true)
  }

  mutating func field(_ name: String, _ flag: Bool) {
    key(name)
    raw(flag ? "true" : "false")
  }

  mutating func value(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// A finished JSON text.
  mutating func raw(json: [UInt8]) {
    separate()
    bytes += json
    needsComma = true
  }

  /// An amount as the broker's own server prints one: at least one decimal, no needless second.
  static func rupees(_ amount: Paise) -> String {
    let text = amount.description
    return text.hasSuffix("0") ? String(text.dropLast()) : text
  }

  private mutating func enclose(_ open: Character, _ close: Character, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes += Array(String(open).utf8)
    needsComma = false
    body(&self)
    bytes += Array(String(close).utf8)
    needsComma = true
  }

  private mutating func key(_ name: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes += Array(name.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func raw(_ text: String, isNumber: Bool = false) {
    separate()
    if isNumber, numbersAreStrings { bytes.append(UInt8(ascii: "\"")) }
    bytes += Array(text.utf8)
    if isNumber, numbersAreStrings { bytes.append(UInt8(ascii: "\"")) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }
}
