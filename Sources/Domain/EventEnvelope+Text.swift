import Crypto

private let lowerHexDigits: [UInt8] = Array("0123456789abcdef".utf8)

extension Array where Element == UInt8 {
  /// Appends `value` as lower-case hexadecimal, `digits` wide.
  mutating func appendHex(_ value: UInt64, digits: Int) {
    for position in stride(from: digits - 1, through: 0, by: -1) {
      append(lowerHexDigits[Int((value >> UInt64(position * 4)) & 0xF)])
    }
  }
}

extension EventID: CustomStringConvertible {
  /// Lower-case UUID text, 36 bytes.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func appendText(to bytes: inout [UInt8]) {
    bytes.appendHex(high >> 32, digits: 8)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHex((high >> 16) & 0xFFFF, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHex(high & 0xFFFF, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHex(low >> 48, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendHex(low & 0xFFFF_FFFF_FFFF, digits: 12)
  }

  /// Reads the UUID text that ``description`` writes; upper case is accepted.
  public init?(_ text: some StringProtocol) {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
    guard let high = UInt64(groups[0...2].joined(), radix: 16), let low = UInt64(groups[3...4].joined(), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// The identity of an event, derived from what it says: the same statement met again has the same identity.
  ///
  /// - Parameter growing: what the identity begins with and sorts by, so that an index over identities is appended to at
  ///   its end and costs no page per event: the microseconds of the observation, or of *now* for a decision.
  /// - Parameter place: the event's own sequence, where the statement alone does not tell it apart: an alert that is raised,
  ///   cleared and raised again says the same twice in one moment.
  ///
  /// The remaining 64 bits are SHA-256 over stream, type, payload and place, cut off. Version and variant bits of RFC 9562
  /// (version 8, "custom") are set, so the text is a valid UUID.
  public static func derived(
    growing: UInt64, stream: StreamName, type: ShortText, payload: [UInt8], place: SequenceNumber? = nil
  ) -> EventID {
    var hasher = SHA256()
    stream.text.withBytes { hasher.update(bufferPointer: $0) }
    hasher.update(data: [0])
    type.withBytes { hasher.update(bufferPointer: $0) }
    hasher.update(data: [0])
    payload.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    if let place { withUnsafeBytes(of: place.value.bigEndian) { hasher.update(bufferPointer: $0) } }
    var tail: UInt64 = 0
    for (index, byte) in hasher.finalize().enumerated() where index < 8 { tail = tail << 8 | UInt64(byte) }
    // 48 growing bits, 4 bits version, 12 growing bits; 2 bits variant, 62 bits of the hash.
    let high = ((growing >> 12) << 16) | 0x8000 | (growing & 0xFFF)
    let low = (tail & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    return EventID(high: high, low: low)
  }
}

extension EventHash: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for word in [word0, word1, word2, word3] { bytes.appendHex(word, digits: 16) }
    return String(decoding: bytes, as: UTF8.self)
  }

  public init?(_ text: some StringProtocol) {
    let digits = String(text)
    guard digits.utf8.count == 64 else { return nil }
    var words: [UInt64] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
      words.append(word)
      rest = rest.dropFirst(16)
    }
    self.init(word0: words[0], word1: words[1], word2: words[2], word3: words[3])
  }
}
