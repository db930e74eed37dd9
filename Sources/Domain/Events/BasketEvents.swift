/// Before a basket is entered the broker is asked what all of it would bind together (rule 23): hedged legs bind far less than
/// the sum of them.
public struct BasketMarginWanted: EventPayload {
  public static let type = EventType.basketMarginWanted
  /// The basket's first leg, which names it.
  public var basket: OrderID
  public var follower: FollowerName
  public var legs: [MarginLeg]
  /// How many times the smallest basket of these proportions.
  public var units: Int64

  public init(basket: OrderID, follower: FollowerName, legs: [MarginLeg], units: Int64) {
    self.basket = basket
    self.follower = follower
    self.legs = legs
    self.units = units
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.basket = try reader.name("basket")
    self.follower = try reader.name("follower")
    self.legs = try reader.list("legs") { try MarginLeg(reading: &$0) }
    self.units = try reader.int("units")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("basket", basket)
    writer.name("follower", follower)
    writer.list("legs", legs) { $1.write(to: &$0) }
    writer.int("units", units)
  }
}

/// What the broker would block for a basket of so many units.
public struct BasketMarginQuoted: EventPayload {
  public static let type = EventType.basketMarginQuoted
  public var basket: OrderID
  public var follower: FollowerName
  public var margin: Paise
  public var units: Int64

  public init(basket: OrderID, follower: FollowerName, margin: Paise, units: Int64) {
    self.basket = basket
    self.follower = follower
    self.margin = margin
    self.units = units
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.basket = try reader.name("basket")
    self.follower = try reader.name("follower")
    self.margin = try reader.paise("margin")
    self.units = try reader.int("units")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("basket", basket)
    writer.name("follower", follower)
    writer.int("margin", margin.count)
    writer.int("units", units)
  }
}

/// The lots of every leg of a basket, frozen together: the same multiple of the leader's proportions (rule 23).
public struct BasketSized: EventPayload {
  public static let type = EventType.basketSized
  /// What the account was known to have, where the margin was compared with it.
  public var available: Paise?
  public var basket: OrderID
  public var follower: FollowerName
  public var legs: [BasketLeg]
  public var margin: Paise?
  public var units: Int64

  public init(
    basket: OrderID, follower: FollowerName, legs: [BasketLeg], units: Int64, margin: Paise? = nil,
    available: Paise? = nil
  ) {
    self.available = available
    self.basket = basket
    self.follower = follower
    self.legs = legs
    self.margin = margin
    self.units = units
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.available = try reader.optionalInt("available").map { Paise($0) }
    self.basket = try reader.name("basket")
    self.follower = try reader.name("follower")
    self.legs = try reader.list("legs") { try BasketLeg(reading: &$0) }
    self.margin = try reader.optionalInt("margin").map { Paise($0) }
    self.units = try reader.int("units")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.int("available", available?.count)
    writer.name("basket", basket)
    writer.name("follower", follower)
    writer.list("legs", legs) { $1.write(to: &$0) }
    writer.int("margin", margin?.count)
    writer.int("units", units)
  }
}

/// A leg of a basket was not entered, or not whole: the rest of it is not entered either, and what was is kept or closed (rule 23).
public struct BasketBroken: EventPayload {
  public static let type = EventType.basketBroken
  public var basket: OrderID
  public var follower: FollowerName
  /// The leg that is missing.
  public var origin: LinkOrigin
  public var policy: MissingLegPolicy

  public init(basket: OrderID, follower: FollowerName, origin: LinkOrigin, policy: MissingLegPolicy) {
    self.basket = basket
    self.follower = follower
    self.origin = origin
    self.policy = policy
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.basket = try reader.name("basket")
    self.follower = try reader.name("follower")
    self.origin = try reader.name("origin")
    self.policy = try reader.choice("policy")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("basket", basket)
    writer.name("follower", follower)
    writer.name("origin", origin)
    writer.choice("policy", policy)
  }
}

extension MarginLeg {
  init(reading reader: inout PayloadReader) throws {
    let contract = try reader.contract()
    let price = try reader.paise("price")
    let product: ProductType = try reader.choice("product")
    let quantity = Quantity(try reader.int("quantity"))
    self.init(
      key: PositionKey(contract: contract, product: product), side: try reader.choice("side"), quantity: quantity,
      price: price)
  }
  func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.int("price", price.count)
    writer.choice("product", key.product)
    writer.int("quantity", quantity.units)
    writer.choice("side", side)
  }
}

extension BasketLeg {
  init(reading reader: inout PayloadReader) throws {
    let contract = try reader.contract()
    let leaderLots = try reader.lots("leader_lots")
    let lots = try reader.lots("lots")
    let origin: LinkOrigin = try reader.name("origin")
    let product: ProductType = try reader.choice("product")
    self.init(
      origin: origin, key: PositionKey(contract: contract, product: product), side: try reader.choice("side"),
      lots: lots, leaderLots: leaderLots)
  }
  func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.int("leader_lots", leaderLots.count)
    writer.int("lots", lots.count)
    writer.name("origin", origin)
    writer.choice("product", key.product)
    writer.choice("side", side)
  }
}
