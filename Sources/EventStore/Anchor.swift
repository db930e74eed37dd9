import Domain

/// A place in the chain that is known from elsewhere: printed, mailed, or kept on another machine.
///
/// The hashes in a store prove that it is consistent with itself; only an anchor proves that it is the one it was, and
/// only an anchor reveals that events were cut off its end.
public struct Anchor: Hashable, Sendable, CustomStringConvertible {
  public let sequence: SequenceNumber
  public let hash: EventHash

  public init(sequence: SequenceNumber, hash: EventHash) {
    self.sequence = sequence
    self.hash = hash
  }

  /// `SEQUENCE HASH`, the form that ``parse(_:)`` reads.
  public var description: String { "\(sequence) \(hash)" }

  /// Reads anchors, one a line: `SEQUENCE HASH`, or `{"sequence": …, "hash": "…"}` with any other members.
  ///
  /// Empty lines and lines that begin with `#` are passed over.
  ///
  /// - Throws: ``EventStoreError/Code/invalidAnchor`` with the number of the first line that is neither.
  public static func parse(_ text: String) throws -> [Anchor] {
    var anchors: [Anchor] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard let anchor = first.hasPrefix("{") ? fromJSON(line) : fromWords(words) else {
        throw EventStoreError(
          .invalidAnchor, "Line \(index + 1) is no anchor. Write: SEQUENCE HASH, the hash as 64 hexadecimal digits.")
      }
      anchors.append(anchor)
    }
    return anchors
  }

  private static func fromWords(_ words: [Substring]) -> Anchor? {
    guard words.count == 2 else { return nil }
    return make(words[0], words[1])
  }

  private static func fromJSON(_ line: Substring) -> Anchor? {
    guard let sequence = member("sequence", of: line)?.prefix(while: \.isWholeNumber),
      let hash = member("hash", of: line), hash.first == "\""
    else { return nil }
    return make(sequence, hash.dropFirst().prefix { $0 != "\"" })
  }

  /// What follows the name of a member; the names looked for occur in no other member's value.
  private static func member(_ name: String, of line: Substring) -> Substring? {
    guard let found = line.firstRange(of: "\"\(name)\"") else { return nil }
    let rest = line[found.upperBound...].drop(while: \.isWhitespace)
    guard rest.first == ":" else { return nil }
    return rest.dropFirst().drop(while: \.isWhitespace)
  }

  private static func make(_ sequence: Substring, _ hash: Substring) -> Anchor? {
    guard let number = Int64(sequence), number >= 0, let hash = EventHash(hash) else { return nil }
    return Anchor(sequence: SequenceNumber(number), hash: hash)
  }
}
