import Domain

/// What one leader order did to the leader's position within one segment.
public struct SegmentShare: Hashable, Sendable, Codable {
  public let segment: Int64
  public var opened: Quantity
  public var closed: Quantity
  /// What the leader had closed of the segment when the order first opened something.
  public var openedAfter = Quantity.zero
}

/// A leader order as the log knows it.
public struct LeaderOrder: Hashable, Sendable, Codable {
  public internal(set) var order: BrokerOrder
  public internal(set) var revision: Int64
  /// The event that first showed it; leader orders count in this order.
  public let firstSeen: SequenceNumber
  /// When that was, by our clock.
  public let firstSeenAt: Timestamp
  /// The newest change that raised what a follower should have: placement, increase, fill (rule 17).
  public internal(set) var raisedAt: Timestamp
  public internal(set) var raisedBy: SequenceNumber
  /// When it last filled, by our clock; `nil` before it did.
  public internal(set) var filledAt: Timestamp?
  public internal(set) var shares: [SegmentShare] = []
  /// How much of which segment he had closed when it was first seen: no part of what leaves of lots that joined through it.
  public let seenAfter: SegmentShare
  /// When the broker told what the market traded at (`RefLtp`), by our clock.
  public internal(set) var referencedAt: Timestamp
  /// The type that the leader himself gave it last: brokers rewrite MARKET and triggered stops to LIMIT (rule 5).
  public internal(set) var givenType: OrderType
  /// The event with which he gave it.
  public internal(set) var givenTypeBy: SequenceNumber
  /// The limit that the broker's rewriting left the order with; another one is the leader's own.
  public internal(set) var rewrittenPrice: Paise?
  /// The trigger that the leader gave it last, and what it had filled by then: a LIMIT may become a stop after its first fill.
  private var armedTrigger: Paise?
  private var armedWith = Quantity.zero
  /// The event with which it last became another wish for whoever leaves with it: another price, trigger or type, its trigger
  /// met, its first fill and its last (rule 5).
  public internal(set) var wishedBy: SequenceNumber
  /// The product it counts under: its own, or that of the position which it closes (rule 8).
  public internal(set) var product: ProductType
  /// Whether ``product`` waits for a reading of the leader's positions. Until then the order moves nothing.
  public internal(set) var isUnsettled = false
  /// The basket of which it is a leg (rule 23).
  public internal(set) var basket: OrderID?

  init(
    _ order: BrokerOrder, revision: Int64, firstSeen: SequenceNumber, raisedAt: Timestamp, seenAfter: SegmentShare,
    at now: Timestamp
  ) {
    self.order = order
    self.seenAfter = seenAfter
    self.revision = revision
    self.firstSeen = firstSeen
    self.firstSeenAt = now
    self.raisedAt = raisedAt
    self.raisedBy = firstSeen
    self.referencedAt = now
    self.givenType = order.type
    self.givenTypeBy = firstSeen
    self.wishedBy = firstSeen
    self.product = order.key.product
    if order.isStop { armedTrigger = order.triggerPrice }
  }

  /// The position that the order counts for.
  public var key: PositionKey { PositionKey(contract: order.key.contract, product: product) }

  public func opened(in segment: Int64) -> Quantity {
    shares.reduce(into: .zero) { if $1.segment == segment { $0 += $1.opened } }
  }
  public var openingSegment: Int64? { shares.last { $0.opened > .zero }?.segment }
  public func closed(in segment: Int64) -> Quantity {
    shares.reduce(into: .zero) { if $1.segment == segment { $0 += $1.closed } }
  }
}

extension LeaderOrder {
  /// How much of a segment he had closed already when the order was first seen.
  public func closedBefore(in segment: Int64) -> Quantity { seenAfter.segment == segment ? seenAfter.closed : .zero }

  /// A MARKET order, also after the broker has shown it as a LIMIT of its own making.
  public var isMarket: Bool {
    switch order.type {
    case .market: true
    case .limit: givenType == .market && order.price == rewrittenPrice
    default: false
    }
  }

  public var isStop: Bool { givenType == .stopLoss || givenType == .stopLossMarket || order.triggerPrice > .zero }

