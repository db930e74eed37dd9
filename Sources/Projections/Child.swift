import Domain

/// How far a call about a child has come.
public enum CallPhase: String, Hashable, Sendable, Codable {
  /// Decided, waiting in the account's lane; nothing has left the machine.
  case queued
  /// Attempted, without an outcome.
  case inFlight
  /// The broker took it; only stream or book tell what became of it (rule 5).
  case awaitingPicture
  case inDoubt
}

/// A change that was requested for a working child and is not yet seen.
public enum PendingChange: Hashable, Sendable, Codable {
  case modification(RequestID, OrderTerms, CallPhase)
  case cancellation(RequestID, CallPhase)

  public var requestID: RequestID {
    switch self {
    case .modification(let id, _, _), .cancellation(let id, _): id
    }
  }
  public var phase: CallPhase {
    get {
      switch self {
      case .modification(_, _, let phase), .cancellation(_, let phase): phase
      }
    }
    set {
      switch self {
      case .modification(let id, let terms, _): self = .modification(id, terms, newValue)
      case .cancellation(let id, _): self = .cancellation(id, newValue)
      }
    }
  }
}

public enum ChildState: Hashable, Sendable, Codable {
  /// The placement has no outcome yet.
  case placing(RequestID, CallPhase)
  /// The broker has it, under this number and in this status.
  case working(OrderID, OrderStatus, PendingChange?)
  case ended(OrderID, OrderStatus)
  case refused(RefusalClass)
  /// The placement was taken back before it left.
  case withdrawn
  /// The day ended before anybody knew what became of the placement; only positions can tell.
  case lapsed
}

/// One broker order of a link, as far as the log knows it.
public struct Child: Hashable, Sendable, Codable {
  /// How long a change that the broker took may stay unseen before a clean reading of the book settles it.
  static let settleTime = Microseconds.seconds(5)

  public let number: Int64
  public let generation: Int64
  public let label: CorrelationID
  public let side: Side
  public let purpose: ChildPurpose
  public let afterMarket: Bool
  public let requestedBy: SequenceNumber
  public let requestedAt: Timestamp
  /// What we last asked for: the difference to what is desired is measured against this (rule 5).
  public internal(set) var asked: OrderTerms
  /// The event with which it was last asked for.
  public internal(set) var lastAskedBy: SequenceNumber
  public internal(set) var filled: Quantity = .zero
  public internal(set) var averagePrice: Paise = .zero
  public internal(set) var state: ChildState
  public internal(set) var modifications: Int64 = 0
  public internal(set) var cancellations: Int64 = 0
  /// When the newest request about the child was decided.
  public internal(set) var lastAskedAt: Timestamp
  /// When the newest modification was decided; `nil` before the first.
  public internal(set) var lastModifiedAt: Timestamp?
  /// The broker or a person ended the order before it was filled, and did not say no to it.
  public internal(set) var wasTakenAway = false
  /// Since when it has been asked to go; `nil` where the newest wish was another.
  public internal(set) var cancelWantedSince: Timestamp?
  /// Whether an outcome of any of its requests was ever unknown: what was given up may have been taken late (rule 27).
  public internal(set) var wasInDoubt = false
  /// The same of its placement: another order under its label may come late (rule 29).
  public internal(set) var wasPlacedInDoubt = false
  /// A second order under the label of another child: cancelled, and closed again (rule 29).
  public internal(set) var isSurplus = false
  /// Counted as ours without a request of this log; nobody knows who ended it, if it has ended.
  public internal(set) var isFound = false
  /// The order status at which a cancel was refused; asked again when it has moved (dhan-api-v2.md §4.4).
  public internal(set) var cancelRefusedAt: OrderStatus?
  /// Terms that the broker refused to modify to; not asked again.
  public internal(set) var refusedTerms: OrderTerms?
  /// What the refusal of the order itself means; `nil` where it was not refused, or nothing says what refusals mean.
  public internal(set) var refusal: RefusalMeaning?

