import Domain

/// Events that are appended all or none, together with what they were decided upon.
public struct AppendBatch: Equatable, Sendable {
  public var drafts: [EventDraft]
  /// The exact version of every stream that the drafts touch, before them.
  public var expected: [StreamName: StreamVersion]

  public init(_ drafts: [EventDraft], expecting expected: [StreamName: StreamVersion]) {
    self.drafts = drafts
    self.expected = expected
  }
}

/// Where the events of a batch lie in the log, once they are durable.
public struct AppendReceipt: Equatable, Sendable {
  /// One sequence for each draft, in their order.
  public let sequences: [SequenceNumber]
  /// How many of the drafts were new; the others had been appended before.
  public let appended: Int

  public init(sequences: [SequenceNumber], appended: Int) {
    self.sequences = sequences
    self.appended = appended
  }
}
