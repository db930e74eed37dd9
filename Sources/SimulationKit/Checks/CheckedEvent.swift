import Domain

/// An event of the log as checks see it: what it says, and where it stands.
struct CheckedEvent {
  let event: Event
  let sequence: SequenceNumber
  let recordedAt: Timestamp
  let hash: [UInt8]
}
