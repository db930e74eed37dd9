/// A place in the log: dense from 1, assigned by the single writer inside its lock.
public struct SequenceNumber: Hashable, Sendable, Comparable, Codable {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public init(from decoder: any Decoder) throws { self.value = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
  public static let beforeFirst = SequenceNumber(0)
  public static let first = SequenceNumber(1)
  public var next: SequenceNumber { SequenceNumber(value + 1) }
  public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool { left.value < right.value }
}

extension SequenceNumber: CustomStringConvertible {
  public var description: String { String(value) }
}

/// How many events a stream holds: the version of its last event, 0 while it is empty.
public struct StreamVersion: Hashable, Sendable, Comparable, Codable {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public init(from decoder: any Decoder) throws { self.value = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
  public static let empty = StreamVersion(0)
  public var next: StreamVersion { StreamVersion(value + 1) }
  public static func < (left: StreamVersion, right: StreamVersion) -> Bool { left.value < right.value }
}

/// The identity of an event, a UUID in form, derived from what the event says (see ``EventID/derived(growing:stream:type:payload:place:)``).
public struct EventID: Hashable, Sendable, Comparable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static func < (left: EventID, right: EventID) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

/// An event that is to be appended: everything but what the log assigns (sequence, stream version, hashes).
public struct EventDraft: Equatable, Sendable {
  public var stream: StreamName
  public var eventID: EventID
  /// The name in the event catalogue, such as `leader.order`; a storage format that never changes.
  public var type: ShortText
  public var schemaVersion: Int
  /// The moment of the observation that this event is or was decided upon: *now* for every decision in it.
  public var recordedAt: Timestamp
  /// When it happened by the clock of whoever it happened to; equal to `recordedAt` where nobody else's clock is known.
  public var occurredAt: Timestamp
  /// The event that made us write this one.
  public var causation: SequenceNumber?
  /// What ties a chain together across streams: the leader's order, or an account.
  public var correlation: ShortText?
  /// Canonical JSON (RFC 8785), UTF-8.
  public var payload: [UInt8]

  public init(
    stream: StreamName, eventID: EventID, type: ShortText, schemaVersion: Int, recordedAt: Timestamp,
    occurredAt: Timestamp, causation: SequenceNumber?, correlation: ShortText?, payload: [UInt8]
  ) {
    self.stream = stream
    self.eventID = eventID
    self.type = type
    self.schemaVersion = schemaVersion
    self.recordedAt = recordedAt
    self.occurredAt = occurredAt
    self.causation = causation
    self.correlation = correlation
    self.payload = payload
  }
}

/// The SHA-256 that chains an event to the one before it.
public struct EventHash: Hashable, Sendable {
  public let word0: UInt64
  public let word1: UInt64
  public let word2: UInt64
  public let word3: UInt64

  /// What the first event is chained to.
  public static let zero = EventHash(word0: 0, word1: 0, word2: 0, word3: 0)

  public init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// The hash held in exactly 32 bytes, else `nil`.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    word0 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    word1 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    word2 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    word3 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
  }

  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    var words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
    return try withUnsafeBytes(of: &words, body)
  }
}

/// An event as the log holds it.
public struct StoredEvent: Equatable, Sendable {
  public var sequence: SequenceNumber
  public var streamVersion: StreamVersion
  public var draft: EventDraft
  public var previousHash: EventHash
  public var hash: EventHash

  public init(
    sequence: SequenceNumber, streamVersion: StreamVersion, draft: EventDraft, previousHash: EventHash, hash: EventHash
  ) {
    self.sequence = sequence
    self.streamVersion = streamVersion
    self.draft = draft
    self.previousHash = previousHash
    self.hash = hash
  }
}
