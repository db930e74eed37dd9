import Domain
import EventStore
import Projections

/// Reads events back into values.
public enum LogFold {
  /// The event of a row, decoded.
  ///
  /// - Throws: ``EventStoreError`` (damaged, with the sequence) when the payload is not what its type says.
  public static func decode(_ row: borrowing EventRow) throws -> Event {
    do {
      return try decode(type: row.type, version: Int(row.schemaVersion), payload: row.payload)
    } catch {
      throw EventStoreError(
        .damaged, "Event \(row.sequence) cannot be read: \(error). Restore the store from a backup.",
        sequence: SequenceNumber(row.sequence))
    }
  }

  /// Decodes a payload by the name of its type, as ``LogVerifier`` asks for it.
  public static func decode(
    type name: UnsafeRawBufferPointer, version: Int, payload: UnsafeRawBufferPointer
  ) throws -> Event {
    guard let text = ShortText(utf8: name), let type = EventType(name: text) else {
      throw UnknownEvent(type: ShortText(utf8: name) ?? .empty, version: version)
    }
    return try Event(type: type, version: version, payload: payload)
  }

  /// The state after the last event of `source`, or after `through`.
  ///
  /// Reads and decodes in this thread; a long log is folded on another core meanwhile.
  public static func state(
    of source: any EventSource, through: SequenceNumber = SequenceNumber(.max),
    startingAt start: consuming State = State()
  ) throws -> State {
    let first = start.lastSequence.next
    var lane = FoldLane(startingAt: start)
    do {
      try source.read(from: first, through: through, limit: .max) { row in
        lane.take(
          DecodedEvent(
            event: try decode(row), sequence: SequenceNumber(row.sequence),
            recordedAt: Timestamp(microseconds: row.recordedAt)))
      }
    } catch {
      _ = lane.finish()
      throw error
    }
    var state = lane.finish()
    _ = state.takeTouched()
    return state
  }
}
