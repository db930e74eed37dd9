import Domain

/// What verifying a store found.
public struct VerifyReport: Equatable, Sendable {
  /// Something that is not as it was written.
  public struct Finding: Equatable, Sendable, CustomStringConvertible {
    /// The first event that is affected; `nil` when no event is.
    public let sequence: SequenceNumber?
    public let message: String

    public init(sequence: SequenceNumber?, message: String) {
      self.sequence = sequence
      self.message = message
    }

    public var description: String { message }
  }

  /// The last event that was verified, and its hash: to be kept elsewhere as an anchor.
  public internal(set) var last: Anchor
  public internal(set) var streams: Int
  /// Damage, events first, in their order.
  public internal(set) var damage: [Finding]
  /// Anchors that the store does not agree with.
  public internal(set) var anchorsBroken: [Finding]
  /// Whether the file is byte for byte what it was when it was closed in order. Where it is not, bytes that belong to no
  /// event are not covered.
  public internal(set) var isSealed = false

  public var events: Int64 { last.sequence.value }
  public var isSound: Bool { damage.isEmpty && anchorsBroken.isEmpty }
  /// The first event that is affected by damage.
  public var firstBadSequence: SequenceNumber? { damage.lazy.compactMap(\.sequence).min() }
  /// 0 sound, 65 damaged, 1 sound in itself but not what an anchor says.
  public var exitCode: Int32 { damage.isEmpty ? (anchorsBroken.isEmpty ? 0 : 1) : 65 }
}
