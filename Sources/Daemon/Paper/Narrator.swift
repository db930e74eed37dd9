import Domain
import Engine
import EventStore

/// Tells events as a person would, a line each; what only machines need is left out.
struct Narrator {
  private let instruments: [ContractID: Instrument]
  private var orders: [OrderID: BrokerOrder] = [:]

  init(_ instruments: [Instrument]) {
    self.instruments = Dictionary(uniqueKeysWithValues: instruments.map { ($0.contract, $0) })
  }

  mutating func line(for stored: StoredEvent) throws -> String? {
    let event = try stored.draft.payload.withUnsafeBytes { bytes in
      try stored.draft.type.withBytes {
        try LogFold.decode(type: $0, version: stored.draft.schemaVersion, payload: bytes)
      }
    }
    guard let text = text(of: event) else { return nil }
    let time = stored.draft.recordedAt.indianDescription.dropFirst(11).prefix(12)
    return "\(time)  \(text)"
  }

  private mutating func text(of event: Event) -> String? {
    switch event {
    case .serviceStarted: "engine    started"
    case .leaderOrder(let seen): "leader    \(told(seen.picture.order))"
    case .followerOrder(let seen): fills(seen.picture.order).map { "\(pad(seen.follower))\($0)" }
    case .placementRequested(let request):
      """
      \(pad(request.child.follower))-> \(request.side.rawValue) \(lots(request.quantity, request.key)) \
      \(name(request.key)) at \(request.price), \(request.purpose.rawValue), rule \(request.why.rule)\(arithmetic(request.why))
      """
    case .modificationRequested(let request):
      "\(pad(request.child.follower))-> modify to \(request.quantity) units at \(request.price)"
    case .cancellationRequested(let request): "\(pad(request.child.follower))-> cancel, rule \(request.why.rule)"
    case .requestDoubted(let doubt): "\(pad(doubt.follower))?? \(doubt.text)"
    case .requestRefused(let refusal): "\(pad(refusal.follower))!! refused: \(refusal.text)"
    case .entryForgone(let forgone):
      "\(pad(forgone.follower))skips \(forgone.lots == .zero ? "the order" : "\(forgone.lots) lots"): \(forgone.reason.rawValue)"
    case .linkEnded(let ended):
      if case .skipped(let reason) = ended.end {
        "\(pad(ended.follower))order not copied: \(reason.rawValue)"
      } else {
        nil
      }
    case .alertRaised(let alert): "\(pad(alert.follower))ALERT \(alert.kind.rawValue) \(name(alert.key))"
    case .alertCleared(let alert): "\(pad(alert.follower))alert over: \(alert.kind.rawValue)"
    default: nil
    }
  }

  private func told(_ order: BrokerOrder) -> String {
    let filled = order.filled == .zero ? "" : ", \(lots(order.filled, order.key)) filled"
    return """
      \(order.side.rawValue) \(lots(order.quantity, order.key)) \(name(order.key)) at \(order.price) \
      \(order.status.rawValue)\(filled)\(order.reason.isEmpty ? "" : ": \(order.reason)")
      """
  }

  /// Followers' pictures are told only when something filled or went wrong.
  private mutating func fills(_ order: BrokerOrder) -> String? {
    let before = orders.updateValue(order, forKey: order.orderID)?.filled ?? .zero
    if order.status == .rejected { return "rejected: \(order.reason)" }
    guard order.filled > before else { return order.status == .cancelled ? "cancelled \(name(order.key))" : nil }
    return
      "filled \(lots(order.filled, order.key)) of \(lots(order.quantity, order.key)) \(name(order.key)) at \(order.averagePrice)"
  }

  private func arithmetic(_ why: Arithmetic) -> String {
    if let ratio = why.ratio { return ": floor(\(ratio) x \(why.leaderLots)) = \(why.target) lots" }
    if let whole = why.leaderWhole { return ": \(why.leaderLots) of \(whole) lots left, \(why.target) in all" }
    return ""
  }

  private func lots(_ quantity: Quantity, _ key: PositionKey) -> String {
    guard let lot = instruments[key.contract]?.lotSize else { return "\(quantity) units" }
    let count = lot.wholeLots(in: quantity)
    return "\(count) lot\(count == .one ? "" : "s")"
  }

  private func name(_ key: PositionKey) -> String {
    "\(instruments[key.contract]?.displayName.string ?? key.contract.securityID.description) \(key.product.rawValue)"
  }

  private func pad(_ follower: FollowerName) -> String {
    let name = "\(follower)"
    return name + String(repeating: " ", count: max(1, 10 - name.count))
  }
}
