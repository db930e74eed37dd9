import Domain

/// Something whose events can be read: a log that is written, or a reader beside one.
///
/// Synchronous, and owned by one thread at a time.
public protocol EventSource: AnyObject {
  /// Passes events to `body` in the order of their sequences.
  ///
  /// One call is one consistent view of the log. The row lives only as long as the call of `body`, which must not
  /// append to the log it is reading.
  ///
  /// - Parameters:
  ///   - from: the first event to read; anything below 1 means the first.
  ///   - through: the last event to read; it need not exist yet.
  ///   - limit: the most events to read.
  /// - Returns: how many events were read.
  /// - Throws: ``EventStoreError`` with the sequence when the log is not dense or cannot be read; whatever
  ///   `body` throws.
  @discardableResult
  func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int

  /// The newest snapshot of a kind and format that belongs to this log and is undamaged, or `nil`.
  func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot?
}

/// The append-only log: the one copy of the truth. SQLite and memory are interchangeable behind it.
///
/// Sequences are dense from 1. What was appended is never changed and never lost; an event id exists once. Synchronous,
/// and owned by one loop.
public protocol EventLog: EventSource {
  /// The sequence of the last event, 0 while there is none.
  var lastSequence: SequenceNumber { get }
  /// The hash of the last event, zero while there is none.
  var lastHash: EventHash { get }
  /// How many events a stream holds. Costs a look into memory.
  func head(of stream: StreamName) -> StreamVersion

  /// Appends batches, each all or none, and makes all that succeed durable together.
  ///
  /// When this returns, every event with a receipt survives a crash and a power cut; a batch with an error left no
  /// trace. Batches are taken in order, each expecting the versions that the ones before it lead to.
  ///
  /// A draft whose event id exists with the same content is not appended again: its receipt names the existing
  /// sequence. The same content means all of it but `recordedAt`, because who meets a statement again meets it later.
  /// Versions are expected only of streams that get new events, so a batch that was appended before can be appended
  /// again as it was.
  ///
  /// - Returns: for each batch its receipt, or ``EventStoreError/Code/versionConflict``,
  ///   ``EventStoreError/Code/eventIDReused`` or ``EventStoreError/Code/invalidDraft``.
  /// - Throws: ``EventStoreError`` when nothing could be made durable. No batch was appended then and the log stands
  ///   where it stood, or it is ``EventStoreError/Code/poisoned``: what is on disk is known only after opening it anew.
  func append(_ batches: [AppendBatch]) throws -> [Result<AppendReceipt, EventStoreError>]

  /// Keeps the state folded from all events so far, and drops all but the newest two of its kind.
  func saveSnapshot(kind: ShortText, format: Int, state: [UInt8]) throws

  /// Does upkeep that would cost latency later. To be called when nothing is waiting; it is free when nothing is due.
  func checkpointWhenIdle() throws

  /// Ends the use of the log. Everything else throws afterwards; closing again does nothing.
  func close() throws

  /// Drops the log as a crash would, so that it can be opened anew: what was acknowledged is in it, and nothing is written.
  func discard()
}

/// A state folded from the events up to a sequence.
public struct LogSnapshot: Equatable, Sendable {
  public let sequence: SequenceNumber
  public let kind: ShortText
  public let format: Int
  public let state: [UInt8]
}
