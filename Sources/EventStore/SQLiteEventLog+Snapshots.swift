import CSQLite
import Domain
import StopPoints

extension SQLiteEventLog {
  public func saveSnapshot(kind: ShortText, format: Int, state: [UInt8]) throws {
    try ensureUsable()
    guard kind.isPlainName else {
      throw EventStoreError(
        .invalidDraft, "A snapshot needs a kind without control characters. This is a fault of ours.")
    }
    try connection.execute("BEGIN IMMEDIATE")
    do {
      try insertSnapshot(kind, format, state)
      StopPoint.savingSnapshot.pass()
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      // A snapshot may be lost at any time, but what a failed synchronising left must not lie under the next append.
      if let failure = error as? EventStoreError, failure.code == .inputOutput {
        throw poison(because: "a snapshot failed with an input/output error")
      }
      if connection.isInTransaction { throw poison(because: "a failed snapshot could not be undone") }
      throw error
    }
    checkpointIfOverdue()
  }

  private func insertSnapshot(_ kind: ShortText, _ format: Int, _ state: [UInt8]) throws {
    let insert = try connection.prepare("INSERT OR REPLACE INTO snapshots VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    let prune = try connection.prepare(
      """
      DELETE FROM snapshots WHERE kind = ?1 AND sequence NOT IN
        (SELECT sequence FROM snapshots WHERE kind = ?1 ORDER BY sequence DESC LIMIT 2)
      """)
    let heads = StoredSnapshot.text(of: heads.versions)
    try kind.withBytes { kind in
      try lastHash.withBytes { eventHash in
        try heads.withUnsafeBytes { heads in
          try state.withUnsafeBytes { state in
            let checksum = StoredSnapshot.checksum(
              sequence: lastSequence.value, kind: kind, format: Int64(format), eventHash: eventHash, heads: heads,
              state: state)
            insert.bind(1, lastSequence.value)
            insert.bindText(2, kind)
            insert.bind(3, Int64(format))
            insert.bindBlob(4, eventHash)
            insert.bindText(5, heads)
            insert.bindBlob(6, state)
            try checksum.withBytes {
              insert.bindBlob(7, $0)
              try insert.run()
            }
          }
        }
      }
      prune.bindText(1, kind)
      try prune.run()
    }
  }

  public func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot? {
    try ensureUsable()
    return try connection.newestSnapshot(kind: kind, format: format, withState: true)?.snapshot
  }
}
