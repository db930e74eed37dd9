import Domain
import Projections

/// Rule 23: legs that belong together are sized in the leader's proportions, and none that sells is asked for before those that buy
/// are there.
extension Checks {
  mutating func checkBaskets(_ event: Event) {
    switch event {
    case .basketSized(let sized):
      for (left, right) in zip(sized.legs, sized.legs.dropFirst())
      where left.lots.count * right.leaderLots.count != right.lots.count * left.leaderLots.count {
        findings.fail("rule 23: event \(folded.lastSequence): \(left.origin) and \(right.origin) are sized differently")
      }
    case .placementRequested(let request) where request.purpose == .entry && request.side == .sell:
      guard let account = folded.account(request.child.follower),
        let part = ledger(request.child.follower, request.key)?.links.last(where: { $0.origin == request.child.origin }
        )?
        .basket
      else { return }
      for (key, ledger) in account.ledgers {
        guard let lot = folded.instruments[key.contract]?.lotSize else { continue }
        for link in ledger.links where link.basket?.basket == part.basket && link.end == nil {
          guard let side = link.leaderOrder.flatMap({ folded.leader.orders[$0] })?.order.side, side == .buy,
            let lots = link.basket?.lots, lot.wholeLots(in: link.opened) < lots
          else { continue }
          findings.fail(
            "rule 23: event \(folded.lastSequence): \(account.name) sells \(request.child.origin) before \(link.origin) is bought"
          )
        }
      }
    default: break
    }
  }
}
