import Domain
import Projections

/// What one look sees of one key of one follower. Never changes: taking it twice gives the same.
///
/// It holds single fields of the account and not the account: a copy of the whole would make every decision that is folded
/// while a view lives copy the account's dictionaries. A class, since the plans of a look hand it to each other, and a copy of
/// so many fields each time was a tenth of what a decision costs.
final class KeyView {
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
  let quote: Quote?
  /// Where they are new enough to decide by.
  let greeks: ContractGreeks?
  /// The most units of one order.
  let largestOrder: Quantity?
  let now: Timestamp

  /// What the links may enter, and what they have to close; made when it is first asked for.
  private(set) lazy var entryPlan = EntryPlan(self)
  private(set) lazy var exitPlan = ExitPlan(self)

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
    self.quote = state.quotes[key.contract]
    self.greeks = state.freshGreeks(key.contract)
    self.largestOrder = state.largestOrder(of: instrument)
    self.now = state.now
  }

  var lot: LotSize { instrument.lotSize }
  var name: FollowerName { follower.name }

  var exitDemands: [ExitPlan.Demand] { exitPlan.demands }

  /// Lots that the follower got beyond what the leader's orders are worth, but for those that left with what he left since
  /// (rule 18).
  var excess: Lots {
    guard let plan = entryPlan, plan.excess > .zero else { return .zero }
    return max(.zero, plan.excess - exitPlan.closedAhead)
  }

  func order(of link: Link) -> LeaderOrder? { link.leaderOrder.flatMap { leader.orders[$0] } }

  /// How an order of the leader is followed: its placement, where it is live at the exchange and the follower copies
  /// placements; else its fills. An after-market order only waits, unless it is to be copied as such (options-domain.md §2.2).
  func mode(for order: BrokerOrder) -> CopyMode {
    guard follower.mode == .placement, order.type != .other, order.validity != .other else { return .fill }
    return order.afterMarket && settings.entries.afterMarket == .wait ? .fill : .placement
  }

  /// The units of an unfilled leader order that would close its position, and those that would open: decided from the
  /// filled position, for this order alone (rule 7).
  ///
  /// What rests of a leg that ends a super order opens nothing: the position may be gone through the other leg, and that the
  /// broker has taken this one back may be told late. What it opens all the same is followed when it has filled.
  func prospective(_ order: BrokerOrder) -> (closes: Quantity, opens: Quantity) {
    guard mode(for: order) == .placement, order.open > .zero else { return (.zero, .zero) }
    let opposite = position.side == order.side.opposite
    let closes = opposite ? min(order.open, position.net.magnitude) : .zero
    return (closes, order.isExitLeg ? .zero : order.open - closes)
  }

  /// The leader's units that count as entered through this order on `side`: what it opened in the segment that an entry
  /// would join now, and what rests where placement counts. What an earlier segment held is the business of exits alone.
  func entryUnits(_ order: LeaderOrder, side: Side) -> Quantity {
    guard order.order.side == side, order.firstSeen > baselineAt else { return .zero }
    return order.opened(in: position.upcomingSegment(for: side)) + prospective(order.order).opens
  }
}
