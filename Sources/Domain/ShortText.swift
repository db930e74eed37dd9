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
    let count = bytes.count
    guard count <= ShortText.capacity else { return nil }
    // Whole words where they fit; the last word overlaps the one before it and is shifted to its place.
    let word0 = ShortText.word(bytes, at: 0)
    let word1 = count > 8 ? ShortText.word(bytes, at: 8) : 0
    let word2 = count > 16 ? ShortText.word(bytes, at: 16) : 0
    let word3 = count > 24 ? ShortText.word(bytes, at: 24) : 0
    let isASCII = (word0 | word1 | word2 | word3) & ShortText.highBits == 0
    if ShortText.zeroBytes(word0, word1, word2, word3) != 32 - count { return nil }
    if !isASCII, String(validating: bytes, as: UTF8.self) == nil { return nil }
    self.init(word0: word0, word1: word1, word2: word2, word3: word3 | UInt64(count))
  }

  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The big-endian word of the bytes from `start` on, with zeros after the end.
  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt64 {
    let left = bytes.count - start
    if left >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
    if bytes.count >= 8 {
      let last = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
      return last << UInt64(64 - 8 * left)
    }
    var word: UInt64 = 0
    for index in 0..<left { word |= UInt64(bytes[index]) << UInt64(56 - 8 * index) }
    return word
  }

  /// How many of the 32 bytes are zero: those after the end, unless there is a NUL among the others.
  @inline(__always)
  private static func zeroBytes(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) -> Int {
    func zeros(_ word: UInt64) -> Int {
      // The high bit of every byte that is not zero, without a carry from one byte into the next.
      let filled = (((word & ~highBits) &+ ~highBits) | word) & highBits
      return 8 - filled.nonzeroBitCount
    }
    return zeros(word0) + zeros(word1) + zeros(word2) + zeros(word3)
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

extension ShortText {
  // Folded into one word before it is hashed: identifiers are the keys of almost every table of the state.
  public func hash(into hasher: inout Hasher) {
    var folded = word0 &* 0x9E37_79B9_7F4A_7C15
    folded = (folded ^ (folded >> 32) ^ word1) &* 0xBF58_476D_1CE4_E5B9
    folded = (folded ^ (folded >> 32) ^ word2) &* 0x94D0_49BB_1331_11EB
    hasher.combine((folded ^ (folded >> 32)) &+ word3)
  }
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
