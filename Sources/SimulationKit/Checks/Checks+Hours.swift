import Domain
import Projections

/// While the exchange is closed nothing leaves but cancels and after-market orders.
extension Checks {
  mutating func checkHours(_ event: Event) {
    let leaves: Bool
    switch event {
    case .placementRequested(let request): leaves = request.leavesAtOnce && !request.afterMarket
    case .modificationRequested(let request):
      leaves = request.leavesAtOnce && !isAfterMarket(request.requestID, of: request.child.follower)
    case .requestAttempted(let attempt):
      guard let request = folded.account(attempt.follower)?.outbox[attempt.requestID], request.kind != .cancellation
      else { return }
      leaves = !isAfterMarket(attempt.requestID, of: attempt.follower)
    default: return
    }
    let brokerNow = folded.brokerNow
    guard leaves, let calendar = folded.settings?.calendar, !calendar.isOpen(at: brokerNow) else { return }
    findings.fail("hours: event \(folded.lastSequence): \(event.type.name) leaves while the exchange is closed")
  }

  private func isAfterMarket(_ id: RequestID, of follower: FollowerName) -> Bool {
    guard let account = folded.account(follower), let request = account.outbox[id] else { return false }
    return account.child(request.child)?.afterMarket ?? false
  }
}
