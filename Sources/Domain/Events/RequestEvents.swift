/// Why a request was taken back before it left.
public enum WithdrawalReason: String, Sendable, Codable, CaseIterable {
  case desiredChanged = "desired_changed"
  case tooOld = "too_old"
}

/// Which kind of "no" the broker gave, as far as the engine must tell them apart.
public enum RefusalClass: String, Sendable, Codable, CaseIterable {
  /// The order was in TRANSIT; a cancel may be asked again when its status has moved (dhan-api-v2.md §4.4).
  case inTransit = "in_transit"
  case rateLimited = "rate_limited"
  /// The modification asked for less than is filled (rule 25).
  case belowFilled = "below_filled"
  /// The broker does not know the token (any more).
  case deadToken = "dead_token"
  /// The call came from an address that the broker does not allow for this account (dhan-api-v2.md §2.7).
  case addressRefused = "address_refused"
  /// Nothing was written: no word of the broker's, but proof that no order came of it (rule 27).
  case notWritten = "not_written"
  case other = "other"

  /// Whether the same request may be attempted again: the broker did not look at the order itself, and no order came of
  /// the call (rule 27). Anything else is not tried again until something else is desired (rule 5).
  public var provesNothingPlaced: Bool {
    switch self {
    case .rateLimited, .deadToken, .addressRefused, .notWritten: true
    case .inTransit, .belowFilled, .other: false
    }
  }
}

extension Arithmetic {
  init(reading reader: inout PayloadReader) throws {
    let filled = try reader.lots("filled")
    let forgone = try reader.optionalInt("forgone")
    guard forgone != 0 else { throw reader.fault("no zero for \"forgone\"") }
    let leaderLots = try reader.lots("leader_lots")
    let whole = try reader.optionalInt("leader_whole")
    let ratio = try reader.optionalRatio("ratio")
    let rule = try reader.int("rule")
    let target = try reader.lots("target")
    self.init(
      rule: rule, leaderLots: leaderLots, leaderWhole: whole.map { Lots($0) }, ratio: ratio, target: target,
      filled: filled, working: try reader.lots("working"), forgone: Lots(forgone ?? 0))
  }
  func write(to writer: inout PayloadWriter) {
    writer.int("filled", filled.count)
    writer.int("forgone", forgone == .zero ? nil : forgone.count)
    writer.int("leader_lots", leaderLots.count)
    writer.int("leader_whole", leaderWhole?.count)
    writer.ratio("ratio", ratio)
    writer.int("rule", rule)
    writer.int("target", target.count)
    writer.int("working", working.count)
  }
}

public struct PlacementRequested: EventPayload {
  public static let type = EventType.placementRequested
  public var child: ChildID
  public var correlationID: CorrelationID
  public var requestID: RequestID
  public var key: PositionKey
  public var side: Side
  public var purpose: ChildPurpose
  public var quantity: Quantity
  public var price: OrderPrice
  public var validity: Validity
  /// Whether the attempt is in this same commit, or follows when the lane has room (rule 31).
  public var leavesAtOnce: Bool
  public var why: Arithmetic

  public init(
    child: ChildID, correlationID: CorrelationID, requestID: RequestID, key: PositionKey, side: Side,
    purpose: ChildPurpose, quantity: Quantity, price: OrderPrice, validity: Validity = .day, leavesAtOnce: Bool,
    why: Arithmetic
  ) {
    self.child = child
    self.correlationID = correlationID
    self.requestID = requestID
    self.key = key
    self.side = side
    self.purpose = purpose
    self.quantity = quantity
    self.price = price
    self.validity = validity
    self.leavesAtOnce = leavesAtOnce
    self.why = why
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let number = try reader.int("child")
    let contract = try reader.contract()
    self.correlationID = try reader.name("correlation_id")
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.leavesAtOnce = try reader.flag("leaves_at_once")
    let origin: LinkOrigin = try reader.name("origin")
    let limit = try reader.paise("price")
    let product: ProductType = try reader.choice("product")
    self.purpose = try reader.choice("purpose")
    self.quantity = try reader.quantity("quantity")
    self.requestID = try reader.name("request_id")
    self.side = try reader.choice("side")
    self.price = OrderPrice(limit: limit, trigger: try reader.optionalInt("trigger_price").map { Paise($0) })
    let validity: Validity? = try reader.optionalChoice("validity")
    guard validity != .day else { throw reader.fault("no DAY for \"validity\"") }
    self.validity = validity ?? .day
    self.why = try reader.object("why") { try Arithmetic(reading: &$0) }
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
    self.key = PositionKey(contract: contract, product: product)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("child", child.number)
    writer.contract(key.contract)
    writer.name("correlation_id", correlationID)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.flag("leaves_at_once", leavesAtOnce)
    writer.name("origin", child.origin)
    writer.int("price", price.limit.count)
    writer.choice("product", key.product)
    writer.choice("purpose", purpose)
    writer.int("quantity", quantity.units)
    writer.name("request_id", requestID)
    writer.choice("side", side)
    writer.int("trigger_price", price.trigger?.count)
    if validity != .day { writer.choice("validity", validity) }
    writer.object("why") { why.write(to: &$0) }
  }
}

