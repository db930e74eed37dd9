import Domain

/// One order inside the exchange.
struct PaperOrder: Hashable, Sendable {
  enum Phase: Hashable, Sendable {
    /// An after-market order: taken while the market is closed, sent when it opens.
    case queued
    /// Taken by the broker, not yet at the exchange.
    case transit
    /// A stop order before its trigger.
    case waiting
    /// In the book; the rank is its priority in time among orders of one price.
    case resting(rank: Int64)
    case traded
    case rejected(reason: String)
    case cancelled(reason: String)
    case expired

    var isFinal: Bool {
      switch self {
      case .queued, .transit, .waiting, .resting: false
      case .traded, .rejected, .cancelled, .expired: true
      }
    }
    /// Whether it binds money: accepted and still open.
    var isWorking: Bool {
      switch self {
      case .waiting, .resting: true
      case .queued, .transit, .traded, .rejected, .cancelled, .expired: false
      }
    }
  }

  let id: OrderID
  let account: ClientID
  let label: CorrelationID?
  let key: PositionKey
  let side: Side
  let isByHand: Bool
  let isAfterMarket: Bool
  let createdAt: Timestamp
  var terms: PaperTerms
  var phase: Phase
  /// When the exchange took it; `nil` before that, and for an order that never got there.
  var arrivedAt: Timestamp?
  /// A stop order that has met its trigger is a LIMIT from then on.
  var isTriggered = false
  var filled = Quantity.zero
  /// Sum of price × units over all fills.
  var turnover = Paise.zero
  /// Of the latest fill; zero before the first.
  var lastPrice = Paise.zero
  /// Modifications that were taken, whatever came of them.
  var modifications: Int64 = 0
  /// Requests for one order reach the exchange in the order of the calls: none before this moment.
  var lastArrival: Timestamp
  var changedAt: Timestamp
  /// The reason of a modification or cancellation that came back; it stands until the next transition.
  var note = ""

  /// Whether it was placed while the market was closed and has not reached the exchange yet.
  var waitsForSession: Bool { isAfterMarket && arrivedAt == nil && !phase.isFinal }

  /// Whether the newest transition was a modification or a cancellation that came back.
  var cameBack: Bool { phase.isWorking && !note.isEmpty }

  var open: Quantity { phase.isFinal ? .zero : terms.quantity - filled }

  var status: OrderStatus {
    switch phase {
    case .queued: .pending
    case .transit: .transit
    case .waiting, .resting: filled > .zero ? .partTraded : .pending
    case .traded: .traded
    case .rejected: .rejected
    case .cancelled: .cancelled
    case .expired: .expired
    }
  }

  var reason: String {
    switch phase {
    case .rejected(let reason), .cancelled(let reason): reason
    case .queued, .transit, .waiting, .resting, .traded, .expired: note
    }
  }
}

/// What an order asks for, as far as a modification can change it.
struct PaperTerms: Hashable, Sendable {
  var quantity: Quantity
  /// The limit that matches; of a MARKET order, what it was converted to, and zero before that.
  var price: Paise
  var triggerPrice: Paise
  /// As asked for: a converted MARKET order stays one here.
  var type: OrderType
  var validity: Validity
  /// Zero where all of it shows. Nobody here looks at it but the order's owner.
  var disclosedQuantity: Quantity

  init(_ ticket: PaperTicket) {
    self.quantity = ticket.quantity
    self.price = PaperTerms.isConverted(ticket.type) ? .zero : ticket.price
    self.triggerPrice = ticket.triggerPrice
    self.type = ticket.type
    self.validity = ticket.validity
    self.disclosedQuantity = ticket.disclosedQuantity ?? .zero
  }

  func applying(_ change: PaperChange) -> PaperTerms {
    var result = self
    if let quantity = change.quantity { result.quantity = quantity }
    if let validity = change.validity { result.validity = validity }
    if let disclosed = change.disclosedQuantity { result.disclosedQuantity = disclosed }
    if let trigger = change.triggerPrice { result.triggerPrice = trigger }
    if let type = change.type {
      result.type = type
      if PaperTerms.isConverted(type) { result.price = .zero }
    } else if let price = change.price, price > .zero, PaperTerms.isConverted(type) {
      // Once converted, such an order is a LIMIT, and a new price modifies that limit.
      result.type = .limit
    }
    if let price = change.price, !PaperTerms.isConverted(result.type) { result.price = price }
    return result
  }

  /// A STOP_LOSS_MARKET order that gets its limit when its trigger is met.
  var waitsForMarket: Bool { type == .stopLossMarket && price == .zero && triggerPrice > .zero }

  /// Whether orders of this type get their limit from the exchange (S9).
  static func isConverted(_ type: OrderType) -> Bool { type == .market || type == .stopLossMarket }
}
