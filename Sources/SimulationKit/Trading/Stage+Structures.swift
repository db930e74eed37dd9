import Domain
import PaperExchange

/// Structures of several legs, as traders enter and leave them: leg by leg, in any order, within seconds.
extension Stage {
  private struct Leg {
    let securityID: SecurityID
    let side: Side
    let lots: Int64
  }

  /// A vertical, a ratio spread, a straddle or a condor of half a side, bought or sold.
  func leaderTradesAStructure() throws {
    let lots = Int64(1 + random.below(4))
    var legs: [Leg]
    switch random.below(4) {
    case 0:
      legs = [Leg(securityID: "47325", side: .buy, lots: lots), Leg(securityID: "47317", side: .sell, lots: lots)]
    case 1:
      legs = [Leg(securityID: "47325", side: .buy, lots: lots), Leg(securityID: "47317", side: .sell, lots: 2 * lots)]
    case 2:
      legs = [Leg(securityID: "47317", side: .sell, lots: lots), Leg(securityID: "47318", side: .sell, lots: lots)]
    default:
      legs = [
        Leg(securityID: "47325", side: .buy, lots: lots), Leg(securityID: "47317", side: .sell, lots: lots),
        Leg(securityID: "47318", side: .sell, lots: lots),
      ]
    }
    legs = random.chance(50) ? legs : legs.reversed()
    let product: ProductType = random.chance(70) ? .margin : .intraday
    for leg in legs { try trade(leg, product) }
    guard random.chance(60) else { return }
    try pass(between(500, 4_000))
    if random.chance(50) { legs.reverse() }
    for leg in legs { try trade(Leg(securityID: leg.securityID, side: leg.side.opposite, lots: leg.lots), product) }
  }

  private func trade(_ leg: Leg, _ product: ProductType) throws {
    guard let instrument = market.instruments.first(where: { $0.contract.securityID == leg.securityID }) else {
      return
    }
    let most = instrument.maximumLotsPerChild?.count ?? leg.lots
    // Now and then it rests a few ticks away.
    let ticks: Int64 = random.chance(75) ? 6 : -Int64(random.below(6))
    try leaderPlaces(
      PaperTicket(
        key: PositionKey(contract: instrument.contract, product: product), side: leg.side,
        quantity: instrument.lotSize.quantity(of: Lots(min(leg.lots, most))),
        price: market.away(leg.side.sign * ticks, instrument)))
    try pass(between(10, 900))
  }
}
