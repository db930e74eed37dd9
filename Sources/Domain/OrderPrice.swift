/// At what price an order of ours works. Only these two leave this program: a MARKET order goes out as a protected LIMIT and
/// a STOP_LOSS_MARKET as a STOP_LOSS with a limit, since the broker would convert them its own way (rule 20).
public enum OrderPrice: Hashable, Sendable, Codable {
  case limit(Paise)
  /// Waits until the market trades at `trigger`, and is a LIMIT from then on.
  case stop(trigger: Paise, limit: Paise)

  /// The limit, which bounds what may be paid or taken.
  public var limit: Paise {
    switch self {
    case .limit(let price), .stop(_, let price): price
    }
  }
  public var trigger: Paise? {
    if case .stop(let trigger, _) = self { return trigger }
    return nil
  }
  public var type: OrderType { trigger == nil ? .limit : .stopLoss }

  public init(limit: Paise, trigger: Paise?) {
    self = trigger.map { .stop(trigger: $0, limit: limit) } ?? .limit(limit)
  }
}

extension OrderPrice: CustomStringConvertible {
  /// `152.35`, or `260.00 when 264.10 trades`.
  public var description: String { trigger.map { "\(limit) when \($0) trades" } ?? "\(limit)" }
}

/// What is asked of a broker for one order: how much in all, at what price, for how long, and how much of it shows.
public struct OrderTerms: Hashable, Sendable, Codable {
  /// The total of the order, also in a modification: filled and wanted remainder (rule 25).
  public var quantity: Quantity
  public var price: OrderPrice
  public var validity: Validity
  /// How much of it the market sees at a time; zero where all of it is shown.
  public var disclosedQuantity: Quantity

  public init(
    quantity: Quantity, price: OrderPrice, validity: Validity = .day, disclosedQuantity: Quantity = .zero
  ) {
    self.quantity = quantity
    self.price = price
    self.validity = validity
    self.disclosedQuantity = disclosedQuantity
  }
}

extension Validity {
  /// The validity of a copy: immediate where the leader's is, else for the day.
  public var copied: Validity { self == .immediateOrCancel ? .immediateOrCancel : .day }
}
