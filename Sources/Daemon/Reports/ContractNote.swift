import Domain

/// What one account traded in one exchange segment on one day, and what that costs: an estimate, as the broker's note of
/// the day would say it. Charges of exercise and of the broker's square-off are not in it.
public struct ContractNote: Sendable {
  public let segment: ExchangeSegment
  /// Premium bought and sold.
  public internal(set) var bought = Paise.zero
  public internal(set) var sold = Paise.zero
  /// Orders that were executed, in part or whole.
  public internal(set) var orders: Int64 = 0

  public init(_ segment: ExchangeSegment, bought: Paise = .zero, sold: Paise = .zero, orders: Int64 = 0) {
    self.segment = segment
    self.bought = bought
    self.sold = sold
    self.orders = orders
  }

  /// The charges; `nil` where no rate is known for the segment.
  public func charges(_ rates: ChargeRates) -> Charges? {
    guard let exchange = rates.exchange[segment] else { return nil }
    return Charges(self, rates, exchange: exchange)
  }
}
