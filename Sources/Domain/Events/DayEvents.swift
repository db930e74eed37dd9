/// A position in a contract whose last trading day is over.
public struct ExpiredPosition: Hashable, Sendable {
  public var account: AccountRole
  public var key: PositionKey
  /// Signed units: the leader's, or what this engine opened for the follower.
  public var quantity: Quantity
  /// Signed units that the follower's owner held by hand; zero for the leader.
  public var owner: Quantity

  public init(account: AccountRole, key: PositionKey, quantity: Quantity, owner: Quantity = .zero) {
    self.account = account
    self.key = key
    self.quantity = quantity
    self.owner = owner
  }

  init(reading reader: inout PayloadReader) throws {
    let contract = try reader.contract()
    let account = AccountRole(try reader.optionalName("follower"))
    let owner = try reader.optionalInt("owner")
    guard owner != 0 else { throw reader.fault("no zero for \"owner\"") }
    let product: ProductType = try reader.choice("product")
    self.init(
      account: account, key: PositionKey(contract: contract, product: product),
      quantity: try reader.quantity("quantity"), owner: Quantity(owner ?? 0))
  }

  func write(to writer: inout PayloadWriter) {
    writer.contract(key.contract)
    writer.name("follower", account.follower)
    writer.int("owner", owner == .zero ? nil : owner.units)
    writer.choice("product", key.product)
    writer.int("quantity", quantity.units)
  }
}

/// The first reading of any account on a new day in India, by the broker's clock: orders of earlier days are over, and what
/// stood in expired contracts is gone without an order (options-domain.md §2.4).
public struct DayBegan: EventPayload {
  public static let type = EventType.dayBegan
  public var day: Day
  public var expired: [ExpiredPosition]

  public init(day: Day, expired: [ExpiredPosition]) {
    self.day = day
    self.expired = expired
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.day = try reader.day("day")
    self.expired = try reader.list("expired") { try ExpiredPosition(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.string("day", day.description)
    writer.list("expired", expired) { $1.write(to: &$0) }
  }
}

/// What an account holds as a day begins: carry-forward plus today's trades, read twice alike (rule 6).
public struct AccountRestated: EventPayload {
  public static let type = EventType.accountRestated
  public var account: AccountRole
  public var day: Day
  /// Open positions only: what is not named is flat.
  public var positions: [BaselinePosition]

  public init(account: AccountRole, day: Day, positions: [BaselinePosition]) {
    self.account = account
    self.day = day
    self.positions = positions
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.day = try reader.day("day")
    self.account = AccountRole(try reader.optionalName("follower"))
    self.positions = try reader.list("positions") { try BaselinePosition(reading: &$0) }
  }
  public func write(to writer: inout PayloadWriter) {
    writer.string("day", day.description)
    writer.name("follower", account.follower)
    writer.list("positions", positions) { $1.write(to: &$0) }
  }
}

/// Nobody has seen what the leader does for longer than `leader.blind_after`, or somebody does again (rule 35).
public struct LeaderSightChanged: EventPayload {
  public static let type = EventType.leaderSight
  /// When he was last seen; `nil` when he is seen again.
  public var blindSince: Timestamp?

  public init(blindSince: Timestamp?) { self.blindSince = blindSince }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.blindSince = try reader.optionalTime("blind_since")
  }
  public func write(to writer: inout PayloadWriter) { writer.time("blind_since", blindSince) }
}

extension PayloadReader {
  mutating func day(_ key: StaticString) throws -> Day {
    let text = try text(key)
    guard let day = text.withBytes({ Day(canonical: $0) }) else { throw fault("a day for \"\(key)\"") }
    return day
  }
}
