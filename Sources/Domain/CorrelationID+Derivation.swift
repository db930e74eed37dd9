import Crypto

extension CorrelationID {
  /// What every label of ours begins with; an order that carries it and was not requested by us belongs to another
  /// instance (rule 34).
  public static let prefix = "cp1-"

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  /// The label of a child (rule 26): the prefix and 100 bits of SHA-256 over leader account, origin, follower, child and
  /// generation, 24 characters of `a-z2-7-`. Derived, so that a restart meets its own orders again.
  public init(leader: ClientID, child: ChildID) {
    var hasher = SHA256()
    for text in [leader.text, child.origin.text, child.follower.text] {
      text.withBytes { hasher.update(bufferPointer: $0) }
      hasher.update(data: [0])
    }
    hasher.update(data: Array("\(child.number)/\(child.generation)".utf8))
    let digest = Array(hasher.finalize())
    var label = Array(CorrelationID.prefix.utf8)
    var buffer: UInt64 = 0
    var bits: UInt64 = 0
    for byte in digest where label.count < 24 {
      buffer = (buffer << 8 | UInt64(byte)) & 0xFFFF
      bits += 8
      while bits >= 5, label.count < 24 {
        bits -= 5
        label.append(CorrelationID.alphabet[Int((buffer >> bits) & 31)])
      }
    }
    self.init(text: ShortText(stringLiteral: String(decoding: label, as: UTF8.self)))
  }

  /// Whether an instance of this program made the label.
  public var isOurs: Bool { text.string.hasPrefix(CorrelationID.prefix) }
}
