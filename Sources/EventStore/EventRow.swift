import Domain

/// One event, lent for the length of a call: every text and blob points into the storage it was read from.
///
/// Nothing of a row may be kept beyond the closure it is passed to. Reading one allocates nothing; ``stored()`` makes a
/// value that can be kept.
public struct EventRow: ~Copyable {
  public let sequence: Int64
  public let stream: UnsafeRawBufferPointer
  public let streamVersion: Int64
  /// 16 bytes.
  public let eventID: UnsafeRawBufferPointer
  public let type: UnsafeRawBufferPointer
  public let schemaVersion: Int64
  /// Microseconds since 1970-01-01T00:00:00Z, as ``occurredAt``.
  public let recordedAt: Int64
  public let occurredAt: Int64
  /// 0 when there is no cause.
  public let causation: Int64
  /// `nil` when there is none, which is not the same as an empty text.
  public let correlation: UnsafeRawBufferPointer?
  public let payload: UnsafeRawBufferPointer
  /// 32 bytes, as ``hash``.
  public let previousHash: UnsafeRawBufferPointer
  public let hash: UnsafeRawBufferPointer

  /// The same event as a value.
  ///
  /// - Throws: ``EventStoreError`` with the code ``EventStoreError/Code/damaged`` and the sequence, when a column holds
  ///   what no event of ours holds.
  public func stored() throws -> StoredEvent {
    guard let stream = ShortText(utf8: stream), let type = ShortText(utf8: type),
      let previousHash = EventHash(bytes: previousHash), let hash = EventHash(bytes: hash), eventID.count == 16,
      let schemaVersion = Int(exactly: schemaVersion)
    else { throw unreadable() }
    var correlationText: ShortText?
    if let correlation {
      guard let text = ShortText(utf8: correlation) else { throw unreadable() }
      correlationText = text
    }
    let draft = EventDraft(
      stream: StreamName(text: stream), eventID: EventID(eventID), type: type, schemaVersion: schemaVersion,
      recordedAt: Timestamp(microseconds: recordedAt), occurredAt: Timestamp(microseconds: occurredAt),
      causation: causation == 0 ? nil : SequenceNumber(causation), correlation: correlationText,
      payload: Array(payload))
    return StoredEvent(
      sequence: SequenceNumber(sequence), streamVersion: StreamVersion(streamVersion), draft: draft,
      previousHash: previousHash, hash: hash)
  }

  private func unreadable() -> EventStoreError {
    .damaged("event \(sequence) holds a column that no event of ours holds", at: SequenceNumber(sequence))
  }
}

extension EventID {
  /// The identity held in the first 16 of `bytes`, of which there are at least as many.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

extension EventDraft {
  /// Lends the draft as the row it will be; the row's own hash is not known yet and reads as zeros.
  func withRow<Result>(
    sequence: Int64, streamVersion: Int64, previousHash: EventHash, hash: EventHash = .zero,
    _ body: (borrowing EventRow) throws -> Result
  ) rethrows -> Result {
    let id = (eventID.high.bigEndian, eventID.low.bigEndian)
    return try withUnsafeBytes(of: id) { id in
      try stream.text.withBytes { stream in
        try type.withBytes { type in
          try (correlation ?? .empty).withBytes { text in
            try payload.withUnsafeBytes { payload in
              try previousHash.withBytes { previous in
                try hash.withBytes { hash in
                  try body(
                    EventRow(
                      sequence: sequence, stream: stream, streamVersion: streamVersion, eventID: id, type: type,
                      schemaVersion: Int64(schemaVersion), recordedAt: recordedAt.microseconds,
                      occurredAt: occurredAt.microseconds, causation: causation?.value ?? 0,
                      correlation: correlation == nil ? nil : text, payload: payload, previousHash: previous,
                      hash: hash))
                }
              }
            }
          }
        }
      }
    }
  }
}