  /// Whether the order can still fill, as far as anybody knows.
  public var isOpen: Bool {
    switch state {
    case .placing, .working: true
    case .ended, .refused, .withdrawn, .lapsed: false
    }
  }

  /// Whether the broker has it, as far as is known, and nobody takes it back: only such an order can be re-priced.
  public var rests: Bool {
    guard case .working(_, _, let pending) = state, open > .zero else { return false }
    if case .cancellation? = pending { return false }
    return true
  }

  /// Units that are working, in flight or in doubt. While a reduction is not confirmed the larger quantity counts.
  public var open: Quantity {
    switch state {
    case .placing: max(.zero, asked.quantity - filled)
    case .working(_, _, let pending):
      if case .modification(_, let terms, _)? = pending {
        max(.zero, max(asked.quantity, terms.quantity) - filled)
      } else {
        max(.zero, asked.quantity - filled)
      }
    case .ended, .refused, .withdrawn, .lapsed: .zero
    }
  }

  /// The limits at which it stands in the exchange's book, or will once what was asked for has arrived. A stop that waits is
  /// not in the book.
  public var limitsInBook: [Paise] {
    var prices = [asked.price]
    if case .working(_, _, .modification(_, let terms, _)?) = state { prices.append(terms.price) }
    return open > .zero ? prices.filter { $0.trigger == nil }.map(\.limit) : []
  }

  /// Whether a request of this child waits for something, so that nothing else may be asked (level-triggered looks).
  public var isBusy: Bool {
    switch state {
    case .placing: true
    case .working(_, _, let pending): pending != nil
    case .ended, .refused, .withdrawn, .lapsed: false
    }
  }

  public var isInDoubt: Bool {
    switch state {
    case .placing(_, .inDoubt), .working(_, _, .modification(_, _, .inDoubt)),
      .working(_, _, .cancellation(_, .inDoubt)):
      true
    default: false
    }
  }

  /// Whether the broker took a change of which no picture has told yet.
  public var awaitsPicture: Bool {
    if case .working(_, _, let pending?) = state { return pending.phase == .awaitingPicture }
    return false
  }

  /// The terms of a modification that is decided and has not left the machine.
  public var queuedTerms: OrderTerms? {
    if case .working(_, _, .modification(_, let terms, .queued)?) = state { return terms }
    return nil
  }

  /// The request of ``queuedTerms``.
  public var queuedModification: RequestID? {
    if case .working(_, _, .modification(let request, _, .queued)?) = state { return request }
    return nil
  }

  public var orderID: OrderID? {
    switch state {
    case .working(let id, _, _), .ended(let id, _): id
    case .placing, .refused, .withdrawn, .lapsed: nil
    }
  }

  /// Since when the broker has had it without a word that it reached the exchange; `nil` where it has not, or did.
  public var inTransitSince: Timestamp? {
    if case .working(_, .transit, nil) = state { return lastAskedAt }
    return nil
  }

  public var isCancelling: Bool {
    if case .working(_, _, .cancellation) = state { return true }
    return false
  }
}

/// One leader order for one follower, with the children it sent (or a link of the engine's own, rule 1).
public struct Link: Hashable, Sendable, Codable {
  public let origin: LinkOrigin
  /// `nil` for a link of our own.
  public let leaderOrder: OrderID?
  public let firstSeen: SequenceNumber
  public internal(set) var children: [Child] = []
  /// Units that this link's children opened for the follower, by the leader's segment, and closed.
  public internal(set) var openings: [SegmentOpening] = []
  public internal(set) var closed: Quantity = .zero
  /// Lots of this link that will not be entered (rule 3).
  public internal(set) var forgone: Lots = .zero
  /// Set when the whole link may not enter.
  public internal(set) var entryBlocked: SkipReason?
  /// Why lots were last forgone.
  public internal(set) var lastReason: SkipReason?
  /// Frozen lots of this entry, where they do not follow from a ratio.
  public internal(set) var sizedLots: Lots?
  /// What it takes of a basket; `nil` for an order that is copied for itself (rule 23).
  public internal(set) var basket: BasketPart?
  /// What the broker refused of an exit; not tried again until another total is desired.
  public internal(set) var refusedExit: RefusedExit?
  /// Until when nothing new is asked for, after a refusal that passes.
  public internal(set) var pausedUntil: Timestamp?
  public internal(set) var end: LinkEnd?
  /// The part of ``closed`` that belongs to episodes before the open one.
  public internal(set) var closedInEarlierEpisodes: Quantity = .zero
  /// What the leader order had closed, of the segment in which the episode began, before it began.
  public internal(set) var closedBefore: Quantity = .zero
  /// For a link of our own: how many units it has to close.
  public internal(set) var ownTarget: Quantity = .zero

