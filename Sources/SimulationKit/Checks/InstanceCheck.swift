import Domain
import PaperExchange
import Projections

/// Rule 34, by the events alone: from an order that nobody here made until a person resumes the follower, nothing but cancels leaves
/// for his account.
struct InstanceCheck {
  private var halted: Set<FollowerName> = []

  mutating func take(_ event: CheckedEvent, _ findings: inout Findings) {
    switch event.event {
    case .followerHalted(let halt): halted.insert(halt.follower)
    case .operatorCommanded(let command) where command.mode == .running:
      if let follower = command.follower { halted.remove(follower) } else { halted = [] }
    case .placementRequested(let request) where request.leavesAtOnce: leaves(request.child.follower, event, &findings)
    case .modificationRequested(let request) where request.leavesAtOnce:
      leaves(request.child.follower, event, &findings)
    default: break
    }
  }

  private func leaves(_ follower: FollowerName, _ event: CheckedEvent, _ findings: inout Findings) {
    if halted.contains(follower) {
      findings.fail(
        "rule 34: event \(event.sequence): something leaves for \(follower) beside another instance's orders")
    }
  }
}

extension Checks {
  /// Rule 34: what another instance placed was seen, and counts as nobody's of ours.
  mutating func expectStrangersLeftAlone(_ exchange: PaperExchange) {
    for account in folded.followers {
      for order in exchange.orderBook(of: account.settings.clientID) {
        guard let label = order.correlationID, strangers.contains(label) else { continue }
        if account.orders[order.orderID]?.owner != .owner {
          findings.fail("rule 34: \(account.name): order \(order.orderID) of another instance is not known as such")
        }
      }
    }
  }
}
