public enum Side: String, Sendable, Codable {
  case buy = "BUY"
  case sell = "SELL"

  /// +1 for buy, −1 for sell: what a fill does to a signed position.
  public var sign: Int64 { self == .buy ? 1 : -1 }
  public var opposite: Side { self == .buy ? .sell : .buy }

  /// The side that holds `quantity`; `nil` when it is flat.
  public init?(holding quantity: Quantity) {
    if quantity.units == 0 { return nil }
    self = quantity.units > 0 ? .buy : .sell
  }
}

public enum ProductType: String, Sendable, Codable {
  case intraday = "INTRADAY"
  case margin = "MARGIN"
  case cnc = "CNC"
  case mtf = "MTF"
  case coverOrder = "CO"
  case bracketOrder = "BO"
  case other = "OTHER"

  /// Options are held under these two only (options-domain.md §2.3).
  public var carriesOptions: Bool { self == .intraday || self == .margin }
}

public enum OrderType: String, Sendable, Codable {
  case limit = "LIMIT"
  case market = "MARKET"
  case stopLoss = "STOP_LOSS"
  case stopLossMarket = "STOP_LOSS_MARKET"
  case other = "OTHER"
}

public enum Validity: String, Sendable, Codable {
  case day = "DAY"
  case immediateOrCancel = "IOC"
  case other = "OTHER"
}

/// How far an order has come, in the broker's words (dhan-api-v2.md §4.9). A word we do not know is ``unknown``: not
/// final, never "filled".
public enum OrderStatus: String, Sendable, Codable {
  case transit = "TRANSIT"
  case pending = "PENDING"
  case partTraded = "PART_TRADED"
  case traded = "TRADED"
  case rejected = "REJECTED"
  case cancelled = "CANCELLED"
  case expired = "EXPIRED"
  case triggered = "TRIGGERED"
  case unknown = "UNKNOWN"

  public var isFinal: Bool {
    switch self {
    case .traded, .rejected, .cancelled, .expired: true
    case .transit, .pending, .partTraded, .triggered, .unknown: false
    }
  }
}

/// An order as the broker shows it, of the leader or of a follower, whoever placed it.
///
/// Quantities are units, prices paise. `filled` is cumulative. What the broker did not say is `nil`.
public struct BrokerOrder: Hashable, Sendable, Codable {
  public var orderID: OrderID
  /// The label, when the broker repeated it; ours has our prefix.
  public var correlationID: CorrelationID?
  public var key: PositionKey
  public var side: Side
  public var type: OrderType
  public var validity: Validity
  public var quantity: Quantity
  public var price: Paise
  public var triggerPrice: Paise
  public var filled: Quantity
  /// Average price of what is filled; zero when the broker does not know it (yet).
  public var averagePrice: Paise
  public var status: OrderStatus
  public var afterMarket: Bool
  /// The broker's clock, one-second resolution at Dhan; `nil` when it sent a sentinel.
  public var updatedAt: Timestamp?
  /// What the market traded at when the broker first told of the order (`RefLtp`); zero where it did not say (rule 19).
  public var referencePrice: Paise
  /// How much of it the market sees at a time; zero where all of it is shown.
  public var disclosedQuantity: Quantity
  /// Whether it is the target or the stop-loss of a super order, which its broker takes back when the other one fills.
  public var isExitLeg: Bool
  /// The broker's words on a rejection; empty while all is well.
  public var reason: String

  public init(
    orderID: OrderID, correlationID: CorrelationID?, key: PositionKey, side: Side, type: OrderType, validity: Validity,
    quantity: Quantity, price: Paise, triggerPrice: Paise = .zero, filled: Quantity = .zero,
    averagePrice: Paise = .zero, status: OrderStatus, afterMarket: Bool = false, updatedAt: Timestamp?,
    referencePrice: Paise = .zero, disclosedQuantity: Quantity = .zero, isExitLeg: Bool = false,
    reason: String = ""
  ) {
    self.orderID = orderID
    self.correlationID = correlationID
    self.key = key
    self.side = side
    self.type = type
    self.validity = validity
    self.quantity = quantity
    self.price = price
    self.triggerPrice = triggerPrice
    self.filled = filled
    self.averagePrice = averagePrice
    self.status = status
    self.afterMarket = afterMarket
    self.updatedAt = updatedAt
    self.referencePrice = referencePrice
    self.disclosedQuantity = disclosedQuantity
    self.isExitLeg = isExitLeg
    self.reason = reason
  }

  /// Units that can still fill: none once the order is final, whatever the broker's "remaining" says (§6.3 of the sheet).
  public var open: Quantity { status.isFinal ? .zero : max(.zero, quantity - filled) }
}
