import Domain
import PaperExchange
import Projections

/// Promise 3: what the log says of the end of every order of the leader.
struct EndsCheck {
  private struct End: Hashable {
    let follower: FollowerName
    let origin: LinkOrigin
  }

  /// The leader's orders, by when they were first seen.
  private(set) var leaderOrders: [OrderID: SequenceNumber] = [:]
  /// From when on the leader's orders are copied: what he did before is inherited (rule 6).
  private(set) var baseline: SequenceNumber?
  private var ends: Set<End> = []

  mutating func take(_ event: CheckedEvent) {
    switch event.event {
    case .leaderOrder(let seen):
      let id = seen.picture.order.orderID
      if leaderOrders[id] == nil { leaderOrders[id] = event.sequence }
    case .leaderBaseline: baseline = baseline ?? event.sequence
    case .linkEnded(let ended): ends.insert(End(follower: ended.follower, origin: ended.origin))
    default: break
    }
  }

  func has(_ follower: FollowerName, _ origin: LinkOrigin) -> Bool {
    ends.contains(End(follower: follower, origin: origin))
  }
}

extension Checks {
  /// Promise 3 and rule 31: nothing is open, every order of the leader has its end, and every request its outcome.
  mutating func expectEnds(_ state: State, _ exchange: PaperExchange) {
    for account in state.followers {
      for request in account.outbox.requests { findings.fail("\(account.name): \(request.id) has no outcome") }
      // An exit that stands at the edge of its band goes on standing there, and a person knows (rule 14).
      for (key, ledger) in account.ledgers where !ledger.isQuiet && !ledger.alerts.contains(.exitExhausted) {
        findings.fail("\(account.name): orders still work in \(key.contract.securityID) \(key.product)")
      }
      for (orderID, seen) in ends.leaderOrders.sorted(by: { $0.value < $1.value }) {
        guard let joined = account.baselineAt, let baseline = ends.baseline, seen > max(joined, baseline) else {
          continue
        }
        // A hedge that covers what could not be bought back is still to be sold, and an exit at the edge of its band still to fill; a
        // person knows of both (rules 14 and 22).
        let alerts = state.leader.orders[orderID].flatMap { account.ledgers[$0.key] }?.alerts ?? []
        if !alerts.isDisjoint(with: [.hedgeKept, .exitExhausted]) { continue }
        if !ends.has(account.name, LinkOrigin(orderID)) {
          findings.fail("promise 3: \(account.name): the leader's order \(orderID) has no recorded end")
        }
      }
    }
  }
}
