import Domain

/// What one leader order did to the leader's position within one segment.
public struct SegmentShare: Hashable, Sendable, Codable {
  public let segment: Int64
  public var opened: Quantity
  public var closed: Quantity
}

/// A leader order as the log knows it.
public struct LeaderOrder: Hashable, Sendable, Codable {
  public var order: BrokerOrder
  public var revision: Int64
  /// The event that first showed it; leader orders count in this order.
  public let firstSeen: SequenceNumber
  /// The newest change that raised what a follower should have: placement, increase, fill (rule 17).
  public var raisedAt: Timestamp
  public var raisedBy: SequenceNumber
  public var shares: [SegmentShare] = []
  /// What the order was when it was first seen: brokers rewrite MARKET and triggered stops to LIMIT (rule 5).
  public let firstType: OrderType
  /// The limit that the broker gave a MARKET order; a later one is the leader's own.
  public internal(set) var convertedPrice: Paise?

  public func opened(in segment: Int64) -> Quantity {
    shares.reduce(into: .zero) { if $1.segment == segment { $0 += $1.opened } }
  }
  public var openingSegment: Int64? { shares.last { $0.opened > .zero }?.segment }
  public func closed(in segment: Int64) -> Quantity {
    shares.reduce(into: .zero) { if $1.segment == segment { $0 += $1.closed } }
  }
}

/// The leader's way from flat to flat (or through flat to the other side) in one position.
public struct LeaderSegment: Hashable, Sendable, Codable {
  public let number: Int64
  public let side: Side
  /// Everything the leader ever held of it: inherited and opened units.
  public var whole: Quantity
  public var closed: Quantity
  /// The newest fill that made the position smaller, and when.
  public var lastDecrease = SequenceNumber.beforeFirst
  public var lastDecreaseAt = Timestamp(microseconds: 0)
}

/// The leader's position in one key, from confirmed fills alone (rule 7).
public struct LeaderPosition: Hashable, Sendable, Codable {
  /// Signed units.
  public internal(set) var net: Quantity = .zero
  /// Segments that a follower may still have to leave, oldest first; the last is the current one unless flat.
  public internal(set) var segments: [LeaderSegment] = []
  public internal(set) var lastSegment: Int64 = 0
  /// The newest price at which the leader traded here: a reference for protected limits (rule 19).
  public internal(set) var lastPrice: Paise?
  /// The orders of this key that may still matter, in the order in which they were first seen.
  public internal(set) var orders: [OrderID] = []

  public init() {}

  public var side: Side? { Side(holding: net) }
  public var current: LeaderSegment? { net == .zero ? nil : segments.last }

  /// The segment that an unfilled opening order of `side` would open or join.
  public func upcomingSegment(for side: Side) -> Int64 { self.side == side ? lastSegment : lastSegment + 1 }
}

/// The leader's orders and positions: a fold of `leader.order` and `leader.baseline`.
public struct LeaderBook: Hashable, Sendable, Codable {
  public internal(set) var orders: [OrderID: LeaderOrder] = [:]
  public internal(set) var positions: [PositionKey: LeaderPosition] = [:]
  public internal(set) var hasBaseline = false
  public internal(set) var funds: Funds?
  public internal(set) var lastEventAt: Timestamp?
  public internal(set) var access = AccountAccess()
  /// How far our clock is ahead of the broker's, by whose clock orders are dated.
  public internal(set) var clockAhead = Microseconds(0)

  mutating func apply(_ baseline: LeaderBaseline) {
    hasBaseline = true
    for position in baseline.positions where position.quantity != .zero {
      var entry = positions[position.key] ?? LeaderPosition()
      guard let side = Side(holding: position.quantity) else { continue }
      entry.net = position.quantity
      entry.lastSegment += 1
      entry.segments = [
        LeaderSegment(number: entry.lastSegment, side: side, whole: position.quantity.magnitude, closed: .zero)
      ]
      positions[position.key] = entry
    }
  }

  /// Folds a picture and returns whether the order was seen for the first time.
  mutating func apply(_ picture: OrderPicture, sequence: SequenceNumber, at now: Timestamp) -> Bool {
    lastEventAt = now
    let seen = picture.order
    // Age runs on the broker's clock where it told its time, so that an old order seen late is old.
    let raised = min(now, seen.updatedAt.map { $0 + clockAhead } ?? now)
    var newlyFilled = seen.filled
    let isFirst: Bool
    if var known = orders[seen.orderID] {
      isFirst = false
      newlyFilled = seen.filled - known.order.filled
      if seen.quantity > known.order.quantity || newlyFilled > .zero {
        known.raisedAt = raised
        known.raisedBy = sequence
      }
      known.order = seen
      if known.firstType == .market, seen.type == .limit, known.convertedPrice == nil {
        known.convertedPrice = seen.price
      }
      known.revision = picture.revision
      orders[seen.orderID] = known
    } else {
      isFirst = true
      orders[seen.orderID] = LeaderOrder(
        order: seen, revision: picture.revision, firstSeen: sequence, raisedAt: raised, raisedBy: sequence,
        firstType: seen.type)
      positions[seen.key, default: LeaderPosition()].orders.append(seen.orderID)
    }
    if newlyFilled > .zero, hasBaseline { fill(seen, by: newlyFilled, sequence: sequence, at: now) }
    return isFirst
  }

  /// Divides a fill at the point where the position crosses zero: what closes, then what opens (rule 9).
  private mutating func fill(_ order: BrokerOrder, by quantity: Quantity, sequence: SequenceNumber, at now: Timestamp) {
    var position = positions[order.key] ?? LeaderPosition()
    let closes = position.side == order.side.opposite ? min(quantity, position.net.magnitude) : .zero
    let opens = quantity - closes
    if closes > .zero {
      position.segments[position.segments.count - 1].closed += closes
      position.segments[position.segments.count - 1].lastDecrease = sequence
      position.segments[position.segments.count - 1].lastDecreaseAt = now
      record(order.orderID, segment: position.lastSegment, opened: .zero, closed: closes)
    }
    position.net += Quantity(closes.units * order.side.sign)
    if opens > .zero {
      if position.net == .zero {
        position.lastSegment += 1
        position.segments.append(
          LeaderSegment(number: position.lastSegment, side: order.side, whole: .zero, closed: .zero))
      }
      position.segments[position.segments.count - 1].whole += opens
      position.net += Quantity(opens.units * order.side.sign)
      record(order.orderID, segment: position.lastSegment, opened: opens, closed: .zero)
    }
    if order.averagePrice > .zero { position.lastPrice = order.averagePrice }
    positions[order.key] = position
  }

  private mutating func record(_ orderID: OrderID, segment: Int64, opened: Quantity, closed: Quantity) {
    guard var order = orders[orderID] else { return }
    if let index = order.shares.firstIndex(where: { $0.segment == segment }) {
      order.shares[index].opened += opened
      order.shares[index].closed += closed
    } else {
      order.shares.append(SegmentShare(segment: segment, opened: opened, closed: closed))
    }
    orders[orderID] = order
  }

  /// Forgets what no follower can need any more: called when the last open episode of a key has closed.
  mutating func settle(_ key: PositionKey) {
    guard var position = positions[key] else { return }
    if position.net == .zero { position.segments = [] } else { position.segments = Array(position.segments.suffix(1)) }
    let kept = position.orders.filter { orders[$0].map { !$0.order.status.isFinal } ?? false }
    position.orders = kept
    positions[key] = position
  }
}
