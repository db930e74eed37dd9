import Domain
import PaperExchange

/// How the leader changes his mind: modifications and cancels at every stage of an order.
extension Stage {
  func leaderModifies() throws {
    guard let order = leaderOrders.randomElement(using: &random) else { return }
    try modify(order, drawnChange(of: order))
  }

  /// Ten in a second.
  func leaderModifiesTenTimes() throws {
    for _ in 0..<10 {
      guard let order = leaderOrders.last else { return }
      try modify(order, drawnChange(of: order))
      try pass(between(60, 120))
    }
  }

  private func modify(_ order: BrokerOrder, _ change: PaperChange) throws {
    try act(
      .phone(.modify(.id(order.orderID), change), account: StageSettings.leader),
      "leader modifies \(order.orderID): \(change.words)")
  }

  private func drawnChange(of order: BrokerOrder) -> PaperChange {
    let instrument = instrument(order.key.contract)
    let tick = instrument.tickSize.count
    func moved(_ price: Paise) -> Paise { Paise(max(tick, price.count + tick * Int64(random.below(17) - 8))) }
    switch random.below(12) {
    case 0..<4 where order.price > .zero && order.triggerPrice == .zero: return PaperChange(price: moved(order.price))
    case 4, 5:
      return PaperChange(quantity: order.quantity + instrument.lotSize.quantity(of: Lots(Int64(1 + random.below(4)))))
    case 6, 7:
      // Now and then below what is filled, which the broker refuses.
      let lots = instrument.lotSize.wholeLots(in: order.quantity).count
      return PaperChange(quantity: instrument.lotSize.quantity(of: Lots(max(1, lots - Int64(1 + random.below(4))))))
    case 8 where order.triggerPrice > .zero:
      let trigger = moved(order.triggerPrice)
      return PaperChange(price: trigger + Paise(order.side.sign * 2 * tick), triggerPrice: trigger)
    case 9 where order.type == .limit: return PaperChange(type: .market)
    case 9: return PaperChange(price: market.away(order.side.sign * 4, instrument), triggerPrice: .zero, type: .limit)
    case 10 where order.type == .limit: return PaperChange(validity: .immediateOrCancel)
    case 11 where order.type == .limit:
      // A target becomes a stop on the other side of the market.
      let trigger = market.away(order.side.sign * Int64(6 + random.below(8)), instrument)
      return PaperChange(
        price: trigger + Paise(order.side.sign * 2 * tick), triggerPrice: trigger, type: .stopLoss)
    default: return PaperChange(quantity: order.quantity + instrument.lotSize.quantity(of: .one))
    }
  }

  // MARK: - Cancels

  func leaderCancels() throws {
    if random.chance(20) { return try leaderCancelsAll() }
    guard let order = leaderOrders.randomElement(using: &random) else { return }
    try cancel(order)
  }

  func leaderCancelsAll(_ isMeant: (BrokerOrder) -> Bool = { _ in true }) throws {
    for order in leaderOrders where isMeant(order) { try cancel(order) }
  }

  private func cancel(_ order: BrokerOrder) throws {
    try act(
      .phone(.cancel(.id(order.orderID)), account: StageSettings.leader),
      "leader cancels \(order.orderID) at \(order.status) \(order.filled.units)/\(order.quantity.units)")
  }

  /// At once, in TRANSIT, or a moment after.
  func leaderPlacesAndCancels() throws {
    let key = drawnKey()
    let instrument = instrument(key.contract)
    let side = random.pick([Side.buy, .sell])
    let name = try leaderPlaces(
      PaperTicket(
        key: key, side: side, quantity: instrument.lotSize.quantity(of: Lots(Int64(1 + random.below(4)))),
        price: market.away(side.sign * Int64(random.below(12) - 6), instrument)))
    for wait in [between(0, 5), between(20, 300), .milliseconds(500)] {
      try pass(wait)
      try act(.phone(.cancel(.name(name)), account: StageSettings.leader), "leader cancels \(name)")
    }
  }
}

extension PaperChange {
  fileprivate var words: String {
    var parts: [String] = []
    if let quantity { parts.append("quantity \(quantity.units)") }
    if let price { parts.append("price \(price)") }
    if let triggerPrice { parts.append("trigger \(triggerPrice)") }
    if let type { parts.append("type \(type)") }
    if let validity { parts.append("validity \(validity)") }
    return parts.joined(separator: ", ")
  }
}
