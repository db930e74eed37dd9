import Domain
import Projections

extension DecisionPass {
  /// Turns the actions of a plan into durable requests.
  mutating func request(
    _ actions: [ChildPlan.Action], key: PositionKey, follower index: Int, origin: LinkOrigin, side: Side,
    purpose: ChildPurpose, afterMarket: Bool = false, why: Arithmetic
  ) {
    for action in actions {
      guard let settings = state.settings else { return }
      let name = state.followers[index].name
      let children = state.followers[index].ledgers[key]?.links.last { $0.origin == origin }?.children ?? []
      if state.hasExpired(key.contract), !action.takesBack { continue }
      switch action {
      case .place(let terms):
        var number = (children.map(\.number).max() ?? 0) + 1
        var child = ChildID(follower: name, origin: origin, number: number)
        var label = CorrelationID(leader: settings.leader, child: child)
        // An older log may have found a copy of the same order under the other product (rules 8 and 26): it keeps its label.
        while state.followers[index].knows(label) {
          number += 1
          child = ChildID(follower: name, origin: origin, number: number)
          label = CorrelationID(leader: settings.leader, child: child)
        }
        let leaves = leavesAtOnce(.placement, purpose, afterMarket: afterMarket, follower: index)
        emit(
          .placementRequested(
            PlacementRequested(
              child: child, correlationID: label, requestID: RequestID(label, .placement, 1), key: key, side: side,
              purpose: purpose, terms: terms, afterMarket: afterMarket, leavesAtOnce: leaves, why: why)))
      case .modify(let position, let terms):
        let known = children[position]
        if mustWaitToRepeat(known, follower: index) { continue }
        let leaves = leavesAtOnce(.modification, purpose, afterMarket: known.afterMarket, follower: index)
        emit(
          .modificationRequested(
            ModificationRequested(
              child: known.id(follower: name, origin: origin),
              requestID: RequestID(known.label, .modification, known.modifications + 1), terms: terms,
              leavesAtOnce: leaves, why: why)))
      case .cancel(let position):
        let known = children[position]
        if mustWaitToRepeat(known, follower: index) { continue }
        let leaves = leavesAtOnce(.cancellation, purpose, afterMarket: known.afterMarket, follower: index)
        emit(
          .cancellationRequested(
            CancellationRequested(
              child: known.id(follower: name, origin: origin),
              requestID: RequestID(known.label, .cancellation, known.cancellations + 1), leavesAtOnce: leaves, why: why)
          ))
      case .withdraw(let position):
        let queued: RequestID?
        if case .placing(let id, .queued) = children[position].state {
          queued = id
        } else {
          queued = children[position].queuedModification
        }
        guard let request = queued else { continue }
        emit(
          .requestWithdrawn(
            RequestWithdrawn(follower: name, requestID: request, reason: .desiredChanged)))
      }
    }
  }

  /// Whether a change waits because the broker answered none of late, of this order too: asked for every second it would use
  /// up what exits need when he answers again (rule 39).
  private mutating func mustWaitToRepeat(_ child: Child, follower index: Int) -> Bool {
    let moment = state.followers[index].mayRepeat(at: now)
    guard child.isUnanswered, now < moment else { return false }
    wake(at: moment)
    return true
  }

  /// Whether the request may leave in the commit that decides it: the budget has room and nothing more urgent waits.
  private func leavesAtOnce(
    _ kind: RequestKind, _ purpose: ChildPurpose, afterMarket: Bool, follower index: Int
  ) -> Bool {
    guard state.allows(kind, purpose, afterMarket: afterMarket, follower: index) else { return false }
    let urgency = Lane.urgency(kind, purpose)
    let waits = state.followers[index].outbox.requests.contains {
      $0.isWaiting(at: now) && Lane.urgency($0.kind, $0.purpose) <= urgency
        && state.allows($0, follower: index) && state.heldUntilRead($0, follower: index) == nil
    }
    return !waits && state.followers[index].budget.roomAt(now, keeping: Lane.reserve(urgency)) <= now
  }
}

extension Child {
  func id(follower: FollowerName, origin: LinkOrigin) -> ChildID {
    ChildID(follower: follower, origin: origin, number: number, generation: generation)
  }
}

