import Domain

/// What fields mean. Every reading is `nil` for a value that says nothing and for one that is not understood; where the
/// difference matters, ask ``LenientJSON/Value/isEmpty``.
extension LenientJSON.Value {
  /// `null`, an empty text, and `NA`.
  var isEmpty: Bool {
    switch node.kind {
    case .null: true
    case .string, .escapedString:
      withContent { content in
        content.isEmpty || (content.count == 2 && content[0] | 0x20 == 0x6E && content[1] | 0x20 == 0x61)
      }
    default: false
    }
  }

  /// The bytes of a text, a number or a truth value without the blanks around them; none of anything else.
  func withContent<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let node = node
    switch node.kind {
    case .object, .array, .null: return body(UnsafeRawBufferPointer(start: nil, count: 0))
    case .escapedString: return unescaped().withUnsafeBytes { body(LenientJSON.trimmed($0)) }
    case .string, .number, .yes, .no:
      return document.bytes.withUnsafeBytes {
        body(LenientJSON.trimmed(UnsafeRawBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)])))
      }
    }
  }

  /// The text, or the number as it was written.
  var text: String? {
    isEmpty || isObject || isArray ? nil : withContent { String(decoding: $0, as: UTF8.self) }
  }

  /// A whole number: `65`, `"65"`, `65.0`.
  var integer: Int64? { isReadable ? withContent { DecimalText($0)?.integer } : nil }

  /// An amount in rupees, with any number of decimals.
  var paise: Paise? { isReadable ? withContent { DecimalText($0)?.paise }.map { Paise($0) } : nil }

  /// `true`, `"true"`, `1`, `"1"` and their opposites.
  var flag: Bool? {
    guard let word = text?.lowercased() else { return nil }
    switch word {
    case "true", "1", "y", "yes": return true
    case "false", "0", "n", "no": return false
    default: return nil
    }
  }

  /// The letters of a word, upper-case and without anything else: `Part-Traded` is `PARTTRADED`.
  var word: String? {
    guard isReadable else { return nil }
    return withContent { content in
      String(unsafeUninitializedCapacity: LenientJSON.longestWord) { letters in
        var count = 0
        for byte in content where count < letters.count {
          let upper = (0x61...0x7A).contains(byte) ? byte & ~0x20 : byte
          guard (0x41...0x5A).contains(upper) else { continue }
          letters[count] = upper
          count += 1
        }
        return count
      }
    }
  }

  /// A name of at most 31 printable bytes. A number stands for its digits, `112111182198.0` included.
  func identifier<Identifier: ShortIdentifier>() -> Identifier? { shortText.map { Identifier(text: $0) } }

  var shortText: ShortText? {
    guard isReadable, node.kind != .yes, node.kind != .no else { return nil }
    return withContent { content in
      if content.allSatisfy({ (0x30...0x39).contains($0) }) || node.kind != .number {
        return content.allSatisfy { (0x21...0x7E).contains($0) } ? ShortText(utf8: content) : nil
      }
      return DecimalText(content)?.integer.flatMap { ShortText(validating: String($0)) }
    }
  }

  private var isReadable: Bool {
    switch node.kind {
    case .object, .array, .null: false
    case .number, .yes, .no: true
    case .string, .escapedString: !isEmpty
    }
  }

  private func unescaped() -> [UInt8] {
    var result: [UInt8] = []
    var index = Int(node.start)
    let end = Int(node.end)
    result.reserveCapacity(end - index)
    while index < end {
      let byte = document.bytes[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < end else {
        result.append(byte)
        continue
      }
      let escaped = document.bytes[index]
      index += 1
      switch escaped {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "u"): result.append(contentsOf: String(escapedScalar(&index, end)).utf8)
      default: result.append(escaped)
      }
    }
    return result
  }

  /// The scalar behind `\u`, out of two escapes where it needs two.
  private func escapedScalar(_ index: inout Int, _ end: Int) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    guard let first = hexadecimal(at: index, end) else { return replacement }
    index += 4
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, index + 6 <= end, document.bytes[index] == UInt8(ascii: "\\"),
      document.bytes[index + 1] == UInt8(ascii: "u"), let second = hexadecimal(at: index + 2, end),
      (0xDC00...0xDFFF).contains(second)
    else { return replacement }
    index += 6
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
  }

  private func hexadecimal(at start: Int, _ end: Int) -> UInt32? {
    guard start + 4 <= end else { return nil }
    var value: UInt32 = 0
    for byte in document.bytes[start..<(start + 4)] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }
}

extension LenientJSON {
  /// Longer than any word of the broker's.
  fileprivate static let longestWord = 40

  fileprivate static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }
}
