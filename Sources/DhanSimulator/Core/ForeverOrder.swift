import Domain
import PaperExchange

/// An order that waits for a price, over as many days as it takes (dhan-api-v2.md §5.2).
struct ForeverOrder {
  struct Leg {
    enum State: Hashable {
      case armed, cancelled
      /// What it became was refused at once.
      case refused
      case placed(OrderID)
    }

    var type: OrderType
    var validity: Validity
    var quantity: Quantity
    var price: Paise
    var triggerPrice: Paise
    var state = State.armed
    /// From which side the price has to come; `nil` until the contract has a price.
    var waitsForRise: Bool?

    func isMet(at price: Paise) -> Bool {
      waitsForRise.map { $0 ? price >= triggerPrice : price <= triggerPrice } ?? false
    }

    /// The price may come from either side: it has to reach the trigger from where it is now.
    mutating func watch(from price: Paise?) { waitsForRise = price.map { triggerPrice >= $0 } }
  }

  let id: OrderID
  let account: ClientID
  let key: PositionKey
  let side: Side
  let createdAt: Timestamp
  var updatedAt: Timestamp
  /// One leg of a SINGLE; target and stop-loss of an OCO.
  var legs: [Leg]
  /// Only what the market shows after this can meet a trigger.
  var seen: ShownPrices

  static let legNames = ["TARGET_LEG", "STOP_LOSS_LEG"]

  var flag: String { legs.count == 1 ? "SINGLE" : "OCO" }
  var isArmed: Bool { legs.contains { $0.state == .armed } }
}

/// The prices of a contract that a trigger looks at.
struct ShownPrices: Hashable {
  /// Middle of the quote, or its one side.
  var quoted: Paise?
  /// As of the price checks: a recent trade before the quote.
  var reference: Paise?

  var current: Paise? { quoted ?? reference }

  /// What has changed since `earlier`.
  func fresh(since earlier: ShownPrices) -> [Paise] {
    // Where a quote was withdrawn, an old trade shows through, and is no news.
    if quoted == nil, earlier.quoted != nil { return [] }
    return [
      reference == earlier.reference ? nil : reference,
      quoted == earlier.quoted ? nil : quoted,
    ].compactMap(\.self)
  }
}
