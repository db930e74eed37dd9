import Domain
import Ports

/// One thing that somebody does to the exchange. A journal of (time, action) rebuilds the exchange exactly.
public enum PaperAction: Hashable, Sendable, Codable {
  /// A call through the API; faults apply.
  case call(PaperRequest, account: ClientID)
  /// The same by a person in the broker's app: no label, no faults.
  case phone(PaperRequest, account: ClientID)
  /// The rest of the market shows new prices and sizes.
  case quote(PaperQuote)
  /// Moves units of a position to another product.
  case convert(PaperConversion, account: ClientID)
  /// The broker cancels what rests and closes every position with market orders.
  case squareOff(account: ClientID)
  /// The exchange cancels or rejects an order that it has accepted; no person asked for it.
  case end(PaperOrderReference, PaperVerdict, account: ClientID)
  /// The next `times` API calls of the account meet this fault, after those that were asked for before.
  case failCalls(PaperCallFault, times: Int, account: ClientID)
  /// The next `times` updates of the account meet this fault, after those that were asked for before.
  case failUpdates(PaperUpdateFault, times: Int, account: ClientID)
  /// Faults of calls and updates that were asked for and have not been met are taken back.
  case forgetFaults
  /// While silent, updates of the account are lost, as on a socket that is open and dead.
  case silenceUpdates(Bool, account: ClientID)
  /// The market closes: resting orders expire, new ones are refused.
  case endOfDay
  /// The market opens again after ``endOfDay``: money stands where it stood and is the new start of day.
  case startOfDay
  /// The exchange behaves differently from now on. The seed is taken into account no more: its draws go on.
  case configure(PaperSettings)
}

/// How the exchange itself ends an order, and what it says.
public enum PaperVerdict: Hashable, Sendable, Codable {
  case cancel(reason: String)
  /// After it was PENDING; only while nothing of it has filled.
  case reject(reason: String)
}

/// What an account asks the broker for.
public enum PaperRequest: Hashable, Sendable, Codable {
  case place(PaperTicket)
  case modify(PaperOrderReference, PaperChange)
  case cancel(PaperOrderReference)

  public init(_ call: BrokerCall) {
    switch call {
    case .place(let ticket): self = .place(PaperTicket(ticket))
    case .modify(let orderID, let terms):
      self = .modify(
        .id(orderID),
        PaperChange(
          quantity: terms.quantity, price: terms.price.limit, triggerPrice: terms.price.trigger, type: terms.price.type,
          validity: terms.validity, disclosedQuantity: terms.disclosedQuantity))
    case .cancel(let orderID): self = .cancel(.id(orderID))
    }
  }
}

/// An order as it is handed in.
public struct PaperTicket: Hashable, Sendable, Codable {
  /// `nil` from the app. Through the API the broker then makes one up (S5).
  public var correlationID: CorrelationID?
  public var key: PositionKey
  public var side: Side
  public var type: OrderType
  public var validity: Validity
  public var quantity: Quantity
  /// Zero for MARKET.
  public var price: Paise
  public var triggerPrice: Paise
  /// Whether it may wait for the market to open; `nil` is no.
  public var afterMarket: Bool?
  /// How much of it shows at a time; `nil` is all of it.
  public var disclosedQuantity: Quantity?
  /// Under which a later action of the same account finds the order, before anybody knows its number.
  public var name: String?

  public init(
    correlationID: CorrelationID? = nil, key: PositionKey, side: Side, type: OrderType = .limit,
    validity: Validity = .day, quantity: Quantity, price: Paise, triggerPrice: Paise = .zero, afterMarket: Bool? = nil,
    disclosedQuantity: Quantity? = nil, name: String? = nil
  ) {
    self.correlationID = correlationID
    self.key = key
    self.side = side
    self.type = type
    self.validity = validity
    self.quantity = quantity
    self.price = price
    self.triggerPrice = triggerPrice
    self.afterMarket = afterMarket
    self.disclosedQuantity = disclosedQuantity
    self.name = name
  }

  public init(_ ticket: OrderTicket) {
    self.init(
      correlationID: ticket.correlationID, key: ticket.key, side: ticket.side, type: ticket.terms.price.type,
      validity: ticket.terms.validity, quantity: ticket.terms.quantity, price: ticket.terms.price.limit,
      triggerPrice: ticket.terms.price.trigger ?? .zero, afterMarket: ticket.afterMarket ? true : nil,
      disclosedQuantity: ticket.terms.disclosedQuantity > .zero ? ticket.terms.disclosedQuantity : nil)
  }
}

/// Which order of an account is meant.
public enum PaperOrderReference: Hashable, Sendable, Codable {
  case id(OrderID)
  /// The account's latest order of that name.
  case name(String)
}

/// What a modification changes; `nil` leaves a term as it is. `quantity` is the new total (S8).
public struct PaperChange: Hashable, Sendable, Codable {
  public var quantity: Quantity?
  public var price: Paise?
  public var triggerPrice: Paise?
  public var type: OrderType?
  public var validity: Validity?
  public var disclosedQuantity: Quantity?

  public init(
    quantity: Quantity? = nil, price: Paise? = nil, triggerPrice: Paise? = nil, type: OrderType? = nil,
    validity: Validity? = nil, disclosedQuantity: Quantity? = nil
  ) {
    self.quantity = quantity
    self.price = price
    self.triggerPrice = triggerPrice
    self.type = type
    self.validity = validity
    self.disclosedQuantity = disclosedQuantity
  }
}

/// What the rest of the market offers in one contract. It replaces what was offered before, on both sides.
public struct PaperQuote: Hashable, Sendable, Codable {
  public var contract: ContractID
  /// Zero is no bid.
  public var bid: Paise
  /// Zero is no offer.
  public var ask: Paise
  public var bidSize: Quantity
  public var askSize: Quantity

  public init(contract: ContractID, bid: Paise, ask: Paise, bidSize: Quantity, askSize: Quantity) {
    self.contract = contract
    self.bid = bid
    self.ask = ask
    self.bidSize = bidSize
    self.askSize = askSize
  }
}

/// Units of a position that move from one product to another.
public struct PaperConversion: Hashable, Sendable, Codable {
  public var contract: ContractID
  public var from: ProductType
  public var to: ProductType
  /// Without sign.
  public var quantity: Quantity

  public init(contract: ContractID, from: ProductType, to: ProductType, quantity: Quantity) {
    self.contract = contract
    self.from = from
    self.to = to
    self.quantity = quantity
  }
}
