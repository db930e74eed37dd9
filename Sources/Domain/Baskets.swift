/// Legs of the leader's that belong together (rule 23): how they are known, and what becomes of them when one is missing.
public struct BasketSettings: Hashable, Sendable, Codable {
  public enum Grouping: String, Hashable, Sendable, Codable, CaseIterable {
    /// By the label that the leader gave his orders.
    case tagged = "tagged"
    /// By the time at which they were placed.
    case window = "window"
  }

  public var grouping: Grouping
  /// How long after its first leg a basket takes in others. Nothing of it is entered before.
  public var within: Microseconds
  public var onMissingLeg: MissingLegPolicy

  public static let within = Microseconds.seconds(3)

  public init(
    grouping: Grouping, within: Microseconds = BasketSettings.within, onMissingLeg: MissingLegPolicy = .hold
  ) {
    self.grouping = grouping
    self.within = within
    self.onMissingLeg = onMissingLeg
  }
}

/// What becomes of a basket of which a leg was refused, or did not fill, when others had been entered.
public enum MissingLegPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  /// What was entered stays, the rest is not entered, and a person is told.
  case hold = "hold"
  /// What was entered is closed again.
  case unwind = "unwind"
}

/// One leg of a basket, as one follower takes it.
public struct BasketLeg: Hashable, Sendable, Codable {
  public let origin: LinkOrigin
  public let key: PositionKey
  public let side: Side
  /// What the follower takes of the leader's.
  public let lots: Lots
  public let leaderLots: Lots

  public init(origin: LinkOrigin, key: PositionKey, side: Side, lots: Lots, leaderLots: Lots) {
    self.origin = origin
    self.key = key
    self.side = side
    self.lots = lots
    self.leaderLots = leaderLots
  }
}

/// What the broker is asked for the margin of: one leg, at the price at which it would be entered.
public struct MarginLeg: Hashable, Sendable, Codable {
  public let key: PositionKey
  public let side: Side
  public let quantity: Quantity
  public let price: Paise

  public init(key: PositionKey, side: Side, quantity: Quantity, price: Paise) {
    self.key = key
    self.side = side
    self.quantity = quantity
    self.price = price
  }
}
