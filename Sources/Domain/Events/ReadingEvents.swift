/// What the market traded at, asked for because a price was needed and nobody had told one (rule 19).
public struct QuoteSeen: EventPayload {
  public static let type = EventType.quoteSeen
  public var contract: ContractID
  public var price: Paise

  public init(contract: ContractID, price: Paise) {
    self.contract = contract
    self.price = price
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.contract = try reader.contract()
    self.price = try reader.paise("price")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(contract)
    writer.int("price", price.count)
  }
}

/// A reading of the leader's positions while an order of his might close what he holds under another product (rule 8).
public struct LeaderPositionsRead: EventPayload {
  public static let type = EventType.leaderPositions
  /// Open positions only: what is not named is flat.
  public var positions: [BaselinePosition]

  public init(positions: [BaselinePosition]) { self.positions = positions }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.positions = try reader.list("positions") { try BaselinePosition(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) { writer.list("positions", positions) { $1.write(to: &$0) } }
}

/// Under which product an order of the leader counts, where that was in question (rule 8): the sibling's, where the leader
/// had converted his position, else its own.
public struct ProductSettled: EventPayload {
  public static let type = EventType.productSettled
  public var orderID: OrderID
  public var product: ProductType

  public init(orderID: OrderID, product: ProductType) {
    self.orderID = orderID
    self.product = product
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.orderID = try reader.name("order_id")
    self.product = try reader.choice("product")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("order_id", orderID)
    writer.choice("product", product)
  }
}

/// An exit waits for a fresh reading of the follower's book (rule 33).
public struct ReadingWanted: EventPayload {
  public static let type = EventType.readingWanted
  public var follower: FollowerName
  public var key: PositionKey

  public init(follower: FollowerName, key: PositionKey) {
    self.follower = follower
    self.key = key
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    let contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
  }
  public func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.name("follower", follower)
    writer.choice("product", key.product)
  }
}