public struct ModificationRequested: EventPayload {
  public static let type = EventType.modificationRequested
  public var child: ChildID
  public var requestID: RequestID
  /// The new total of the order: filled and wanted remainder (rule 25).
  public var quantity: Quantity
  public var price: OrderPrice
  public var leavesAtOnce: Bool
  public var why: Arithmetic

  public init(
    child: ChildID, requestID: RequestID, quantity: Quantity, price: OrderPrice, leavesAtOnce: Bool, why: Arithmetic
  ) {
    self.child = child
    self.requestID = requestID
    self.quantity = quantity
    self.price = price
    self.leavesAtOnce = leavesAtOnce
    self.why = why
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let number = try reader.int("child")
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.leavesAtOnce = try reader.flag("leaves_at_once")
    let origin: LinkOrigin = try reader.name("origin")
    let limit = try reader.paise("price")
    self.quantity = try reader.quantity("quantity")
    self.requestID = try reader.name("request_id")
    self.price = OrderPrice(limit: limit, trigger: try reader.optionalInt("trigger_price").map { Paise($0) })
    self.why = try reader.object("why") { try Arithmetic(reading: &$0) }
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("child", child.number)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.flag("leaves_at_once", leavesAtOnce)
    writer.name("origin", child.origin)
    writer.int("price", price.limit.count)
    writer.int("quantity", quantity.units)
    writer.name("request_id", requestID)
    writer.int("trigger_price", price.trigger?.count)
    writer.object("why") { why.write(to: &$0) }
  }
}

public struct CancellationRequested: EventPayload {
  public static let type = EventType.cancellationRequested
  public var child: ChildID
  public var requestID: RequestID
  public var leavesAtOnce: Bool
  public var why: Arithmetic

  public init(child: ChildID, requestID: RequestID, leavesAtOnce: Bool, why: Arithmetic) {
    self.child = child
    self.requestID = requestID
    self.leavesAtOnce = leavesAtOnce
    self.why = why
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let number = try reader.int("child")
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.leavesAtOnce = try reader.flag("leaves_at_once")
    let origin: LinkOrigin = try reader.name("origin")
    self.requestID = try reader.name("request_id")
    self.why = try reader.object("why") { try Arithmetic(reading: &$0) }
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("child", child.number)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.flag("leaves_at_once", leavesAtOnce)
    writer.name("origin", child.origin)
    writer.name("request_id", requestID)
    writer.object("why") { why.write(to: &$0) }
  }
}

public struct RequestAttempted: EventPayload {
  public static let type = EventType.requestAttempted
  public var follower: FollowerName
  public var requestID: RequestID

  public init(follower: FollowerName, requestID: RequestID) {
    self.follower = follower
    self.requestID = requestID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("request_id", requestID)
  }
}

public struct RequestAccepted: EventPayload {
  public static let type = EventType.requestAccepted
  public var follower: FollowerName
  public var orderID: OrderID
  public var requestID: RequestID

  public init(follower: FollowerName, orderID: OrderID, requestID: RequestID) {
    self.follower = follower
    self.orderID = orderID
    self.requestID = requestID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.orderID = try reader.name("order_id")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("order_id", orderID)
    writer.name("request_id", requestID)
  }
}

public struct RequestRefused: EventPayload {
  public static let type = EventType.requestRefused
  public var follower: FollowerName
  public var requestID: RequestID
  public var refusal: RefusalClass
  /// The broker's words.
  public var text: String

  public init(follower: FollowerName, requestID: RequestID, refusal: RefusalClass, text: String) {
    self.follower = follower
    self.requestID = requestID
    self.refusal = refusal
    self.text = text
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.refusal = try reader.choice("refusal")
    self.requestID = try reader.name("request_id")
    self.text = try reader.string("text")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.choice("refusal", refusal)
    writer.name("request_id", requestID)
    writer.string("text", text)
  }
}

public struct RequestDoubted: EventPayload {
  public static let type = EventType.requestDoubted
  public var follower: FollowerName
  public var requestID: RequestID
  /// What happened to the call.
  public var text: String

  public init(follower: FollowerName, requestID: RequestID, text: String) {
    self.follower = follower
    self.requestID = requestID
    self.text = text
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.requestID = try reader.name("request_id")
    self.text = try reader.string("text")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("request_id", requestID)
    writer.string("text", text)
  }
}

public struct RequestWithdrawn: EventPayload {
  public static let type = EventType.requestWithdrawn
  public var follower: FollowerName
  public var requestID: RequestID
  public var reason: WithdrawalReason

  public init(follower: FollowerName, requestID: RequestID, reason: WithdrawalReason) {
    self.follower = follower
    self.requestID = requestID
    self.reason = reason
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.reason = try reader.choice("reason")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.choice("reason", reason)
    writer.name("request_id", requestID)
  }
}
