import Domain
import Projections

/// Positions in which the broker took a call when its outcome had been settled otherwise: no reading of a book can tell that it
/// will (rule 29), so that what came of it is not our doing until it is closed again.
struct LateArrivals {
  private struct Change {
    let id: RequestID
    let quantity: Quantity
    var isAccepted = false
  }

  /// Until we are flat there.
  private(set) var places: Set<Checks.Place> = []
  /// Placements that were taken back as proven absent.
  private var givenUp: Set<RequestID> = []
  /// The changes of an order that were asked for, in their order; refused ones are none.
  private var changes: [ShortText: [Change]] = [:]

  mutating func take(_ event: Event, in folded: State) {
    switch event {
    case .requestWithdrawn(let withdrawn):
      givenUp.insert(withdrawn.requestID)
      forget(withdrawn.requestID)
    case .modificationRequested(let request):
      let change = Change(id: request.requestID, quantity: request.terms.quantity)
      changes[request.requestID.label, default: []].append(change)
    case .requestAccepted(let accepted):
      let label = accepted.requestID.label
      if let place = changes[label]?.firstIndex(where: { $0.id == accepted.requestID }) {
        changes[label]?[place].isAccepted = true
      }
    case .requestRefused(let refused): forget(refused.requestID)
    case .followerOrder(let seen):
      guard let account = folded.account(seen.follower) else { return }
      let order = seen.picture.order
      let place = Checks.Place(client: account.settings.clientID, key: order.key)
      if let label = order.correlationID?.text, isLate(order, label) { places.insert(place) }
      if account.ledgers[order.key].map({ $0.held == .zero && $0.isQuiet }) ?? true { places.remove(place) }
    default: break
    }
  }

  /// Whether an order is there that was given up, or has grown again by a change that nobody answered and that others came after.
  private func isLate(_ order: BrokerOrder, _ label: ShortText) -> Bool {
    if givenUp.contains(where: { $0.label == label }) { return true }
    guard let changes = changes[label], let newest = changes.lastIndex(where: \.isAccepted) else { return false }
    return order.quantity > changes[newest].quantity
      && changes[..<newest].contains { !$0.isAccepted && $0.quantity == order.quantity }
  }

  private mutating func forget(_ id: RequestID) {
    changes[id.label]?.removeAll { $0.id == id }
  }
}
