import Domain
import Reactors

/// What the broker does with the newest or oldest of what was asked of it.
extension Harness {
  /// Everything that was asked for, in order: of placements and modifications.
  var asked: [(terms: OrderTerms, why: Arithmetic)] {
    log.compactMap {
      switch $0 {
      case .placementRequested(let request): (request.terms, request.why)
      case .modificationRequested(let request): (request.terms, request.why)
      default: nil
      }
    }
  }
  var prices: [OrderPrice] { asked.map(\.terms.price) }
  /// What the newest price was made of.
  var reference: PriceReference? { asked.last?.why.reference }
  var openAlerts: Set<AlertKind> { ledger.alerts }

  /// Prices of every modification asked for.
  var modifications: [Int64] {
    log.compactMap { if case .modificationRequested(let request) = $0 { request.terms.price.limit.count } else { nil } }
  }

  private var placed: [PlacementRequested] {
    log.compactMap { if case .placementRequested(let request) = $0 { request } else { nil } }
  }

  mutating func refuseNewest() {
    guard let request = placed.last else { return }
    observe(.refused("asha", request.requestID, .other, text: "DH-906 Insufficient Funds"))
  }

  /// The newest modification that was asked for.
  var newestChange: ModificationRequested? {
    log.reversed().lazy.compactMap { if case .modificationRequested(let request) = $0 { request } else { nil } }.first
  }
  /// Lots of every modification asked for.
  var changes: [Int64] {
    log.compactMap {
      if case .modificationRequested(let request) = $0 { request.terms.quantity.units / lotSize.units } else { nil }
    }
  }

  mutating func refuseNewestChange(_ text: String, _ refusal: RefusalClass = .other) {
    guard let request = newestChange else { return }
    observe(.refused("asha", request.requestID, refusal, text: text))
  }

  mutating func rejectNewest(_ text: String = "RMS:1:Insufficient Funds") {
    guard var order = working.last, let label = order.correlationID else { return }
    order.status = .rejected
    order.reason = text
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder("asha", order, .stream))
  }

  mutating func acceptOldest() {
    guard let request = placed.first(where: { broker[$0.correlationID] == nil }) else { return }
    place(request)
  }

  mutating func acceptOpen() {
    for request in placed where broker[request.correlationID] == nil { place(request) }
  }

  mutating func doubtNewest() {
    guard let request = placed.last else { return }
    observe(.doubted("asha", request.requestID, text: "timeout"))
  }

  /// The broker shows the order cancelled.
  mutating func cancelByBroker(_ label: CorrelationID) {
    guard var order = broker[label] else { return }
    order.status = .cancelled
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder("asha", order, .stream))
  }
}
