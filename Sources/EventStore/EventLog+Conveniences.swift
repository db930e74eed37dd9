import Domain

extension EventSource {
  /// Passes all events from one on to `body`, as ``read(from:through:limit:_:)``.
  @discardableResult
  public func read(from: SequenceNumber, _ body: (borrowing EventRow) throws -> Void) throws -> Int {
    try read(from: from, through: SequenceNumber(.max), limit: .max, body)
  }

  /// Events as values that can be kept.
  public func events(
    from: SequenceNumber = .first, through: SequenceNumber = SequenceNumber(.max), limit: Int = .max
  ) throws -> [StoredEvent] {
    var events: [StoredEvent] = []
    try read(from: from, through: through, limit: limit) { events.append(try $0.stored()) }
    return events
  }

  /// The event at a sequence, or `nil` when the log ends before it.
  public func event(at sequence: SequenceNumber) throws -> StoredEvent? {
    guard sequence >= .first else { return nil }
    return try events(from: sequence, through: sequence).first
  }
}

extension EventLog {
  public func discard() { try? close() }

  /// Appends one batch. See ``append(_:)``.
  public func append(_ drafts: [EventDraft], expecting expected: [StreamName: StreamVersion]) throws
    -> [SequenceNumber]
  {
    let results = try append([AppendBatch(drafts, expecting: expected)])
    guard results.count == 1, let result = results.first else {
      throw EventStoreError(.internalFault, "One batch was appended and \(results.count) results came back.")
    }
    return try result.get().sequences
  }
}
