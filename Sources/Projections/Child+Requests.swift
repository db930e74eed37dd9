import Domain

extension Child {
  /// How often a change that the broker took, and that nobody sees, is asked for.
  private static let unseenLimit: Int64 = 3

  mutating func giveUpChange() {
    guard case .working(let id, let status, let pending?) = state else { return }
    if case .modification(_, let terms, _) = pending {
      unseenChanges += 1
      changeFailsSince = changeFailsSince ?? lastModifiedAt
      if unseenChanges >= Child.unseenLimit { refusedTerms = terms }
    }
    state = .working(id, status, nil)
  }

  /// A reading did not show the change that was in doubt: the order stands as it was, as far as that book knows.
  mutating func giveUpDoubted(readingAskedAt: Timestamp) {
    if let pendingTerms, pendingTerms.price != asked.price {
      unseenPrice = UnseenPrice(price: pendingTerms.price, since: readingAskedAt)
    }
    withdrawRequest()
  }

  mutating func doubt(_ kind: RequestKind) {
    wasInDoubt = true
    if kind == .placement { wasPlacedInDoubt = true } else { isUnanswered = true }
    setPhase(.inDoubt)
  }

  /// The number that a person gave belongs to no order: what became of the placement is unknown again.
  mutating func numberIsWrong(_ placement: RequestID) {
    isNumberedByHand = false
    state = .placing(placement, .inDoubt)
  }

  mutating func setPhase(_ phase: CallPhase) {
    switch state {
    case .placing(let id, _): state = .placing(id, phase)
    case .working(let id, let status, var pending?):
      pending.phase = phase
      state = .working(id, status, pending)
    default: break
    }
  }

  mutating func withdrawRequest() {
    switch state {
    case .placing: state = .withdrawn
    case .working(let id, let status, _): state = .working(id, status, nil)
    default: break
    }
  }

  mutating func accept(_ request: RequestID, orderID: OrderID) {
    isUnanswered = false
    switch state {
    case .placing: state = .working(orderID, .transit, nil)
    case .working(let id, let status, var pending?) where pending.requestID == request:
      pending.phase = .awaitingPicture
      state = .working(id, status, pending)
    default: break
    }
  }

  mutating func refuse(_ refusal: RefusalClass) {
    isUnanswered = false
    switch state {
    case .placing: state = .refused(refusal)
    case .working(let id, let status, .modification(_, let terms, _)?):
      // An order in TRANSIT is not changed yet; its terms are as good as before.
      isChangeTooEarly = refusal == .inTransit
      changeFailsSince = changeFailsSince ?? lastModifiedAt
      if !isChangeTooEarly { refusedTerms = terms }
      state = .working(id, status, nil)
    case .working(let id, let status, .cancellation?):
      cancelRefusedAt = status
      state = .working(id, status, nil)
    default: break
    }
  }
}
