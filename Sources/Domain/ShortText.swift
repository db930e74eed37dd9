/// Up to 31 bytes of UTF-8, held in line without an allocation.
///
/// Every identifier of the domain is one of these, so that an event is a plain value: copying it touches no reference
/// count, and folding a million of them stays cheap. Longer text, text with a NUL byte and invalid UTF-8 have no
/// `ShortText`; the initialisers say so by returning `nil`.
///
/// Comparison is by bytes, which for UTF-8 is the order of the code points.
public struct ShortText: Hashable, Sendable {
  public static let capacity = 31

  // Big-endian words: comparing the words compares the bytes. The lowest byte of the last word is the length.
  @usableFromInline let word0: UInt64
  @usableFromInline let word1: UInt64
  @usableFromInline let word2: UInt64
  @usableFromInline let word3: UInt64

  public static let empty = ShortText(word0: 0, word1: 0, word2: 0, word3: 0)

  @inlinable
  init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// The text of `bytes`, or `nil` when it does not fit or is not text.
  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= ShortText.capacity else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var isASCII = true
    for (index, byte) in bytes.enumerated() {
      if byte == 0 { return nil }
      if byte >= 0x80 { isASCII = false }
      let shifted = UInt64(byte) << UInt64(56 - 8 * (index & 7))
      switch index >> 3 {
      case 0: words.0 |= shifted
      case 1: words.1 |= shifted
      case 2: words.2 |= shifted
      default: words.3 |= shifted
      }
    }
    if !isASCII, String(validating: bytes, as: UTF8.self) == nil { return nil }
    self.init(word0: words.0, word1: words.1, word2: words.2, word3: words.3 | UInt64(bytes.count))
  }

  /// The same text as `string`, or `nil` when it is longer than ``capacity`` bytes or holds a NUL.
  public init?(validating string: some StringProtocol) {
    var copy = String(string)
    let made = copy.withUTF8 { ShortText(utf8: UnsafeRawBufferPointer($0)) }
    guard let made else { return nil }
    self = made
  }

  public var count: Int { Int(word3 & 0xFF) }
  public var isEmpty: Bool { count == 0 }

  /// Calls `body` with the bytes of the text; they live no longer than the call.
  @inlinable
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    var words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
    let length = Int(word3 & 0xFF)
    return try withUnsafeBytes(of: &words) { try body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
  }

  public var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension ShortText: Comparable {
  public static func < (left: ShortText, right: ShortText) -> Bool {
    if left.word0 != right.word0 { return left.word0 < right.word0 }
    if left.word1 != right.word1 { return left.word1 < right.word1 }
    if left.word2 != right.word2 { return left.word2 < right.word2 }
    return left.word3 < right.word3
  }
}

extension ShortText: CustomStringConvertible {
  public var description: String { string }
}

extension ShortText: ExpressibleByStringLiteral {
  /// For texts written in the source. A literal that does not fit is a mistake of the programmer and stops the process.
  public init(stringLiteral value: String) {
    guard let made = ShortText(validating: value) else {
      preconditionFailure("The literal \"\(value)\" does not fit into \(ShortText.capacity) bytes.")
    }
    self = made
  }
}

extension ShortText: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let string = try container.decode(String.self)
    guard let made = ShortText(validating: string) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "longer than 31 bytes: \(string)")
    }
    self = made
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
  }
}
