import Domain

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
  /// When he last became smaller, and on which side; kept when the segments are forgotten.
  public internal(set) var lastDecrease: Decrease?
  /// The newest price at which the leader traded here: a reference for protected limits (rule 19).
  public internal(set) var lastPrice: Quote?
  /// The orders of this key that may still matter, in the order in which they were first seen.
  public internal(set) var orders: [OrderID] = []

  public struct Decrease: Hashable, Sendable, Codable {
    public let side: Side
    /// By the broker's time of the order that closed.
    public let at: Timestamp
  }

  public init() {}

  public var side: Side? { Side(holding: net) }
  public var current: LeaderSegment? { net == .zero ? nil : segments.last }

  /// How far the current segment has come.
  var progress: SegmentShare {
    SegmentShare(segment: lastSegment, opened: current?.whole ?? .zero, closed: current?.closed ?? .zero)
  }

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
  /// When the newest whole reading of the book was asked for that the log tells of; `nil` before one was since the start.
  public internal(set) var bookReadAt: Timestamp?
  /// When the newest row of a reading was told of whose last row is still to come; `nil` where none is.
  public internal(set) var bookRowAt: Timestamp?
  /// Whether the book was read whole since the service started.
  public internal(set) var hasReadBook = false
  /// Orders whose product is in question, in the order in which they were first seen (rule 8).
  public internal(set) var unsettled: [OrderID] = []
  /// The newest reading of the positions that was made for that.
  public internal(set) var positionsRead: PositionsReading?
  public internal(set) var suspectedPairs: SuspectedPairs?
  /// Orders that open a position only if no message is late or lost; a reading of the book tells.
  public internal(set) var openingsInQuestion: [OrderID: OpeningQuestion] = [:]
  /// The day on which what he holds was last read whole (rule 6).
  public internal(set) var restatedOn: Day?
  /// Since when nobody sees what he does; `nil` while somebody does (rule 35).
  public internal(set) var blindSince: Timestamp?
  /// How far our clock is ahead of the broker's, by whose clock orders are dated.
  public internal(set) var clockAhead = Microseconds(0)
  /// Orders that belong together, by their first (rule 23).
  public internal(set) var baskets: [OrderID: Basket] = [:]

  mutating func apply(_ baseline: LeaderBaseline, at now: Timestamp) {
    hasBaseline = true
    hasReadBook = true
    // It is made of readings that agree with each other, some milliseconds ago.
    bookReadAt = now
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
    if picture.source == .book { bookRowAt = now }
    let seen = picture.order
    // Age runs on the broker's clock where it told its time, so that an old order seen late is old.
    let raised = min(now, seen.updatedAt.map { $0 + clockAhead } ?? now)
    var order: LeaderOrder
    var newlyFilled = seen.filled
    let isFirst: Bool
    if let known = orders[seen.orderID] {
      isFirst = false
      order = known
      newlyFilled = seen.filled - known.order.filled
      order.see(seen, revision: picture.revision, sequence: sequence, raisedAt: raised, at: now)
    } else {
      isFirst = true
      order = LeaderOrder(
        seen, revision: picture.revision, firstSeen: sequence, raisedAt: raised,
        seenAfter: positions[seen.key]?.progress ?? SegmentShare(segment: 0, opened: .zero, closed: .zero), at: now)
      order.isUnsettled = isInQuestion(seen)
      if order.isUnsettled {
        unsettled.append(seen.orderID)
      } else {
        positions[order.key, default: LeaderPosition()].orders.append(seen.orderID)
      }
    }
    if newlyFilled > .zero { order.filledAt = now }
    orders[seen.orderID] = order
    guard hasBaseline, !order.isUnsettled else { return isFirst }
    let before = positions[order.key]?.net ?? .zero
    if newlyFilled > .zero { fill(order, by: newlyFilled, sequence: sequence, at: now) }
    question(order, isFirst: isFirst, newlyFilled: max(.zero, newlyFilled), before: before, picture.source, at: now)
    return isFirst
  }

  /// Divides a fill at the point where the position crosses zero: what closes, then what opens (rule 9).
  mutating func fill(_ filled: LeaderOrder, by quantity: Quantity, sequence: SequenceNumber, at now: Timestamp) {
    let order = filled.order
    var position = positions[filled.key] ?? LeaderPosition()
    let closes = position.side == order.side.opposite ? min(quantity, position.net.magnitude) : .zero
    let opens = quantity - closes
    if closes > .zero {
      position.segments[position.segments.count - 1].closed += closes
      position.segments[position.segments.count - 1].lastDecrease = sequence
      position.segments[position.segments.count - 1].lastDecreaseAt = now
      position.lastDecrease = LeaderPosition.Decrease(side: order.side.opposite, at: min(now, filled.raisedAt))
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
    if order.averagePrice > .zero { position.lastPrice = Quote(price: order.averagePrice, at: now) }
    positions[filled.key] = position
  }

  private mutating func record(_ orderID: OrderID, segment: Int64, opened: Quantity, closed: Quantity) {
    guard var order = orders[orderID] else { return }
    let progress = positions[order.key].flatMap { $0.segments.first { $0.number == segment } }?.closed ?? .zero
    if let index = order.shares.firstIndex(where: { $0.segment == segment }) {
      if order.shares[index].opened == .zero { order.shares[index].openedAfter = progress }
      order.shares[index].opened += opened
      order.shares[index].closed += closed
    } else {
      order.shares.append(
        SegmentShare(segment: segment, opened: opened, closed: closed, openedAfter: progress))
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
