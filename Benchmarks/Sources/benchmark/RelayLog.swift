import Domain
import EventStore

/// A log that keeps the batches it is given and appends them to another log later, many in one commit.
///
/// Lets a session of the real engine make a million events in a minute, and lets the batches of a session be appended
/// again under a clock. Durability is none of its business.
final class RelayLog: EventLog {
  private let base: any EventLog
  private var heads: [StreamName: StreamVersion] = [:]
  private(set) var batches: [AppendBatch] = []
  private var waiting = 0
  private let flushesAt: Int
  private(set) var lastSequence: SequenceNumber

  /// - Parameter flushesAt: how many events are kept at most; `Int.max` keeps them all.
  init(before base: any EventLog, flushesAt: Int) {
    self.base = base
    self.flushesAt = flushesAt
    lastSequence = base.lastSequence
  }

  var lastHash: EventHash { base.lastHash }
  func head(of stream: StreamName) -> StreamVersion { heads[stream] ?? base.head(of: stream) }

  func append(_ new: [AppendBatch]) throws -> [Result<AppendReceipt, EventStoreError>] {
    var results: [Result<AppendReceipt, EventStoreError>] = []
    for batch in new {
      var sequences: [SequenceNumber] = []
      for draft in batch.drafts {
        heads[draft.stream] = head(of: draft.stream).next
        lastSequence = lastSequence.next
        sequences.append(lastSequence)
      }
      batches.append(batch)
      waiting += batch.drafts.count
      results.append(.success(AppendReceipt(sequences: sequences, appended: sequences.count)))
    }
    if waiting >= flushesAt { try flush() }
    return results
  }

  func flush() throws {
    guard waiting > 0 else { return }
    for result in try base.append(batches) { _ = try result.get() }
    batches.removeAll()
    waiting = 0
  }

  /// Gives the batches away instead of appending them.
  func takeBatches() -> [AppendBatch] {
    defer { batches.removeAll() }
    waiting = 0
    return batches
  }

  func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    try flush()
    return try base.read(from: from, through: through, limit: limit, body)
  }

  func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot? {
    try base.latestSnapshot(kind: kind, format: format)
  }

  func saveSnapshot(kind: ShortText, format: Int, state: [UInt8]) throws {
    try flush()
    try base.saveSnapshot(kind: kind, format: format, state: state)
  }

  func checkpointWhenIdle() throws { try base.checkpointWhenIdle() }

  func close() throws {
    try flush()
    try base.close()
  }
}
