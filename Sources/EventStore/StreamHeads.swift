import Domain

/// The version of every stream, with what an open transaction has done to them, which can be kept or undone.
struct StreamHeads {
  private struct Head {
    var version: StreamVersion
    /// Which batch moved it last.
    var batch = 0
  }

  private var heads: [StreamName: Head] = [:]
  /// What the heads were that the open transaction has moved, in its order.
  private var moved: [(stream: StreamName, before: Head)] = []
  private var batch = 0

  init(_ versions: [StreamName: StreamVersion]) { heads = versions.mapValues { Head(version: $0) } }

  func version(of stream: StreamName) -> StreamVersion { heads[stream]?.version ?? .empty }

  var versions: [StreamName: StreamVersion] { heads.mapValues(\.version) }

  /// Begins a batch: what it expects of a stream holds for its first event there.
  mutating func beginBatch() { batch += 1 }

  /// Moves a stream to its next version and returns that; `nil`, with nothing moved, when this is the first event of
  /// the batch there and the stream does not stand where `expected` says.
  @inline(__always)
  mutating func advance(_ stream: StreamName, expected: [StreamName: StreamVersion]) -> StreamVersion? {
    let batch = self.batch
    var before = Head(version: .empty)
    let move = { (head: inout Head) -> StreamVersion? in
      before = head
      if head.batch != batch, expected[stream] != head.version { return nil }
      head = Head(version: head.version.next, batch: batch)
      return head.version
    }
    let version = move(&heads[stream, default: Head(version: .empty)])
    moved.append((stream, before))
    return version
  }

  /// Makes what the transaction did the truth.
  mutating func keep() { moved.removeAll(keepingCapacity: true) }

  /// Goes back to where the heads stood before the transaction.
  mutating func undo() {
    for (stream, before) in moved.reversed() { heads[stream] = before.version == .empty ? nil : before }
    moved.removeAll(keepingCapacity: true)
  }
}
