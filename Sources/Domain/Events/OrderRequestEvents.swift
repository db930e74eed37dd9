public struct PlacementRequested: EventPayload {
  public static let type = EventType.placementRequested
  public var child: ChildID
  public var correlationID: CorrelationID
  public var requestID: RequestID
  public var key: PositionKey
  public var side: Side
  public var purpose: ChildPurpose
  public var terms: OrderTerms
  /// Whether it is for the next session: an after-market order.
  public var afterMarket: Bool
  /// Whether the attempt is in this same commit, or follows when the lane has room (rule 31).
  public var leavesAtOnce: Bool
  public var why: Arithmetic

  public init(
    child: ChildID, correlationID: CorrelationID, requestID: RequestID, key: PositionKey, side: Side,
    purpose: ChildPurpose, terms: OrderTerms, afterMarket: Bool = false, leavesAtOnce: Bool, why: Arithmetic
  ) {
    self.child = child
    self.correlationID = correlationID
    self.requestID = requestID
    self.key = key
    self.side = side
    self.purpose = purpose
    self.terms = terms
    self.afterMarket = afterMarket
    self.leavesAtOnce = leavesAtOnce
    self.why = why
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.afterMarket = try reader.flag("after_market")
    let number = try reader.int("child")
    let contract = try reader.contract()
    self.correlationID = try reader.name("correlation_id")
    let disclosed = try reader.disclosedQuantity()
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.leavesAtOnce = try reader.flag("leaves_at_once")
    let origin: LinkOrigin = try reader.name("origin")
    let limit = try reader.paise("price")
    let product: ProductType = try reader.choice("product")
    self.purpose = try reader.choice("purpose")
    let quantity = try reader.quantity("quantity")
    self.requestID = try reader.name("request_id")
    self.side = try reader.choice("side")
    self.terms = try OrderTerms(readingEndOf: &reader, quantity: quantity, limit: limit, disclosed: disclosed)
    self.why = try reader.object("why") { try Arithmetic(reading: &$0) }
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
    self.key = PositionKey(contract: contract, product: product)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.flag("after_market", afterMarket)
    writer.int("child", child.number)
    writer.contract(key.contract)
    writer.name("correlation_id", correlationID)
    writer.disclosedQuantity(terms)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.flag("leaves_at_once", leavesAtOnce)
    writer.name("origin", child.origin)
    writer.int("price", terms.price.limit.count)
    writer.choice("product", key.product)
    writer.choice("purpose", purpose)
    writer.int("quantity", terms.quantity.units)
    writer.name("request_id", requestID)
    writer.choice("side", side)
    writer.endOf(terms)
    writer.object("why") { why.write(to: &$0) }
  }
}

public struct ModificationRequested: EventPayload {
  public static let type = EventType.modificationRequested
  public var child: ChildID
  public var requestID: RequestID
  public var terms: OrderTerms
  public var leavesAtOnce: Bool
  public var why: Arithmetic

  public init(child: ChildID, requestID: RequestID, terms: OrderTerms, leavesAtOnce: Bool, why: Arithmetic) {
    self.child = child
    self.requestID = requestID
    self.terms = terms
    self.leavesAtOnce = leavesAtOnce
    self.why = why
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let number = try reader.int("child")
    let disclosed = try reader.disclosedQuantity()
    let follower: FollowerName = try reader.name("follower")
    let generation = try reader.int("generation")
    self.leavesAtOnce = try reader.flag("leaves_at_once")
    let origin: LinkOrigin = try reader.name("origin")
    let limit = try reader.paise("price")
    let quantity = try reader.quantity("quantity")
    self.requestID = try reader.name("request_id")
    self.terms = try OrderTerms(readingEndOf: &reader, quantity: quantity, limit: limit, disclosed: disclosed)
    self.why = try reader.object("why") { try Arithmetic(reading: &$0) }
    self.child = ChildID(follower: follower, origin: origin, number: number, generation: generation)
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("child", child.number)
    writer.disclosedQuantity(terms)
    writer.name("follower", child.follower)
    writer.int("generation", child.generation)
    writer.flag("leaves_at_once", leavesAtOnce)
    writer.name("origin", child.origin)
    writer.int("price", terms.price.limit.count)
    writer.int("quantity", terms.quantity.units)
    writer.name("request_id", requestID)
    writer.endOf(terms)
    writer.object("why") { why.write(to: &$0) }
  }
}

extension PayloadReader {
  fileprivate mutating func disclosedQuantity() throws -> Quantity {
    guard let units = try optionalInt("disclosed_quantity") else { return .zero }
    guard units != 0 else { throw fault("no zero for \"disclosed_quantity\"") }
    return Quantity(units)
  }
}

extension PayloadWriter {
  fileprivate mutating func disclosedQuantity(_ terms: OrderTerms) {
    int("disclosed_quantity", terms.disclosedQuantity == .zero ? nil : terms.disclosedQuantity.units)
  }

  fileprivate mutating func endOf(_ terms: OrderTerms) {
    int("trigger_price", terms.price.trigger?.count)
    if terms.validity != .day { choice("validity", terms.validity) }
  }
}

extension OrderTerms {
  fileprivate init(
    readingEndOf reader: inout PayloadReader, quantity: Quantity, limit: Paise, disclosed: Quantity
  ) throws {
    let trigger = try reader.optionalInt("trigger_price").map { Paise($0) }
    let validity: Validity? = try reader.optionalChoice("validity")
    guard validity != .day else { throw reader.fault("no DAY for \"validity\"") }
    self.init(
      quantity: quantity, price: OrderPrice(limit: limit, trigger: trigger), validity: validity ?? .day,
      disclosedQuantity: disclosed)
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
