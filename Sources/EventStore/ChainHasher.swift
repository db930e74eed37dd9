import Crypto
import Domain

/// Computes the hash that chains an event to the one before it, over the event as it is exported.
///
///     hash(n) = SHA-256( hash(n-1) as 32 raw bytes, 32 zero bytes before the first
///                        ‖ for each of: sequence, stream, stream_version, event_id, type, schema_version, recorded_at,
///                          occurred_at, causation, correlation, payload:
///                          4-byte big-endian length of its UTF-8 text, then the text )
///
/// A null column is the length 0xFFFFFFFF without text. This form is published; it never changes.
struct ChainHasher: ~Copyable {
  private var buffer = ByteBuffer()

  /// The hash of `row` after `previous`; the row's own hash columns are not looked at.
  mutating func hash(_ row: borrowing EventRow, after previous: EventHash) -> EventHash {
    buffer.removeAll()
    buffer.append(previous)
    decimal(row.sequence)
    text(row.stream)
    decimal(row.streamVersion)
    buffer.appendLength(36)
    buffer.appendUUID(row.eventID)
    text(row.type)
    decimal(row.schemaVersion)
    buffer.appendLength(27)
    buffer.appendTimestamp(row.recordedAt)
    buffer.appendLength(27)
    buffer.appendTimestamp(row.occurredAt)
    if row.causation == 0 { buffer.appendLength(.max) } else { decimal(row.causation) }
    if let correlation = row.correlation { text(correlation) } else { buffer.appendLength(.max) }
    text(row.payload)
    return buffer.withBytes { EventHash(sha256Of: $0) }
  }

  private mutating func decimal(_ value: Int64) {
    let place = buffer.count
    buffer.appendLength(0)
    buffer.appendDecimal(value)
    buffer.closeLength(at: place)
  }

  private mutating func text(_ bytes: UnsafeRawBufferPointer) {
    buffer.appendLength(UInt32(bytes.count))
    buffer.append(bytes)
  }
}

extension EventHash {
  init(sha256Of bytes: UnsafeRawBufferPointer) {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    self = hasher.finalize().withUnsafeBytes { EventHash(bytes: $0) } ?? .zero
  }
}
