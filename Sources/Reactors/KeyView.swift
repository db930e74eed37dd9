import Domain
import Projections

/// What one look sees of one key of one follower. A value: taking it twice gives the same.
///
/// It holds single fields of the account and not the account: a copy of the whole would make every decision that is folded
/// while a view lives copy the account's dictionaries.
struct KeyView {
  let index: Int
  let key: PositionKey
  let settings: CopySettings
  let follower: FollowerSettings
  let funds: Funds?
  let marginPerLot: Paise?
  let baselineAt: SequenceNumber
  let ledger: KeyLedger
  let position: LeaderPosition
  let instrument: Instrument
  let leader: LeaderBook

  init?(_ state: State, key: PositionKey, follower index: Int) {
    guard let settings = state.settings, let ledger = state.followers[index].ledgers[key],
      let instrument = state.instruments[key.contract]
    else { return nil }
    self.index = index
    self.key = key
    self.settings = settings
    self.follower = state.followers[index].settings
    self.funds = state.followers[index].funds
    self.marginPerLot = state.followers[index].marginPerLot[key.contract]
    self.baselineAt = state.followers[index].baselineAt ?? .beforeFirst
    self.ledger = ledger
    self.position = state.leader.positions[key] ?? LeaderPosition()
    self.instrument = instrument
    self.leader = state.leader
  }

  var lot: LotSize { instrument.lotSize }
  var name: FollowerName { follower.name }

  func order(of link: Link) -> LeaderOrder? { link.leaderOrder.flatMap { leader.orders[$0] } }

  /// How an order of the leader is followed: its placement, where it is live at the exchange and the follower copies
  /// placements; else its fills. An after-market order only waits (rule 20, dhan-api-v2.md §4.11).
  func mode(for order: BrokerOrder) -> CopyMode {
    guard follower.mode == .placement, !order.afterMarket, order.type != .other, order.validity != .other else {
      return .fill
    }
    return .placement
  }

  /// The units of an unfilled leader order that would close its position, and those that would open: decided from the
  /// filled position, for this order alone (rule 7).
  func prospective(_ order: BrokerOrder) -> (closes: Quantity, opens: Quantity) {
    guard mode(for: order) == .placement, order.open > .zero else { return (.zero, .zero) }
    guard position.side == order.side.opposite else { return (.zero, order.open) }
    let closes = min(order.open, position.net.magnitude)
    return (closes, order.open - closes)
  }

  /// The leader's units that count as entered through this order on `side`: what it opened in the segment that an entry
  /// would join now, and what rests where placement counts. What an earlier segment held is the business of exits alone.
  func entryUnits(_ order: LeaderOrder, side: Side) -> Quantity {
    guard order.order.side == side, order.firstSeen > baselineAt else { return .zero }
    return order.opened(in: position.upcomingSegment(for: side)) + prospective(order.order).opens
  }

  /// A price for an order that follows no resting order of the leader: the reference with the configured band on the
  /// aggressive side, on the tick (rules 19, 20). `nil` when no price is known.
  func protectedPrice(side: Side, reference: Paise?) -> Paise? {
    guard let reference, reference > .zero else { return nil }
    return PriceGuard.protectedLimit(
      side: side, reference: reference, band: settings.entries.priceBand, tick: instrument.tickSize)
  }

  /// The price for a link that copies `order`; `nil` while none is known (rules 19, 20).
  func price(for order: LeaderOrder) -> OrderPrice? {
    let picture = order.order
    guard mode(for: picture) == .placement else {
      let reference = picture.type == .limit ? picture.price : picture.averagePrice
      return protectedPrice(side: picture.side, reference: reference > .zero ? reference : position.lastPrice)
        .map { .limit($0) }
    }
    if order.isMarket { return marketPrice(picture).map { .limit($0) } }
    if picture.waitsForTrigger {
      let limit =
        picture.type == .stopLoss ? picture.price : protectedPrice(side: picture.side, reference: picture.triggerPrice)
      return limit.map { .stop(trigger: picture.triggerPrice, limit: $0) }
    }
    // A stop that has triggered is a LIMIT; one without a limit is bounded like any market order.
    return picture.price > .zero ? .limit(picture.price) : marketPrice(picture).map { .limit($0) }
  }

  /// A MARKET order's bound: from what the leader traded at, else from what the market traded at when it was placed.
  private func marketPrice(_ order: BrokerOrder) -> Paise? {
    protectedPrice(
      side: order.side, reference: order.averagePrice > .zero ? order.averagePrice : order.referencePrice)
  }

  /// Whether a resting child follows the price of the leader's order. It does not where the leader's has none of its own,
  /// nor once his stop has triggered: the broker rewrites such orders (rules 5 and 13).
  func followsPrice(of order: LeaderOrder) -> Bool {
    mode(for: order.order) == .placement && !order.isMarket && !order.hasTriggered
  }

  /// The lowest price of our working sells, or the highest of our working buys: what an order of the other side must not
  /// cross (rule 11).
  func crosses(side: Side, price: Paise) -> Bool {
    ledger.links.contains { link in
      link.children.contains { child in
        // A stop that waits is not in the exchange's book.
        guard child.isOpen, child.side == side.opposite, child.open > .zero, child.asked.price.trigger == nil
        else { return false }
        return side == .buy ? price >= child.asked.price.limit : price <= child.asked.price.limit
      }
    }
  }
}

extension LeaderOrder {
  /// A MARKET order, also after the broker has shown it as a LIMIT of its own making.
  var isMarket: Bool {
    switch order.type {
    case .market: true
    case .limit: firstType == .market && order.price == convertedPrice
    default: false
    }
  }

  var isStop: Bool { firstType == .stopLoss || firstType == .stopLossMarket || order.triggerPrice > .zero }

  var hasTriggered: Bool {
    isStop && (order.status == .triggered || order.filled > .zero) && !order.waitsForTrigger
  }
}

extension BrokerOrder {
  /// A stop that the market has not reached, as far as the broker has told.
  var waitsForTrigger: Bool {
    (type == .stopLoss || type == .stopLossMarket) && triggerPrice > .zero && status != .triggered && filled == .zero
  }
}

/// Prices that leave this program.
public enum PriceGuard {
  /// The reference moved by `band` to the aggressive side and brought to the tick on the safe side: a buy rounds down, a
  /// sell rounds up, and no price is below one tick (options-domain.md §1.6).
  public static func protectedLimit(side: Side, reference: Paise, band: Ratio, tick: Paise) -> Paise {
    let distance = Int128(reference.count) * Int128(band.numerator)
    let base = Int128(reference.count) * Int128(band.denominator)
    let step = Int128(tick.count) * Int128(band.denominator)
    switch side {
    case .buy: return Paise(max(tick.count, Int64((base + distance) / step) * tick.count))
    case .sell:
      let lowered = max(0, base - distance)
      return Paise(max(tick.count, Int64((lowered + step - 1) / step) * tick.count))
    }
  }
}
