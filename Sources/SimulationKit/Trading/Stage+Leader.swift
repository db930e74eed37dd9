import Domain
import PaperExchange

/// What the leader does: new orders of every kind. Everything is done by hand in the broker's app, as leaders do.
extension Stage {
  /// One thing that the leader does, or a short run of things.
  func leaderActs() throws {
    countLeaderAction()
    switch random.below(100) {
    case 0..<30 where leaderOrders.count < 8: try leaderPlaces(drawnTicket())
    case 30..<38 where leaderOrders.count < 8: try leaderTradesAStructure()
    case 0..<50: try leaderLeavesAPart()
    case 50..<66: try leaderModifies()
    case 66..<70: try leaderModifiesTenTimes()
    case 70..<80: try leaderCancels()
    case 80..<84: try leaderPlacesAndCancels()
    case 84..<88: try leaderProtects()
    case 88..<91: try leaderReverses()
    case 91..<94: try leaderConverts()
    case 94..<96: try leaderIsRejected()
    case 96..<98: try leaderTradesWhatIsNotCopied()
    default: try leaderChurns()
    }
  }

  func drawnKey() -> PositionKey {
    PositionKey(
      contract: random.pick(market.instruments).contract, product: random.chance(70) ? .margin : .intraday)
  }

  private func drawnTicket() -> PaperTicket {
    let key = drawnKey()
    let instrument = instrument(key.contract)
    let most = min(10, instrument.maximumLotsPerChild?.count ?? 10)
    let lots = Int64(1 + random.below(Int(most)))
    let side = random.pick([Side.buy, .buy, .sell])
    var ticket = PaperTicket(
      key: key, side: side, quantity: instrument.lotSize.quantity(of: Lots(lots)), price: .zero)
    shape(&ticket, instrument)
    return ticket
  }

  /// Type, prices and validity.
  private func shape(_ ticket: inout PaperTicket, _ instrument: Instrument) {
    let sign = ticket.side.sign
    switch random.below(20) {
    case 0..<7: ticket.price = market.away(sign * Int64(4 + random.below(4)), instrument)
    case 7..<12: ticket.price = market.away(-sign * Int64(random.below(12)), instrument)
    case 12..<15: ticket.type = .market
    case 15, 16:
      ticket.type = .stopLoss
      ticket.triggerPrice = market.away(sign * Int64(5 + random.below(15)), instrument)
      ticket.price = ticket.triggerPrice + Paise(sign * instrument.tickSize.count * Int64(random.below(6)))
    case 17:
      ticket.type = .stopLossMarket
      ticket.triggerPrice = market.away(sign * Int64(5 + random.below(15)), instrument)
    case 18:
      ticket.validity = .immediateOrCancel
      ticket.price = market.away(sign * Int64(random.below(6)), instrument)
    default:
      ticket.price = market.away(-sign * Int64(random.below(4)), instrument)
      ticket.disclosedQuantity = instrument.lotSize.quantity(
        of: Lots(max(1, instrument.lotSize.wholeLots(in: ticket.quantity).count * 2 / 5)))
    }
  }

  // MARK: - Leaving

  /// An order that closes a part of a position, or all of it.
  private func leaderLeavesAPart() throws {
    let open = exchange.positions(of: StageSettings.leader).filter { $0.key.contract.option != nil }
    guard let position = open.randomElement(using: &random), let side = Side(holding: position.quantity) else {
      try leaderPlaces(drawnTicket())
      return
    }
    let instrument = instrument(position.key.contract)
    let held = instrument.lotSize.wholeLots(in: position.quantity.magnitude).count
    let most = min(held, instrument.maximumLotsPerChild?.count ?? held)
    guard most > 0 else { return }
    let lots = random.chance(45) ? most : Int64(1 + random.below(Int(most)))
    var ticket = PaperTicket(
      key: position.key, side: side.opposite, quantity: instrument.lotSize.quantity(of: Lots(lots)), price: .zero)
    shape(&ticket, instrument)
    try leaderPlaces(ticket)
  }

