import CSQLite
import Domain
import StopPoints

extension SQLiteEventLog {
  public func append(_ batches: [AppendBatch]) throws -> [Result<AppendReceipt, EventStoreError>] {
    try ensureUsable()
    guard let prepared = statements.all else { throw EventStoreError.closed(path) }
    if let results = try appendExpectingNoObjection(batches, prepared) { return results }
    return try appendOneByOne(batches, prepared)
  }

  /// Where the chain stands within a transaction; becomes the log's state with the commit.
  private struct Progress {
    var sequence: SequenceNumber
    var hash: EventHash
  }

  /// The common case: every batch may be appended and every event is new, which the index on ids tells for nothing.
  ///
  /// - Returns: `nil`, with nothing written, when it is not so.
  private func appendExpectingNoObjection(_ batches: [AppendBatch], _ prepared: WriterStatements.Prepared) throws
    -> [Result<AppendReceipt, EventStoreError>]?
  {
    var progress = Progress(sequence: lastSequence, hash: lastHash)
    var results: [Result<AppendReceipt, EventStoreError>] = []
    results.reserveCapacity(batches.count)
    var isBegun = false
    for batch in batches {
      heads.beginBatch()
      var sequences: [SequenceNumber] = []
      sequences.reserveCapacity(batch.drafts.count)
      for draft in batch.drafts {
        guard let version = heads.advance(draft.stream, expected: batch.expected),
          AppendPlanner.objection(to: draft, at: progress.sequence.next) == nil
        else { return try abandon(isBegun, prepared) }
        if !isBegun {
          try begin(prepared)
          isBegun = true
        }
        let code = insert(draft, version, &progress, prepared)
        if code == copytrade_sqlite_constraint_unique { return try abandon(isBegun, prepared) }
        guard code == SQLITE_OK else { throw rollBack(after: connection.error(code), prepared) }
        sequences.append(progress.sequence)
      }
      results.append(.success(AppendReceipt(sequences: sequences, appended: sequences.count)))
    }
    if isBegun { try commit(progress, prepared) }
    return results
  }

  private func begin(_ prepared: WriterStatements.Prepared) throws {
    let code = prepared.begin.runForCode()
    guard code != SQLITE_OK else { return }
    heads.undo()
    throw connection.error(code)
  }

  private func abandon(_ isBegun: Bool, _ prepared: WriterStatements.Prepared) throws
    -> [Result<AppendReceipt, EventStoreError>]?
  {
    heads.undo()
    if isBegun { try prepared.rollback.run() }
    return nil
  }

  /// The general case: every id is looked up before anything of its batch is written.
  private func appendOneByOne(_ batches: [AppendBatch], _ prepared: WriterStatements.Prepared) throws
    -> [Result<AppendReceipt, EventStoreError>]
  {
    try begin(prepared)
    do {
      var progress = Progress(sequence: lastSequence, hash: lastHash)
      let results = try batches.map { batch -> Result<AppendReceipt, EventStoreError> in
        let planner = AppendPlanner(
          lastSequence: progress.sequence, head: { self.heads.version(of: $0) }, existing: { try prepared.event($0) })
        switch try planner.places(of: batch) {
        case .failure(let objection): return .failure(objection)
        case .success(let places):
          return .success(try place(batch.drafts, places, batch.expected, &progress, prepared))
        }
      }
      if progress.sequence == lastSequence { try prepared.rollback.run() } else { try commit(progress, prepared) }
      return results
    } catch let failure as EventStoreError where failure.code != .poisoned {
      throw rollBack(after: failure, prepared)
    }
  }

  private func place(
    _ drafts: [EventDraft], _ places: [AppendPlanner.Place], _ expected: [StreamName: StreamVersion],
    _ progress: inout Progress, _ prepared: WriterStatements.Prepared
  ) throws -> AppendReceipt {
    heads.beginBatch()
    let before = progress.sequence
    var sequences: [SequenceNumber] = []
    for (draft, place) in zip(drafts, places) {
      switch place {
      case .existing(let sequence): sequences.append(sequence)
      case .new(_, let version):
        guard heads.advance(draft.stream, expected: expected) == version else {
          throw EventStoreError(.internalFault, "Stream \(draft.stream) moved while a batch was appended.")
        }
        let code = insert(draft, version, &progress, prepared)
        guard code == SQLITE_OK else { throw connection.error(code) }
        sequences.append(progress.sequence)
      }
    }
    return AppendReceipt(sequences: sequences, appended: Int(progress.sequence.value - before.value))
  }

  private func insert(
    _ draft: EventDraft, _ version: StreamVersion, _ progress: inout Progress, _ prepared: WriterStatements.Prepared
  ) -> Int32 {
    let sequence = progress.sequence.next
    let previous = progress.hash
    var hash = EventHash.zero
    let code = draft.withRow(sequence: sequence.value, streamVersion: version.value, previousHash: previous) { row in
      hash = hasher.hash(row, after: previous)
      return prepared.insert(row, hash: hash)
    }
    guard code == SQLITE_OK else { return code }
    progress.sequence = sequence
    progress.hash = hash
    return SQLITE_OK
  }

  private func commit(_ progress: Progress, _ prepared: WriterStatements.Prepared) throws {
    StopPoint.beforeCommit.pass()
    let code = prepared.commit.runForCode()
    guard code == SQLITE_OK else { throw rollBack(after: connection.error(code), whileCommitting: true, prepared) }
    StopPoint.afterCommit.pass()
    advance(to: progress.sequence, hash: progress.hash)
    checkpointIfOverdue()
  }

  /// Undoes the open transaction and makes sure of it: the log must stand where memory believes it does.
  ///
  /// - Returns: the error to throw: `failure`, or that the log is poisoned.
  private func rollBack(
    after failure: EventStoreError, whileCommitting: Bool = false, _ prepared: WriterStatements.Prepared
  ) -> EventStoreError {
    heads.undo()
    if connection.isInTransaction { _ = prepared.rollback.runForCode() }
    if whileCommitting, failure.code == .inputOutput {
      // The commit may lie whole in the write-ahead log though its fsync failed; a recovery would then find it.
      return poison(because: "the commit failed with an input/output error")
    }
    if connection.isInTransaction { return poison(because: "the failed transaction could not be undone") }
    do {
      let last = try connection.lastEvent()
      guard last.sequence == lastSequence, last.hash == lastHash else {
        return poison(because: "it does not stand where the last append left it; has another program written to it?")
      }
      try WriteAheadLog(connection)?.cutTail()
    } catch {
      return poison(because: "it cannot be read back after a failure")
    }
    return failure
  }
}

extension SQLiteConnection {
  func lastEvent() throws -> (sequence: SequenceNumber, hash: EventHash) {
    let statement = try prepare("SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1")
    guard try statement.step() else { return (.beforeFirst, .zero) }
    let sequence = SequenceNumber(statement.integer(0))
    guard let hash = EventHash(bytes: statement.bytes(1)) else {
      throw EventStoreError.damaged("event \(sequence) has no hash", at: sequence)
    }
    return (sequence, hash)
  }
}
