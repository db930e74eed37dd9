import Domain
import Reactors

/// Frames an event for the log: its stream, its identity, when it happened and what it belongs to.
enum EventFraming {
  static func draft(
    _ event: Event, at sequence: SequenceNumber, now: Timestamp, causation: SequenceNumber?
  ) -> EventDraft {
    let payload = event.payload
    let stream = stream(of: event)
    let type = event.type.name
    let told = occurredAt(event)
    let occurred = told ?? now
    // One number that grows for observations and decisions alike: all new ids lie at the end of the index on them.
    let growing = UInt64(max(0, causation == nil ? occurred.microseconds : now.microseconds))
    return EventDraft(
      stream: stream,
      // What the broker timed is told apart by its own revision; anything else may be said twice in one commit.
      eventID: .derived(
        growing: growing, stream: stream, type: type, payload: payload, place: told == nil ? sequence : nil),
      type: type,
      schemaVersion: event.type.schemaVersion, recordedAt: now, occurredAt: occurred, causation: causation,
      correlation: correlation(of: event), payload: payload)
  }

  /// The broker's clock, where an event repeats what the broker timed.
  private static func occurredAt(_ event: Event) -> Timestamp? {
    switch event {
    case .leaderOrder(let seen): seen.picture.order.updatedAt
    case .followerOrder(let seen): seen.picture.order.updatedAt
    default: nil
    }
  }

  static func stream(of event: Event) -> StreamName {
    switch event {
    case .serviceStarted, .serviceStopping, .serviceStopped, .configurationApplied, .clockObserved: "service"
    case .instrumentSeen, .quoteSeen, .greeksSeen: "market"
    case .leaderBaseline, .leaderFunds, .leaderOrder, .leaderPositions, .productSettled, .leaderSight,
      .leaderBookRead:
      "leader"
    case .operatorCommanded, .brokerClock, .dayBegan, .diskLow, .diskRecovered: "service"
    case .accountRestated, .streamChanged, .accountBlocked, .accountUnblocked:
      follower(of: event).map(stream(of:)) ?? "leader"
    default: follower(of: event).map(stream(of:)) ?? "service"
    }
  }

  /// `follower/NAME`; a name too long for that goes by what fits, and configuration refuses such names.
  static func stream(of follower: FollowerName) -> StreamName {
    StreamName(validating: "follower/\(follower)") ?? StreamName(text: follower.text)
  }

  static func follower(of event: Event) -> FollowerName? {
    switch event {
    case .serviceStarted, .serviceStopping, .serviceStopped, .configurationApplied, .clockObserved, .brokerClock,
      .instrumentSeen, .quoteSeen, .greeksSeen, .leaderBaseline, .leaderFunds, .leaderOrder, .leaderPositions,
      .productSettled,
      .dayBegan, .leaderBookRead, .leaderSight, .diskLow, .diskRecovered:
      nil
    case .marginQuoted(let event): event.follower
    case .accountRestated(let event): event.account.follower
    case .streamChanged(let event): event.account.follower
    case .accountBlocked(let event): event.account.follower
    case .accountUnblocked(let event): event.account.follower
    case .operatorCommanded(let event): event.follower
    case .followerBaseline(let event): event.follower
    case .followerFunds(let event): event.follower
    case .followerOrder(let event): event.follower
    case .followerBookRead(let event): event.follower
    case .requestAttempted(let event): event.follower
    case .requestAccepted(let event): event.follower
    case .requestRefused(let event): event.follower
    case .requestDoubted(let event): event.follower
    case .requestWithdrawn(let event): event.follower
    case .placementRequested(let event): event.child.follower
    case .modificationRequested(let event): event.child.follower
    case .cancellationRequested(let event): event.child.follower
    case .episodeOpened(let event): event.follower
    case .episodeClosed(let event): event.follower
    case .entrySized(let event): event.follower
    case .entryForgone(let event): event.follower
    case .linkEnded(let event): event.follower
    case .alertRaised(let event): event.follower
    case .alertCleared(let event): event.follower
    case .readingWanted(let event): event.follower
    case .requestResolved(let event): event.follower
    case .orderAdopted(let event): event.child.follower
    case .followerHalted(let event): event.follower
    case .basketMarginWanted(let event): event.follower
    case .basketMarginQuoted(let event): event.follower
    case .basketSized(let event): event.follower
    case .basketBroken(let event): event.follower
    case .greeksWanted(let event): event.follower
    }
  }

  /// The leader's order (or our own link) that a chain of events is about; the broker's order for anything else.
  private static func correlation(of event: Event) -> ShortText? {
    switch event {
    case .leaderOrder(let seen): seen.picture.order.orderID.text
    case .productSettled(let event): event.orderID.text
    case .placementRequested(let request): request.child.origin.text
    case .modificationRequested(let request): request.child.origin.text
    case .cancellationRequested(let request): request.child.origin.text
    case .entrySized(let event): event.origin.text
    case .basketMarginWanted(let event): event.basket.text
    case .basketMarginQuoted(let event): event.basket.text
    case .basketSized(let event): event.basket.text
    case .basketBroken(let event): event.basket.text
    case .entryForgone(let event): event.origin.text
    case .linkEnded(let event): event.origin.text
    case .followerOrder(let seen): seen.picture.order.correlationID?.text ?? seen.picture.order.orderID.text
    case .requestAttempted(let event): event.requestID.label
    case .requestAccepted(let event): event.requestID.label
    case .requestRefused(let event): event.requestID.label
    case .requestDoubted(let event): event.requestID.label
    case .requestWithdrawn(let event): event.requestID.label
    case .requestResolved(let event): event.requestID.label
    case .orderAdopted(let event): event.child.origin.text
    case .followerHalted(let event): event.correlationID.text
    default: nil
    }
  }
}

extension RequestID {
  /// The label of the child that the request is about.
  public var label: ShortText {
    ShortText(validating: text.string.prefix { $0 != "." }) ?? text
  }
}