  /// A stop and a target for the same lots, as traders do by hand (rule 12).
  private func leaderProtects() throws {
    let open = exchange.positions(of: StageSettings.leader).filter { $0.key.contract.option != nil }
    guard let position = open.randomElement(using: &random), let side = Side(holding: position.quantity)?.opposite
    else { return }
    let instrument = instrument(position.key.contract)
    let units = min(
      position.quantity.magnitude, instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) } ?? .zero)
    guard units > .zero else { return }
    let trigger = market.away(side.sign * Int64(6 + random.below(10)), instrument)
    try leaderPlaces(
      PaperTicket(
        key: position.key, side: side, type: .stopLoss, quantity: units,
        price: trigger + Paise(side.sign * 3 * instrument.tickSize.count), triggerPrice: trigger))
    if random.chance(60) {
      try leaderPlaces(
        PaperTicket(
          key: position.key, side: side, quantity: units,
          price: market.away(-side.sign * Int64(6 + random.below(10)), instrument)))
    }
  }

  /// One order through flat to the other side (rule 9).
  private func leaderReverses() throws {
    let open = exchange.positions(of: StageSettings.leader).filter { $0.key.contract.option != nil }
    guard let position = open.randomElement(using: &random), let side = Side(holding: position.quantity)?.opposite
    else { return }
    let instrument = instrument(position.key.contract)
    let lots = instrument.lotSize.wholeLots(in: position.quantity.magnitude) + Lots(Int64(1 + random.below(3)))
    guard instrument.maximumLotsPerChild.map({ lots <= $0 }) ?? true else { return }
    try leaderPlaces(
      PaperTicket(
        key: position.key, side: side, quantity: instrument.lotSize.quantity(of: lots),
        price: market.away(side.sign * 6, instrument)))
  }

  /// In and out and in again within a second or two.
  private func leaderChurns() throws {
    let key = drawnKey()
    let instrument = instrument(key.contract)
    let quantity = instrument.lotSize.quantity(of: Lots(Int64(1 + random.below(3))))
    for round in 0..<(3 + random.below(4)) {
      let side: Side = round % 2 == 0 ? .buy : .sell
      try leaderPlaces(
        PaperTicket(key: key, side: side, quantity: quantity, price: market.away(side.sign * 5, instrument)))
      try pass(between(20, 500))
    }
  }

  /// INTRADAY becomes MARGIN, and leaves as such (rule 8).
  private func leaderConverts() throws {
    let open = exchange.positions(of: StageSettings.leader).filter { position in
      position.key.product == .intraday && position.key.contract.option != nil
        && !leaderOrders.contains { $0.key.contract == position.key.contract }
    }
    guard let position = open.randomElement(using: &random), let side = Side(holding: position.quantity)?.opposite,
      held(StageSettings.leader, PositionKey(contract: position.key.contract, product: .margin)) == .zero
    else { return }
    let units = position.quantity.magnitude
    try act(
      .convert(
        PaperConversion(contract: position.key.contract, from: .intraday, to: .margin, quantity: units),
        account: StageSettings.leader), "leader converts \(units) of \(position.key.contract.securityID) to MARGIN")
    try pass(between(0, 3_000))
    let instrument = instrument(position.key.contract)
    let most = instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) } ?? units
    try leaderPlaces(
      PaperTicket(
        key: PositionKey(contract: position.key.contract, product: .margin), side: side, quantity: min(units, most),
        price: market.away(side.sign * 6, instrument)))
  }

  // MARK: - What comes to nothing

  private func leaderIsRejected() throws {
    var ticket = drawnTicket()
    let instrument = instrument(ticket.key.contract)
    if let freeze = instrument.maximumLotsPerChild, random.chance(50) {
      ticket.quantity = instrument.lotSize.quantity(of: freeze + .one)
    } else {
      // Beyond the funds.
      (ticket.side, ticket.type, ticket.validity, ticket.disclosedQuantity) = (.sell, .limit, .day, nil)
      ticket.quantity = instrument.lotSize.quantity(of: instrument.maximumLotsPerChild ?? Lots(400))
      ticket.price = market.away(300, instrument)
    }
    try leaderPlaces(ticket)
  }

  private func leaderTradesWhatIsNotCopied() throws {
    let instrument = random.pick(market.others)
    let side = random.pick([Side.buy, .sell])
    try leaderPlaces(
      PaperTicket(
        key: PositionKey(contract: instrument.contract, product: .intraday), side: side,
        quantity: instrument.lotSize.quantity(of: Lots(Int64(1 + random.below(3)))),
        price: market.away(side.sign * 4, instrument)))
  }
}
