import Domain
import Projections

/// What keeps a request in its lane although the account can trade: the exchange is closed, or what the account holds has not
/// been read since the day began (rule 6).
extension State {
  /// Whether a request of this kind has to wait.
  ///
  /// A cancel never does. Nothing is sent that the exchange would only refuse: a refusal is not tried again (rule 5), and an
  /// exit that was missed overnight has to leave with the opening.
  func isHeldBack(_ kind: RequestKind, _ purpose: ChildPurpose, afterMarket: Bool, follower index: Int) -> Bool {
    if kind == .cancellation { return false }
    if isRestatementDue, lacksRestatement(.follower(followers[index].name)) { return true }
    if isRestatementDue, purpose == .entry, lacksRestatement(.leader) { return true }
    guard let session = settings?.session, !afterMarket else { return false }
    return !session.holds(brokerNow)
  }

  /// Whether positions have to be read this morning before anything leaves: what an account holds may be less than the log
  /// says, and an exit of that would open the other side.
  public var isRestatementDue: Bool { restatementDueAt.map { brokerNow >= $0 } ?? false }

  /// When a request that waits for the exchange alone may leave, by our clock; `nil` where it waits for something else.
  func opening(for request: OpenRequest, follower index: Int) -> Timestamp? {
    guard let session = settings?.session, !session.holds(brokerNow), !isAfterMarket(request, follower: index),
      request.kind != .cancellation, allowsInSession(request.kind, request.purpose, follower: index)
    else { return nil }
    return session.nextOpening(after: brokerNow) + leader.clockAhead
  }

  func allows(_ request: OpenRequest, follower index: Int) -> Bool {
    allows(
      request.kind, request.purpose, afterMarket: isAfterMarket(request, follower: index), follower: index)
  }

  private func isAfterMarket(_ request: OpenRequest, follower index: Int) -> Bool {
    followers[index].child(request.child)?.afterMarket ?? false
  }
}

extension DecisionPass {
  /// Takes back what waited in its lane over the end of its day; what is still wanted is decided anew (rule 17).
  mutating func withdrawYesterdays(_ key: PositionKey, follower index: Int) {
    guard let day = state.tradingDay else { return }
    let start = day.startInIndia + state.leader.clockAhead
    let name = state.followers[index].name
    for request in state.followers[index].outbox.requests
    where request.child.key == key && request.attemptedAt == nil && request.requestedAt < start {
      let isAfterMarket = state.followers[index].child(request.child)?.afterMarket ?? false
      if isAfterMarket { continue }
      emit(.requestWithdrawn(RequestWithdrawn(follower: name, requestID: request.id, reason: .tooOld)))
    }
  }
}
