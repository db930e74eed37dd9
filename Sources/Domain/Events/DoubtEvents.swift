/// The leader's order book was read whole: for the first time since a start, from when on every order of his is known from which
/// a label of ours can come (rules 28 and 34); for the first time since his stream was gone or opened; or while an order that looks
/// like an opening waited for it (rule 7).
public struct LeaderBookRead: EventPayload {
  public static let type = EventType.leaderBookRead
  /// How many orders the reading held.
  public var orders: Int64
  /// When it was asked for; absent in logs from before that was written down.
  public var askedAt: Timestamp?

  public init(orders: Int64, askedAt: Timestamp? = nil) {
    self.orders = orders
    self.askedAt = askedAt
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.askedAt = try reader.optionalTime("asked_at")
    self.orders = try reader.int("orders")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.time("asked_at", askedAt)
    writer.int("orders", orders)
  }
}

/// A clean reading of a follower's order book while something waited to be settled by it (rule 28).
public struct FollowerBookRead: EventPayload {
  public static let type = EventType.followerBookRead
  public var follower: FollowerName
  /// How many orders the reading held.
  public var orders: Int64
  /// When it was asked for; absent in logs from before that was written down.
  public var askedAt: Timestamp?
  /// Whether the trade book was read with it and named no order that the order book did not show (rule 29).
  public var tradesAgree: Bool
  /// Whether an order that had ended is missing: the reading then says nothing of orders that it does not show.
  public var lacksEnded: Bool

  public init(
    follower: FollowerName, orders: Int64, askedAt: Timestamp? = nil, tradesAgree: Bool = false,
    lacksEnded: Bool = false
  ) {
    self.lacksEnded = lacksEnded
    self.follower = follower
    self.orders = orders
    self.askedAt = askedAt
    self.tradesAgree = tradesAgree
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.askedAt = try reader.optionalTime("asked_at")
    self.follower = try reader.name("follower")
    self.lacksEnded = try reader.flag("lacks_ended")
    self.orders = try reader.int("orders")
    self.tradesAgree = try reader.flag("trades_agree")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.time("asked_at", askedAt)
    writer.name("follower", follower)
    writer.flag("lacks_ended", lacksEnded)
    writer.int("orders", orders)
    writer.flag("trades_agree", tradesAgree)
  }
}

/// A person settled by hand a request that was in doubt (rule 30).
public struct RequestResolved: EventPayload {
  public static let type = EventType.requestResolved
  public var follower: FollowerName
  /// The broker's number of the order that came of it; `nil` when nothing did.
  public var orderID: OrderID?
  public var requestID: RequestID

  public init(follower: FollowerName, orderID: OrderID?, requestID: RequestID) {
    self.follower = follower
    self.orderID = orderID
    self.requestID = requestID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.orderID = try reader.optionalName("order_id")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("order_id", orderID)
    writer.name("request_id", requestID)
  }
}

/// An order that carries a label of ours, and that no request of this log can be the only cause of, counts as ours from now
/// on: a surplus under a label that another order has (rule 29), or an order from after the backup that this log was
/// restored from, found again by its recomputed label (rule 26).
public struct OrderAdopted: EventPayload {
  public static let type = EventType.orderAdopted
  /// Whom the order is; a surplus has the number of the child whose label it bears and a generation of its own.
  public var child: ChildID
  /// The label that the order carries.
  public var correlationID: CorrelationID
  public var key: PositionKey
  public var orderID: OrderID
  public var purpose: ChildPurpose
  public var isSurplus: Bool

  public init(
    child: ChildID, correlationID: CorrelationID, key: PositionKey, orderID: OrderID, purpose: ChildPurpose,
    isSurplus: Bool
  ) {
    self.child = child
    self.correlationID = correlationID
    self.key = key
    self.orderID = orderID
    self.purpose = purpose
    self.isSurplus = isSurplus
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let number = try reader.int("child")
    let contract = try reader.contract()
    self.correlationID = try reader.name("correlation_id")
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.orderID = try reader.name("order_id")
    let origin: LinkOrigin = try reader.name("origin")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
    self.purpose = try reader.choice("purpose")
    self.isSurplus = try reader.flag("surplus")
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("child", child.number)
    writer.contract(key.contract)
    writer.name("correlation_id", correlationID)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.name("order_id", orderID)
    writer.name("origin", child.origin)
    writer.choice("product", key.product)
    writer.choice("purpose", purpose)
    writer.flag("surplus", isSurplus)
  }
}

/// An order in the follower's account carries our prefix, and this log can tell in no way how it came about: another instance
/// is running, or the log is not what it was. The follower halts until `copytrade resume`; the order counts as the owner's
/// (rule 34).
public struct FollowerHalted: EventPayload {
  public static let type = EventType.followerHalted
  public var follower: FollowerName
  public var correlationID: CorrelationID
  public var key: PositionKey
  public var orderID: OrderID

  public init(follower: FollowerName, correlationID: CorrelationID, key: PositionKey, orderID: OrderID) {
    self.follower = follower
    self.correlationID = correlationID
    self.key = key
    self.orderID = orderID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    self.correlationID = try reader.name("correlation_id")
    self.follower = try reader.name("follower")
    self.orderID = try reader.name("order_id")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.name("correlation_id", correlationID)
    writer.name("follower", follower)
    writer.name("order_id", orderID)
    writer.choice("product", key.product)
  }
}
