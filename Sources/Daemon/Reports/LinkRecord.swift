import Domain

/// What was decided about one order of the leader for one follower, requests apart.
public struct LinkRecord: Sendable {
  /// Lots that are not entered, and why.
  public struct Forgone: Sendable {
    public let sequence: SequenceNumber
    /// Zero when the whole link may not enter.
    public let lots: Lots
    public let reason: SkipReason
  }

  public internal(set) var forgone: [Forgone] = []
  /// Whether an order of ours was ever requested for it.
  public internal(set) var hasOrders = false
  public internal(set) var end: LinkEnd?
  public internal(set) var endedAt: Timestamp?

  /// The lots given up in all.
  public var lotsForgone: Lots { forgone.reduce(.zero) { $0 + $1.lots } }
  /// Why lots were given up, each reason once, in the order in which they came.
  public var reasons: [SkipReason] {
    forgone.map(\.reason).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension OrderHistory {
  mutating func takeLink(_ entry: LogEntry) {
    switch entry.event {
    case .entryForgone(let event):
      links[LinkID(follower: event.follower, origin: event.origin), default: LinkRecord()].forgone.append(
        LinkRecord.Forgone(sequence: entry.sequence, lots: event.lots, reason: event.reason))
    case .linkEnded(let event):
      let id = LinkID(follower: event.follower, origin: event.origin)
      links[id, default: LinkRecord()].end = event.end
      links[id]?.endedAt = entry.recordedAt
    default: break
    }
  }
}
