import Domain

/// The log for tests and simulations: everything a log guarantees but durability.
public final class MemoryEventLog: EventLog {
  private var stored: [StoredEvent] = []
  private var sequences: [EventID: Int] = [:]
  private var heads: [StreamName: StreamVersion] = [:]
  private var snapshots: [ShortText: [(snapshot: LogSnapshot, eventHash: EventHash)]] = [:]
  private var hasher = ChainHasher()
  private var isOpen = true

  public init() {}

  public var lastSequence: SequenceNumber { SequenceNumber(Int64(stored.count)) }
  public var lastHash: EventHash { stored.last?.hash ?? .zero }
  public func head(of stream: StreamName) -> StreamVersion { heads[stream] ?? .empty }

  public func append(_ batches: [AppendBatch]) throws -> [Result<AppendReceipt, EventStoreError>] {
    try ensureOpen()
    return try batches.map { batch in
      let planner = AppendPlanner(
        lastSequence: lastSequence, head: { self.head(of: $0) },
        existing: { id in self.sequences[id].map { self.stored[$0 - 1] } })
      return try planner.places(of: batch).map { places in place(batch.drafts, at: places) }
    }
  }

  private func place(_ drafts: [EventDraft], at places: [AppendPlanner.Place]) -> AppendReceipt {
    let before = stored.count
    let sequences = zip(drafts, places).map { draft, place in
      switch place {
      case .existing(let sequence): return sequence
      case .new(let sequence, let version):
        add(draft, at: sequence, version)
        return sequence
      }
    }
    return AppendReceipt(sequences: sequences, appended: stored.count - before)
  }

  private func add(_ draft: EventDraft, at sequence: SequenceNumber, _ version: StreamVersion) {
    let previous = lastHash
    let hash = draft.withRow(sequence: sequence.value, streamVersion: version.value, previousHash: previous) {
      hasher.hash($0, after: previous)
    }
    stored.append(
      StoredEvent(sequence: sequence, streamVersion: version, draft: draft, previousHash: previous, hash: hash))
    sequences[draft.eventID] = Int(sequence.value)
    heads[draft.stream] = version
  }

  @discardableResult
  public func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    try ensureOpen()
    let first = max(from.value, 1)
    let last = min(through.value, Int64(stored.count))
    guard first <= last, limit > 0 else { return 0 }
    let count = min(Int(last - first) + 1, limit)
    for event in stored[(Int(first) - 1)..<(Int(first) - 1 + count)] {
      try event.draft.withRow(
        sequence: event.sequence.value, streamVersion: event.streamVersion.value, previousHash: event.previousHash,
        hash: event.hash, body)
    }
    return count
  }

  public func saveSnapshot(kind: ShortText, format: Int, state: [UInt8]) throws {
    try ensureOpen()
    let snapshot = LogSnapshot(sequence: lastSequence, kind: kind, format: format, state: state)
    var kept = snapshots[kind, default: []].filter { $0.snapshot.sequence != lastSequence }
    kept.append((snapshot, lastHash))
    snapshots[kind] = Array(kept.suffix(2))
  }

  public func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot? {
    try ensureOpen()
    return snapshots[kind]?.last { $0.snapshot.format == format }?.snapshot
  }

  public func checkpointWhenIdle() throws { try ensureOpen() }

  public func close() throws { isOpen = false }

  private func ensureOpen() throws {
    guard isOpen else { throw EventStoreError.closed("in memory") }
  }
}
