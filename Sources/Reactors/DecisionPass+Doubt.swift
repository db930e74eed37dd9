import Domain
import Projections

extension DecisionPass {
  /// How far apart two readings of the book must have been asked for before absence counts as proof (rule 29).
  static let settleTime = Microseconds.seconds(5)

  /// A placement in doubt that two clean readings did not show, or of which a person said so, was never placed: it is attempted
  /// again under its own label while it is fresh and wanted, or taken back (rules 29 and 30).
  mutating func settleDoubt(_ key: PositionKey, follower index: Int) {
    guard let settings = state.settings else { return }
    let name = state.followers[index].name
    for request in state.followers[index].outbox.requests where request.child.key == key && request.isProvenAbsent {
      let mayLeave = state.allows(request, follower: index)
      // A blocked account is waited for under the same label: another one beside it could not be told from it, were the first
      // taken late after all.
      let isBarred = !mayLeave && state.followers[index].access.blockage == nil
      let end = request.requestedAt + settings.entries.maximumAge + Microseconds(1)
      let isOld = request.purpose == .entry && (isBarred || now >= end)
      if request.purpose == .entry, !mayLeave, !isOld { wake(at: end) }
      if isOld || !isWanted(request, follower: index) {
        let reason: WithdrawalReason = isOld ? .tooOld : .desiredChanged
        emit(.requestWithdrawn(RequestWithdrawn(follower: name, requestID: request.id, reason: reason)))
      } else if case let moment = state.followers[index].mayRepeat(at: now), now < moment {
        wake(at: moment)
      } else if mayLeave {
        emit(.requestAttempted(RequestAttempted(follower: name, requestID: request.id)))
      }
    }
  }

  /// Whether the link of a placement still wants all that works of it.
  private func isWanted(_ request: OpenRequest, follower index: Int) -> Bool {
    let origin = request.child.origin
    guard let view = KeyView(state, key: request.child.key, follower: index),
      let place = view.ledger.links.lastIndex(where: { $0.origin == origin })
    else { return false }
    let link = view.ledger.links[place]
    switch request.purpose {
    case .entry where meetsOwner(request, follower: index): return false
    case .entry:
      guard let plan = view.entryPlan, let position = plan.position(of: origin) else { return false }
      let standing = plan.filled[position] + view.lot.wholeLots(in: link.open(.entry))
      return plan.allotted[position].desired >= standing
    case .exit where link.leaderOrder == nil:
      return view.ledger.held.magnitude >= view.ledger.open(.exit)
    case .exit:
      return view.exitDemands[place].total >= view.lot.wholeLots(in: link.closed + link.open(.exit))
    }
  }
}

extension OpenRequest {
  /// Whether it is certain that the broker does not have it (rules 28 to 30).
  var isProvenAbsent: Bool {
    guard kind == .placement, isInDoubt else { return false }
    if isKnownAbsent { return true }
    guard absentReadings >= 2, let firstAbsentAt, let lastAbsentAt else { return false }
    return lastAbsentAt - firstAbsentAt >= DecisionPass.settleTime
  }
}
