import Domain

/// Orders of the leader's that were placed together and open something (rule 23).
public struct Basket: Hashable, Sendable, Codable {
  /// The first leg, which names it.
  public let id: OrderID
  public let underlying: Underlying
  /// The label that its orders share, where that is how they are known.
  public let tag: CorrelationID?
  /// When the first was seen.
  public let begun: Timestamp
  /// Until when it takes in legs.
  public let end: Timestamp
  /// In the order in which they were first seen.
  public internal(set) var legs: [OrderID]
}

/// What a link takes of a basket: a share of the leader's order that follows it when he changes it.
public struct BasketPart: Hashable, Sendable, Codable {
  public let basket: OrderID
  /// The lots for ``leaderLots`` of the leader's; zero where the basket is unwound.
  public internal(set) var lots: Lots
  public let leaderLots: Lots
  /// How long we ourselves made the leg wait: it is not older for that (rule 17).
  public let waited: Microseconds
  /// A leg is missing: nothing more of the basket is entered.
  public internal(set) var isBroken = false

  /// The whole lots that stand for so many units of the leader's.
  public func lots(for leaderUnits: Quantity, _ lot: LotSize) -> Lots {
    guard leaderLots > .zero else { return .zero }
    return Lots(
      Rounding.down.quotient(
        Int128(lots.count) * Int128(leaderUnits.units), Int128(leaderLots.count) * Int128(lot.units)))
  }
}

/// What a basket of so many units would bind, as far as the broker has told.
public struct BasketMargin: Hashable, Sendable, Codable {
  public let units: Int64
  public let legs: [MarginLeg]
  public let askedAt: Timestamp
  public internal(set) var margin: Paise?

  /// How long the broker's word is waited for.
  public static let patience = Microseconds.seconds(3)
}

extension State {
  /// The basket of which the order is a leg; `nil` where baskets are not looked for, and for an order that closes.
  public func basket(of order: LeaderOrder) -> Basket? { order.basket.flatMap { leader.baskets[$0] } }

  /// Puts an order that was just seen for the first time into the basket that is open for it, or into one of its own.
  ///
  /// A leg opens: an order against what the leader holds is no part of a structure that he builds.
  mutating func joinBasket(_ order: LeaderOrder) {
    guard let baskets = settings?.baskets, leader.hasBaseline, !order.order.isExitLeg,
      let underlying = instruments[order.key.contract]?.underlying, order.key.contract.option != nil,
      leader.positions[order.key]?.side != order.order.side.opposite
    else { return }
    let id = order.order.orderID
    let tag = order.order.correlationID
    if baskets.grouping == .tagged, tag == nil { return }
    let label = baskets.grouping == .tagged ? tag : nil
    let open = leader.baskets.values.filter { $0.underlying == underlying && $0.tag == label && now < $0.end }
    if let newest = open.max(by: { ($0.end, $0.id) < ($1.end, $1.id) }) {
      leader.baskets[newest.id]?.legs.append(id)
      leader.orders[id]?.basket = newest.id
      return
    }
    leader.baskets[id] = Basket(
      id: id, underlying: underlying, tag: label, begun: now, end: now + baskets.within, legs: [id])
    leader.orders[id]?.basket = id
  }

  mutating func applyBasket(_ event: Event) {
    switch event {
    case .basketMarginWanted(let wanted):
      guard let index = index(of: wanted.follower) else { return }
      followers[index].basketMargins[wanted.basket] = BasketMargin(
        units: wanted.units, legs: wanted.legs, askedAt: now)
      touchLegs(of: wanted.basket, follower: index)
    case .basketMarginQuoted(let quoted):
      guard let index = index(of: quoted.follower), followers[index].basketMargins[quoted.basket]?.units == quoted.units
      else { return }
      followers[index].basketMargins[quoted.basket]?.margin = quoted.margin
      touchLegs(of: quoted.basket, follower: index)
    case .basketSized(let sized):
      guard let index = index(of: sized.follower) else { return }
      followers[index].basketMargins[sized.basket] = nil
      let waited = leader.baskets[sized.basket].map { now - $0.begun } ?? Microseconds(0)
      for leg in sized.legs {
        let part = BasketPart(basket: sized.basket, lots: leg.lots, leaderLots: leg.leaderLots, waited: waited)
        changeLink(sized.follower, leg.key, leg.origin) { $0.basket = part }
      }
    case .basketBroken(let broken):
      guard let index = index(of: broken.follower) else { return }
      for key in followers[index].ledgers.keys.sorted() {
        for link in followers[index].ledgers[key]?.links ?? [] where link.basket?.basket == broken.basket {
          changeLink(broken.follower, key, link.origin) {
            $0.basket?.isBroken = true
            if broken.policy == .unwind { $0.basket?.lots = .zero }
          }
        }
      }
    default: break
    }
  }

  private mutating func touchLegs(of basket: OrderID, follower index: Int) {
    for id in leader.baskets[basket]?.legs ?? [] {
      if let key = leader.orders[id]?.key { touched.touch(follower: index, key) }
    }
  }

  /// Baskets whose first leg is forgotten are over long since.
  mutating func forgetBaskets() {
    leader.baskets = leader.baskets.filter { leader.orders[$0.key] != nil }
    for index in followers.indices {
      followers[index].basketMargins = followers[index].basketMargins.filter { leader.baskets[$0.key] != nil }
    }
  }
}
