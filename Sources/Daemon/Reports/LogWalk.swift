import Domain
import Engine
import EventStore
import Projections

/// One event of the log, decoded, with the columns that reports speak of.
struct LogEntry {
  let sequence: SequenceNumber
  let recordedAt: Timestamp
  let occurredAt: Timestamp
  let stream: ShortText
  let causation: SequenceNumber?
  let correlation: ShortText?
  let event: Event
}

/// Reads the log event by event, as one consistent view of it.
enum LogWalk {
  /// Told now and then how many more events are done.
  typealias Progress = (Int) -> Void
  static let progressStep = 4_096

  /// - Throws: ``EventStoreError`` (damaged, with the sequence) when an event cannot be read.
  static func entries(
    of source: any EventSource, from: SequenceNumber = .first, through: SequenceNumber = SequenceNumber(.max),
    progress: Progress = { _ in }, _ body: (LogEntry) throws -> Void
  ) throws {
    var done = 0
    try source.read(from: from, through: through, limit: .max) { row in
      try body(entry(row))
      done += 1
      if done % progressStep == 0 { progress(progressStep) }
    }
    progress(done % progressStep)
  }

  /// The state after the last event, or after `through`.
  static func state(
    of source: any EventSource, through: SequenceNumber = SequenceNumber(.max), progress: Progress = { _ in }
  ) throws -> State {
    var state = State()
    try entries(of: source, through: through, progress: progress) { state.fold($0) }
    return state
  }

  private static func entry(_ row: borrowing EventRow) throws -> LogEntry {
    LogEntry(
      sequence: SequenceNumber(row.sequence), recordedAt: Timestamp(microseconds: row.recordedAt),
      occurredAt: Timestamp(microseconds: row.occurredAt), stream: ShortText(utf8: row.stream) ?? .empty,
      causation: row.causation == 0 ? nil : SequenceNumber(row.causation),
      correlation: row.correlation.flatMap { ShortText(utf8: $0) }, event: try LogFold.decode(row))
  }
}

extension State {
  /// Applies an event where nobody decides: what was touched is of no interest, and would only grow.
  mutating func fold(_ entry: LogEntry) {
    apply(entry.event, sequence: entry.sequence, recordedAt: entry.recordedAt)
    _ = takeTouched()
  }
}
