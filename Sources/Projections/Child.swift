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

/// A price to which an order may have been modified, although a reading of the book did not show it.
public struct UnseenPrice: Hashable, Sendable, Codable {
  public let price: OrderPrice
  /// When the reading was asked for that did not show it.
  public let since: Timestamp
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
  /// When its placement first left the machine; `nil` while it never did.
  public internal(set) var leftAt: Timestamp?
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
  /// Its newest change had no answer: to ask for one again is a repetition.
  public internal(set) var isUnanswered = false
  /// Whether the outcome of its placement was ever unknown: another order under its label may come late (rule 29).
  public internal(set) var wasPlacedInDoubt = false
  /// A second order under the label of another child: cancelled, and closed again (rule 29).
  public internal(set) var isSurplus = false
  /// A person said which order it is, and the broker may not have any of that number.
  public internal(set) var isNumberedByHand = false
  /// Counted as ours without a request of this log; nobody knows who ended it, if it has ended.
  public internal(set) var isFound = false
  /// The order status at which a cancel was refused; asked again when it has moved (dhan-api-v2.md §4.4).
  public internal(set) var cancelRefusedAt: OrderStatus?
  /// Terms that the broker refused to modify to; not asked again until something else is wanted (rule 5).
  public internal(set) var refusedTerms: OrderTerms?
  /// The order was refused for a reason that a person has to look at.
  public internal(set) var refusalAlarms = false
  /// How often lots of it were refused before, and asked for once more (rule 5).
  public internal(set) var attempts: Int64 = 0
  /// Since when no change of it has been made although some were asked for; `nil` once one is.
  public internal(set) var changeFailsSince: Timestamp?
  /// How often in a row the broker took a change of it, and it stayed as it was.
  public internal(set) var unseenChanges: Int64 = 0
  /// The newest modification was refused because the order was on its way; asked again after a moment.
  public internal(set) var isChangeTooEarly = false
  /// A price that was asked for, in doubt, and not in the book when it was read: books lag, and it may stand there all the same.
  public internal(set) var unseenPrice: UnseenPrice?
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

  /// The limits at which it stands or may stand in the exchange's book, or will once what was asked for has arrived. A stop
  /// that waits is not in the book.
  public var limitsInBook: [Paise] {
    var prices = [asked.price]
    if let unseenPrice { prices.append(unseenPrice.price) }
    if case .working(_, _, .modification(_, let terms, _)?) = state { prices.append(terms.price) }
    return open > .zero ? prices.filter { $0.trigger == nil }.map(\.limit) : []
  }

  /// Whether the order stands otherwise than it was asked to, after changes that were refused or never made.
  public var isChangeOwed: Bool {
    changeFailsSince != nil && (refusedTerms != nil || unseenChanges > 0 || isChangeTooEarly || pendingTerms != nil)
  }

  /// Whether a request of this child waits for something, so that nothing else may be asked (level-triggered looks).
  public var isBusy: Bool {
    switch state {
    case .placing: true
    case .working(_, _, let pending): pending != nil
    case .ended, .refused, .withdrawn, .lapsed: false
    }
  }

  /// Whether its placement is decided and has not left the machine.
  public var isQueued: Bool {
    if case .placing(_, .queued) = state { return true }
    return false
  }

  /// Whether no order can be its: its placement waits, or was taken back where it waited.
  public var hasNeverLeft: Bool { leftAt == nil && !isFound }

  public var isInDoubt: Bool {
    switch state {
    case .placing(_, .inDoubt), .working(_, _, .modification(_, _, .inDoubt)),
      .working(_, _, .cancellation(_, .inDoubt)):
      true
    default: false
    }
  }

  /// Whether a reading of the book that is asked for after a settle time tells something of it, whatever it shows.
  var awaitsReading: Bool { awaitsPicture || (unseenPrice != nil && isOpen) }

  /// Whether the broker took a change of which no picture has told yet.
  public var awaitsPicture: Bool {
    if case .working(_, _, let pending?) = state { return pending.phase == .awaitingPicture }
    return false
  }

  /// The terms of a modification without an outcome.
  var pendingTerms: OrderTerms? {
    if case .working(_, _, .modification(_, let terms, _)?) = state { return terms }
    return nil
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
