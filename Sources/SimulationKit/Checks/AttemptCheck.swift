import Domain
import Projections

/// Promises 1 and 4: one open attempt of a request at a time, a second only after proof of absence; and nothing else for a child whose
/// outcome is in doubt. Looked at from the events alone, with no help of the state's.
struct AttemptCheck {
  /// How far apart two clean readings are that prove absence (rule 29).
  static let settleTime = Microseconds.seconds(5)

  private struct Attempt {
    let follower: FollowerName
    let child: ChildID
    let isPlacement: Bool
    var label: CorrelationID?
    /// What a modification asks for: a picture that shows it is its outcome.
    var terms: OrderTerms?
    var isOpen = false
    var isInDoubt = false
    var readings: [Timestamp] = []
  }

  private var attempts: [RequestID: Attempt] = [:]
  /// Whose an order is: by the requests, whatever became of them, and by adoption where no request of this log made it.
  private var bearers: [CorrelationID: ChildID] = [:]
  /// Pictures without a label are known by their number.
  private var labels: [OrderID: CorrelationID] = [:]
  /// Second orders under a label: what happens to them is no outcome of a change of the first.
  private var surplus: Set<OrderID> = []
  private(set) var repeated = 0

  mutating func take(_ event: CheckedEvent, _ findings: inout Findings) {
    switch event.event {
    case .placementRequested(let request):
      ask(
        request.requestID, request.child, label: request.correlationID, leaves: request.leavesAtOnce, event, &findings)
    case .modificationRequested(let request):
      ask(request.requestID, request.child, label: nil, leaves: request.leavesAtOnce, event, &findings)
      attempts[request.requestID]?.terms = request.terms
    case .cancellationRequested(let request):
      ask(request.requestID, request.child, label: nil, leaves: request.leavesAtOnce, event, &findings)
    case .requestAttempted(let attempt): self.attempt(attempt.requestID, event, &findings)
    case .requestAccepted(let accepted):
      if let label = attempts[accepted.requestID]?.label { labels[accepted.orderID] = label }
      attempts[accepted.requestID]?.isOpen = false
    case .requestRefused(let refused):
      attempts[refused.requestID]?.isOpen = false
      attempts[refused.requestID]?.isInDoubt = false
    case .requestWithdrawn(let withdrawn): attempts[withdrawn.requestID] = nil
    case .requestDoubted(let doubted): attempts[doubted.requestID]?.isInDoubt = true
    case .followerBookRead(let read): readBook(of: read.follower, askedAt: read.askedAt ?? event.recordedAt)
    case .orderAdopted(let order):
      if order.isSurplus { surplus.insert(order.orderID) } else { bearers[order.correlationID] = order.child }
    case .followerOrder(let seen): found(seen.picture.order, of: seen.follower)
    default: break
    }
  }

  private mutating func ask(
    _ id: RequestID, _ child: ChildID, label: CorrelationID?, leaves: Bool, _ event: CheckedEvent,
    _ findings: inout Findings
  ) {
    if attempts.values.contains(where: { $0.child == child && $0.isOpen && $0.isInDoubt }) {
      findings.fail("promise 4: event \(event.sequence): \(id) is asked for while an outcome of its child is in doubt")
    }
    if let label { bearers[label] = child }
    attempts[id] = Attempt(follower: child.follower, child: child, isPlacement: label != nil, label: label)
    if leaves { attempt(id, event, &findings) }
  }

  private mutating func attempt(_ id: RequestID, _ event: CheckedEvent, _ findings: inout Findings) {
    guard let known = attempts[id] else {
      findings.fail("promise 1: event \(event.sequence): \(id) is attempted, and nobody asked for it")
      return
    }
    if known.isOpen {
      repeated += 1
      let isAbsent =
        known.isInDoubt && known.isPlacement && known.readings.count >= 2
        && known.readings[known.readings.count - 1] - known.readings[0] >= AttemptCheck.settleTime
      if !isAbsent {
        findings.fail("promise 1: event \(event.sequence): \(id) is attempted again without proof of absence")
      }
    }
    attempts[id]?.isOpen = true
    attempts[id]?.isInDoubt = false
    attempts[id]?.readings = []
  }

  /// A change in doubt is settled by the next clean reading (rule 29); a placement counts one more reading without it.
  private mutating func readBook(of follower: FollowerName, askedAt: Timestamp) {
    for (id, attempt) in attempts where attempt.follower == follower && attempt.isInDoubt {
      if attempt.isPlacement {
        attempts[id]?.readings.append(askedAt)
      } else {
        attempts[id] = nil
      }
    }
  }

  private mutating func found(_ order: BrokerOrder, of follower: FollowerName) {
    guard let label = order.correlationID ?? labels[order.orderID], !surplus.contains(order.orderID) else { return }
    labels[order.orderID] = label
    for (id, attempt) in attempts where attempt.label == label && attempt.follower == follower {
      attempts[id]?.isOpen = false
      attempts[id]?.isInDoubt = false
    }
    // What is over takes its changes along, and a change that is seen has happened.
    for (id, attempt) in attempts where attempt.child == bearers[label] && !attempt.isPlacement {
      if order.status.isFinal
        || attempt.terms.map({ order.shows($0) }) == true
      {
        attempts[id] = nil
      }
    }
  }
}

extension BrokerOrder {
  /// Whether the order stands as a modification asks for; brokers turn a stop into a LIMIT once it has triggered.
  fileprivate func shows(_ terms: OrderTerms) -> Bool {
    guard quantity == terms.quantity, price == terms.price.limit else { return false }
    guard let trigger = terms.price.trigger else { return type == .limit }
    return triggerPrice == trigger || type == .limit
  }
}
