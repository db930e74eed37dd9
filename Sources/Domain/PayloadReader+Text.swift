// Texts of any length, with the escapes that canonical JSON writes.
extension PayloadReader {
  mutating func longText() throws -> String {
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