  public var opened: Quantity { openings.reduce(into: .zero) { $0 += $1.opened } }
  public func opened(in segment: Int64) -> Quantity {
    openings.reduce(into: .zero) { if $1.segment == segment { $0 += $1.opened } }
  }
  /// Units that surplus orders of this link opened and that are not closed again (rule 29).
  public var surplus: Quantity { openings.reduce(into: .zero) { $0 += $1.surplus } }
  public func surplus(in segment: Int64) -> Quantity {
    openings.reduce(into: .zero) { if $1.segment == segment { $0 += $1.surplus } }
  }
  public func open(_ purpose: ChildPurpose) -> Quantity {
    children.reduce(into: .zero) { if $1.purpose == purpose { $0 += $1.open } }
  }
  /// How many orders of this purpose were refused for this.
  public func refusals(_ meaning: RefusalMeaning, _ purpose: ChildPurpose) -> Int {
    children.count { $0.refusal == meaning && $0.purpose == purpose }
  }
  public var isQuiet: Bool { !children.contains(where: \.isOpen) }

  /// Notes that so many lots of an exit were refused. Of several orders for one total each may be.
  mutating func refuseExit(of lost: Lots, _ lot: LotSize) {
    let standing = lot.wholeLots(in: closed + open(.exit))
    var lots = lost
    if let known = refusedExit, known.total == standing + lost + known.lots { lots += known.lots }
    refusedExit = RefusedExit(total: standing + lots, lots: lots)
  }

  /// How often an exit that was taken away is placed again.
  static let replacements = 3
  /// Exits that were taken away.
  var takenAway: Int {
    children.count { $0.purpose == .exit && $0.wasTakenAway && $0.asked.validity != .immediateOrCancel }
  }
}

/// Lots of an exit that the broker refused, and the total of lots to close of which they were a part.
public struct RefusedExit: Hashable, Sendable, Codable {
  public let total: Lots
  public let lots: Lots
}

extension LinkEnd: Codable {
  private enum Keys: String, CodingKey { case end, lots, reason }
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    switch try container.decode(String.self, forKey: .end) {
    case "copied": self = .copied(try container.decode(Lots.self, forKey: .lots))
    case "skipped": self = .skipped(try container.decode(SkipReason.self, forKey: .reason))
    case "too_old": self = .tooOld
    default: self = .refused
    }
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    switch self {
    case .copied(let lots):
      try container.encode("copied", forKey: .end)
      try container.encode(lots, forKey: .lots)
    case .skipped(let reason):
      try container.encode("skipped", forKey: .end)
      try container.encode(reason, forKey: .reason)
    case .tooOld: try container.encode("too_old", forKey: .end)
    case .refused: try container.encode("refused", forKey: .end)
    }
  }
}

extension Child {
  /// The same child as if the modification that still waits had not been decided. For plans; never folded into a state.
  public var withoutQueuedModification: Child {
    guard queuedTerms != nil, case .working(let id, let status, _) = state else { return self }
    var copy = self
    copy.state = .working(id, status, nil)
    return copy
  }

  /// Makes the child look finished. For plans that must not touch it; never folded into a state.
  public mutating func hideOpen() { state = .withdrawn }
}