  /// A stop that the market has not reached, as far as the broker has told.
  public var waitsForTrigger: Bool {
    order.isStop && order.status != .triggered
      && order.filled <= (order.triggerPrice == armedTrigger ? armedWith : .zero)
  }

  /// A stop whose trigger was met, and whose limit is still the one that it was triggered with.
  public var hasTriggered: Bool {
    guard isStop, !waitsForTrigger else { return false }
    if let rewrittenPrice { return order.price == rewrittenPrice }
    return order.status == .triggered || order.filled > .zero
  }

  /// Notes with what fills a stop began to wait: what filled before is no sign of its trigger.
  private mutating func arm(by seen: BrokerOrder) {
    guard seen.isStop else {
      // The leader's own LIMIT; one that the broker makes of a stop keeps what it knows.
      if givenType != .stopLoss, givenType != .stopLossMarket { armedTrigger = nil }
      return
    }
    guard seen.triggerPrice != armedTrigger else { return }
    armedTrigger = seen.triggerPrice
    armedWith = seen.filled
  }

  /// Folds a newer picture.
  mutating func see(
    _ seen: BrokerOrder, revision: Int64, sequence: SequenceNumber, raisedAt raised: Timestamp, at now: Timestamp
  ) {
    // An after-market order is as old as its arrival at the exchange.
    let arrives = order.afterMarket && !seen.afterMarket
    if seen.quantity > order.quantity || seen.filled > order.filled || arrives {
      raisedAt = raised
      raisedBy = sequence
    }
    if seen.referencePrice != order.referencePrice { referencedAt = now }
    let wished = wish
    if seen.type != order.type { changeType(to: seen, sequence) }
    arm(by: seen)
    order = seen
    self.revision = revision
    if wish != wished { wishedBy = sequence }
  }

  /// Whether a limit is one that the broker makes of a STOP_LOSS_MARKET order, five percent beyond its trigger (dhan-api-v2.md
  /// §4.10), give or take as much; the leader's own LIMIT is on the other side of the trigger or far from it.
  private func isNearTrigger(_ limit: Paise) -> Bool {
    let beyond = (limit.count - order.triggerPrice.count) * order.side.sign
    return beyond >= 0 && beyond * 10 <= order.triggerPrice.count
  }

  /// What an exit that copies the order is made of, but for its lots.
  private struct Wish: Equatable {
    var type: OrderType
    var limit = Paise.zero
    var trigger = Paise.zero
    var waits = false
    var begins = false
    var ends = false
  }

  private var wish: Wish {
    // Whatever the broker shows of a MARKET order, and of its fills: it was meant at once from the start.
    if isMarket { return Wish(type: .market) }
    return Wish(
      type: givenType, limit: order.price, trigger: order.triggerPrice, waits: waitsForTrigger,
      begins: order.filled > .zero, ends: order.filled > .zero && order.open == .zero)
  }

  private mutating func changeType(to seen: BrokerOrder, _ sequence: SequenceNumber) {
    let isRewritten: Bool =
      switch (order.type, seen.type) {
      case (.market, .limit): true
      // The leader who turns a stop into a LIMIT by hand gives it another price; one that only triggered keeps its own.
      case (.stopLoss, .limit):
        seen.triggerPrice > .zero || seen.status == .triggered || seen.filled > armedWith || seen.price == order.price
      case (.stopLossMarket, .limit):
        seen.triggerPrice > .zero || seen.status == .triggered || seen.filled > armedWith || isNearTrigger(seen.price)
      case (.stopLossMarket, .stopLoss): true
      default: false
      }
    if isRewritten {
      rewrittenPrice = seen.price
    } else {
      givenType = seen.type
      givenTypeBy = sequence
      rewrittenPrice = nil
    }
  }
}

extension BrokerOrder {
  /// An order with a trigger, met or not.
  fileprivate var isStop: Bool { (type == .stopLoss || type == .stopLossMarket) && triggerPrice > .zero }

  /// A stop that the market has not reached, as far as this picture of it tells.
  public var waitsForTrigger: Bool { isStop && status != .triggered && filled == .zero }
}