/// How urgent a request is: exits, cancels, modifications, entries (rule 39). The smaller leaves first.
public enum Urgency: Int, Comparable, CaseIterable, Sendable {
  case exit, cancel, modification, entry

  public static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
}

/// The order in which the requests of one account leave (rule 39).
public enum Lane {
  public static func urgency(_ kind: RequestKind, _ purpose: ChildPurpose) -> Urgency {
    switch (kind, purpose) {
    case (.placement, .exit): .exit
    case (.cancellation, _): .cancel
    case (.modification, _): .modification
    case (.placement, .entry): .entry
    }
  }

  /// Tenths of every limit that are left to what is more urgent. Ladders re-price every few seconds and could spend an hour's
  /// calls alone; new exits and cancels find room nevertheless.
  static func reserve(_ urgency: Urgency) -> Int {
    switch urgency {
    case .exit, .cancel: 0
    case .modification: 1
    case .entry: 2
    }
  }
}

extension DecisionPass {
  /// Lets queued requests leave, the most urgent first, as far as each account's budget has room.
  mutating func releaseLanes() {
    for index in state.followers.indices {
      let name = state.followers[index].name
      let queued = state.followers[index].outbox.requests.filter {
        $0.isWaiting(at: now) && state.allows($0, follower: index) && state.heldUntilRead($0, follower: index) == nil
      }
      if queued.isEmpty { continue }
      let byUrgency = queued.enumerated().sorted {
        let (left, right) = (
          Lane.urgency($0.element.kind, $0.element.purpose), Lane.urgency($1.element.kind, $1.element.purpose)
        )
        return left != right ? left < right : $0.offset < $1.offset
      }
      for (_, request) in byUrgency {
        let reserve = Lane.reserve(Lane.urgency(request.kind, request.purpose))
        guard state.followers[index].budget.roomAt(now, keeping: reserve) <= now else { break }
        emit(.requestAttempted(RequestAttempted(follower: name, requestID: request.id)))
      }
    }
  }
}

extension State {
  /// The moment at which a lane has room again, a pause is over or a waiting entry becomes too old; `nil` when nothing
  /// waits for the clock.
  public var nextDue: Timestamp? {
    var due: Timestamp?
    func note(_ moment: Timestamp) { due = min(due ?? moment, moment) }
    for (index, account) in followers.enumerated() {
      for request in account.outbox.requests where request.attemptedAt == nil {
        if let end = endOfAge(request, follower: index) { note(end) }
        guard allows(request, follower: index) else {
          if let opening = opening(for: request, follower: index) { note(opening) }
          continue
        }
        if let held = heldUntilRead(request, follower: index) {
          if held < .latest { note(held) }
          continue
        }
        let reserve = Lane.reserve(Lane.urgency(request.kind, request.purpose))
        note(max(account.budget.roomAt(now, keeping: reserve), request.notBefore ?? now))
      }
    }
    return due
  }

  /// Whether a request of this kind may be sent for the follower at all: the service runs, the follower is configured to
  /// send and can trade, the operator allows it (rules 36 and 38), and the exchange is open.
  public func allows(
    _ kind: RequestKind, _ purpose: ChildPurpose, afterMarket: Bool = false, follower index: Int
  ) -> Bool {
    allowsInSession(kind, purpose, follower: index)
      && !isHeldBack(kind, purpose, afterMarket: afterMarket, follower: index)
  }

  /// The same while the exchange is open and positions are known.
  func allowsInSession(_ kind: RequestKind, _ purpose: ChildPurpose, follower index: Int) -> Bool {
    let account = followers[index]
    if kind == .placement, purpose == .entry, leader.blindSince != nil { return false }
    guard isRunning, account.settings.sends, account.isConfigured, account.access.blockage == nil else { return false }
    switch mode(ofFollower: index) {
    case .running: return true
    case .closeOnly: return purpose == .exit || kind == .cancellation
    case .halted: return kind == .cancellation
    }
  }

  /// When an entry that still waits in the lane is too old to leave (rule 17).
  func endOfAge(_ request: OpenRequest, follower index: Int) -> Timestamp? {
    guard request.kind == .placement, request.purpose == .entry, let settings, followers[index].settings.sends
    else { return nil }
    return request.requestedAt + settings.entries.maximumAge + Microseconds(1)
  }
}
