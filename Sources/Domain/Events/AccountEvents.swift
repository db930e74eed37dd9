/// A position as a baseline holds it.
public struct BaselinePosition: Hashable, Sendable, Codable {
  public var key: PositionKey
  /// Signed units: carry-forward plus today's trades.
  public var quantity: Quantity
  public init(key: PositionKey, quantity: Quantity) {
    self.key = key
    self.quantity = quantity
  }

  init(reading reader: inout PayloadReader) throws {
    let contract = try reader.contract()
    let product: ProductType = try reader.choice("product")
    self.init(key: PositionKey(contract: contract, product: product), quantity: try reader.quantity("quantity"))
  }
  func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.choice("product", key.product)
    writer.int("quantity", quantity.units)
  }
}

public struct LeaderBaseline: EventPayload {
  public static let type = EventType.leaderBaseline
  public var positions: [BaselinePosition]

  public init(positions: [BaselinePosition]) { self.positions = positions }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.positions = try reader.list("positions") { try BaselinePosition(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) { writer.list("positions", positions) { $1.write(to: &$0) } }
}

public struct FollowerBaseline: EventPayload {
  public static let type = EventType.followerBaseline
  public var follower: FollowerName
  public var positions: [BaselinePosition]

  public init(follower: FollowerName, positions: [BaselinePosition]) {
    self.follower = follower
    self.positions = positions
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.positions = try reader.list("positions") { try BaselinePosition(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.list("positions", positions) { $1.write(to: &$0) }
  }
}

extension Funds {
  init(reading reader: inout PayloadReader) throws {
    let available = try reader.paise("available")
    self.init(
      startOfDay: try reader.paise("start_of_day"), available: available, utilised: try reader.paise("utilised"))
  }
  func write(to writer: inout PayloadWriter) {
    writer.int("available", available.count)
    writer.int("start_of_day", startOfDay.count)
    writer.int("utilised", utilised.count)
  }
}

public struct LeaderFunds: EventPayload {
  public static let type = EventType.leaderFunds
  public var funds: Funds

  public init(_ funds: Funds) { self.funds = funds }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.funds = try reader.object("funds") { try Funds(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) { writer.object("funds") { funds.write(to: &$0) } }
}

public struct FollowerFunds: EventPayload {
  public static let type = EventType.followerFunds
  public var follower: FollowerName
  public var funds: Funds

  public init(follower: FollowerName, funds: Funds) {
    self.follower = follower
    self.funds = funds
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.funds = try reader.object("funds") { try Funds(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.object("funds") { funds.write(to: &$0) }
  }
}

/// The merged picture of an order, with the number of pictures before it: two equal pictures are two events.
public struct OrderPicture: Hashable, Sendable {
  public var order: BrokerOrder
  /// Counts from 1 for each order.
  public var revision: Int64
  public var source: OrderSource

  public init(order: BrokerOrder, revision: Int64, source: OrderSource) {
    self.order = order
    self.revision = revision
    self.source = source
  }

  init(reading reader: inout PayloadReader, follower: inout FollowerName?) throws {
    let afterMarket = try reader.flag("after_market")
    let average = try reader.paise("average_price")
    let contract = try reader.contract()
    let label: CorrelationID? = try reader.optionalName("correlation_id")
    let disclosed = try reader.optionalInt("disclosed_quantity")
    guard disclosed != 0 else { throw reader.fault("no zero for \"disclosed_quantity\"") }
    let isExitLeg = try reader.flag("exit_leg")
    let filled = try reader.quantity("filled")
    follower = try reader.optionalName("follower")
    let orderID: OrderID = try reader.name("order_id")
    let price = try reader.paise("price")
    let product: ProductType = try reader.choice("product")
    let quantity = try reader.quantity("quantity")
    let reason = try reader.stringOrEmpty("reason")
    let reference = try reader.optionalInt("reference_price")
    guard reference != 0 else { throw reader.fault("no zero for \"reference_price\"") }
    self.revision = try reader.int("revision")
    let side: Side = try reader.choice("side")
    self.source = try reader.choice("source")
    let status: OrderStatus = try reader.choice("status")
    let trigger = try reader.paise("trigger_price")
    let type: OrderType = try reader.choice("type")
    let updatedAt = try reader.optionalTime("updated_at")
    let validity: Validity = try reader.choice("validity")
    self.order = BrokerOrder(
      orderID: orderID, correlationID: label, key: PositionKey(contract: contract, product: product), side: side,
      type: type, validity: validity, quantity: quantity, price: price, triggerPrice: trigger, filled: filled,
      averagePrice: average, status: status, afterMarket: afterMarket, updatedAt: updatedAt,
      referencePrice: Paise(reference ?? 0), disclosedQuantity: Quantity(disclosed ?? 0),
      isExitLeg: isExitLeg, reason: reason)
  }

  func write(to writer: inout PayloadWriter, follower: FollowerName?) {
    writer.flag("after_market", order.afterMarket)
    writer.int("average_price", order.averagePrice.count)
    writer.contract(order.key.contract)
    writer.name("correlation_id", order.correlationID)
    writer.int("disclosed_quantity", order.disclosedQuantity == .zero ? nil : order.disclosedQuantity.units)
    writer.flag("exit_leg", order.isExitLeg)
    writer.int("filled", order.filled.units)
    writer.name("follower", follower)
    writer.name("order_id", order.orderID)
    writer.int("price", order.price.count)
    writer.choice("product", order.key.product)
    writer.int("quantity", order.quantity.units)
    writer.stringUnlessEmpty("reason", order.reason)
    writer.int("reference_price", order.referencePrice == .zero ? nil : order.referencePrice.count)
    writer.int("revision", revision)
    writer.choice("side", order.side)
    writer.choice("source", source)
    writer.choice("status", order.status)
    writer.int("trigger_price", order.triggerPrice.count)
    writer.choice("type", order.type)
    writer.time("updated_at", order.updatedAt)
    writer.choice("validity", order.validity)
  }
}

public struct LeaderOrderSeen: EventPayload {
  public static let type = EventType.leaderOrder
  public var picture: OrderPicture

  public init(_ picture: OrderPicture) { self.picture = picture }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    var follower: FollowerName?
    self.picture = try OrderPicture(reading: &reader, follower: &follower)
    guard follower == nil else { throw reader.fault("no follower in an order of the leader") }
  }
  public func write(to writer: inout PayloadWriter) { picture.write(to: &writer, follower: nil) }
}

public struct FollowerOrderSeen: EventPayload {
  public static let type = EventType.followerOrder
  public var follower: FollowerName
  public var picture: OrderPicture

  public init(follower: FollowerName, _ picture: OrderPicture) {
    self.follower = follower
    self.picture = picture
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    var name: FollowerName?
    self.picture = try OrderPicture(reading: &reader, follower: &name)
    guard let name else { throw reader.fault("\"follower\"") }
    self.follower = name
  }
  public func write(to writer: inout PayloadWriter) { picture.write(to: &writer, follower: follower) }
}
