import Domain

/// Decides what becomes of a batch, for every log alike: which drafts are new, where they go, or why none may.
struct AppendPlanner {
  enum Place {
    case existing(SequenceNumber)
    case new(SequenceNumber, StreamVersion)
  }

  /// Where the log stands before the batch.
  let lastSequence: SequenceNumber
  let head: (StreamName) -> StreamVersion
  /// The event with an id, whether durable or planned by an earlier batch of the same commit.
  let existing: (EventID) throws -> StoredEvent?

  /// The place of each draft. A batch that may not be appended is a failure; what is thrown comes from `existing`.
  func places(of batch: AppendBatch) throws -> Result<[Place], EventStoreError> {
    var places: [Place] = []
    var heads: [StreamName: StreamVersion] = [:]
    var met: [EventID: (draft: EventDraft, sequence: SequenceNumber)] = [:]
    var next = lastSequence.next
    for draft in batch.drafts {
      if let reason = AppendPlanner.objection(to: draft, at: next) { return .failure(reason) }
      var known = met[draft.eventID]
      if known == nil, let event = try existing(draft.eventID) { known = (event.draft, event.sequence) }
      if let known {
        guard draft.saysTheSame(as: known.draft) else { return .failure(AppendPlanner.reused(draft, known.sequence)) }
        places.append(.existing(known.sequence))
        continue
      }
      let current = heads[draft.stream] ?? head(draft.stream)
      if heads[draft.stream] == nil, let conflict = AppendPlanner.conflict(batch, draft.stream, stands: current) {
        return .failure(conflict)
      }
      heads[draft.stream] = current.next
      met[draft.eventID] = (draft, next)
      places.append(.new(next, current.next))
      next = next.next
    }
    return .success(places)
  }

  /// Why a stream does not stand where the batch expects it, or `nil` if it does.
  static func conflict(_ batch: AppendBatch, _ stream: StreamName, stands current: StreamVersion) -> EventStoreError? {
    guard let expected = batch.expected[stream] else {
      return EventStoreError(
        .invalidDraft, "An append to stream \(stream) did not say which version it expects. This is a fault of ours.")
    }
    guard expected != current else { return nil }
    return EventStoreError(
      .versionConflict,
      "Stream \(stream) stands at version \(current.value), and the append expected \(expected.value). "
        + "Fold what is new and decide again.")
  }

  /// Why a draft may not become the event at a sequence, or `nil` if it may.
  static func objection(to draft: EventDraft, at sequence: SequenceNumber) -> EventStoreError? {
    if !draft.stream.text.isPlainName || !draft.type.isPlainName {
      return invalid(draft, "its stream or type is empty or holds a control character")
    }
    if draft.schemaVersion < 1 { return invalid(draft, "its schema version is below 1") }
    if !storableTimes.contains(draft.recordedAt.microseconds)
      || !storableTimes.contains(draft.occurredAt.microseconds)
    {
      return invalid(draft, "a time of it lies outside the years 0001 to 9999")
    }
    if let causation = draft.causation, causation < .first || causation >= sequence {
      return invalid(draft, "its cause \(causation) does not come before it")
    }
    if !draft.payload.withUnsafeBytes({ CanonicalJSON.holds($0) }) {
      return invalid(draft, "its payload is not canonical JSON")
    }
    return nil
  }

  static func reused(_ draft: EventDraft, _ sequence: SequenceNumber) -> EventStoreError {
    EventStoreError(
      .eventIDReused,
      "Event id \(draft.eventID) is that of event \(sequence), which says something else. This is a fault of ours.",
      sequence: sequence)
  }

  private static func invalid(_ draft: EventDraft, _ why: String) -> EventStoreError {
    EventStoreError(
      .invalidDraft, "An event of type \(draft.type) cannot be appended: \(why). This is a fault of ours.")
  }
}

extension EventDraft {
  /// Equal but for the moment of recording.
  func saysTheSame(as other: EventDraft) -> Bool {
    stream == other.stream && type == other.type && schemaVersion == other.schemaVersion
      && occurredAt == other.occurredAt && causation == other.causation && correlation == other.correlation
      && payload == other.payload
  }
}

extension ShortText {
  /// Not empty and without control characters: what names are made of.
  var isPlainName: Bool { !isEmpty && withBytes { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F } } }
}
