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
    guard let calendar = settings?.calendar, !afterMarket else { return false }
    return !calendar.isOpen(at: brokerNow)
  }

  /// Whether positions have to be read this morning before anything leaves: what an account holds may be less than the log
  /// says, and an exit of that would open the other side.
  public var isRestatementDue: Bool { restatementDueAt.map { brokerNow >= $0 } ?? false }

  /// When a request that waits for the exchange alone may leave, by our clock; `nil` where it waits for something else.
  func opening(for request: OpenRequest, follower index: Int) -> Timestamp? {
    guard let calendar = settings?.calendar, !calendar.isOpen(at: brokerNow), !isAfterMarket(request, follower: index),
      request.kind != .cancellation, allowsInSession(request.kind, request.purpose, follower: index)
    else { return nil }
    return calendar.nextOpening(after: brokerNow) + leader.clockAhead
  }

  func allows(_ request: OpenRequest, follower index: Int) -> Bool {
    allows(
      request.kind, request.purpose, afterMarket: isAfterMarket(request, follower: index), follower: index)
      && !isBarred(request)
  }

  /// Whether what waited in its lane may not leave at all any more: what it opens may not be opened now, or its contract is
  /// gone. What is barred becomes too old where it waits (rule 17).
  private func isBarred(_ request: OpenRequest) -> Bool {
    if request.kind == .cancellation { return false }
    if hasExpired(request.child.key.contract) { return true }
    guard request.kind == .placement, request.purpose == .entry,
      let instrument = instruments[request.child.key.contract]
    else { return false }
    return barToEntry(instrument) != nil
  }

  /// Why nothing may be entered in a contract now, by the calendar of the exchange; `nil` where it may be. Of entries alone:
  /// nothing but the exchange being closed holds an exit back (rule 16).
  func barToEntry(_ instrument: Instrument) -> SkipReason? {
    if hasExpired(instrument.contract) { return .contractExpired }
    if !instrument.isListed { return .instrumentUnknown }
    if bans[instrument.underlying] == brokerNow.indianDay { return .banPeriod }
    return settings?.calendar?.barToEntry(instrument, at: brokerNow)
  }

  /// Whether the last day of a contract is over: no order of any kind is for it.
  func hasExpired(_ contract: ContractID) -> Bool {
    guard let expiry = contract.option?.expiry else { return false }
    if let tradingDay, expiry < tradingDay { return true }
    return settings?.calendar != nil && expiry < brokerNow.indianDay
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
      if isAfterMarket, !state.hasExpired(key.contract) { continue }
      emit(.requestWithdrawn(RequestWithdrawn(follower: name, requestID: request.id, reason: .tooOld)))
    }
  }
}

extension ChildPlan.Action {
  /// Whether it only takes back what is there, which is right whatever became of the contract.
  var takesBack: Bool {
    switch self {
    case .cancel, .withdraw: true
    case .place, .modify: false
    }
  }
}
