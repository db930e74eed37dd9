import Domain

/// Units of an order that filled, as one picture showed them.
public struct OrderFill: Sendable {
  public let sequence: SequenceNumber
  public let at: Timestamp
  public let quantity: Quantity
  /// The average of the whole order up to this fill, as last told; the broker shows no other. Zero while it was not told.
  public internal(set) var averagePrice: Paise
}

extension OrderRecord {
  /// What each fill alone came to, from the differences of quantity × average. Exact in whole paise as far as the broker's
  /// averages are, which it rounds to paise itself: what all fills came to is always the order's average.
  ///
  /// Fills between two known averages share their price; `nil` where the broker showed no average.
  public var fillPrices: [UnitPrice?] {
    var prices = [UnitPrice?](repeating: nil, count: fills.count)
    var (units, value, first, seen) = (Quantity.zero, Paise.zero, 0, Quantity.zero)
    for (index, fill) in fills.enumerated() {
      seen += fill.quantity
      guard fill.averagePrice > .zero,
        let span = UnitPrice(value: fill.averagePrice * seen - value, quantity: seen - units)
      else { continue }
      share(span, among: first...index, &prices)
      (units, value, first) = (seen, value + span.value, index + 1)
    }
    return prices
  }

  private func share(_ span: UnitPrice, among places: ClosedRange<Int>, _ prices: inout [UnitPrice?]) {
    var (before, units) = (Paise.zero, Quantity.zero)
    for place in places {
      units += fills[place].quantity
      let upTo = Paise(
        Rounding.halfUp.quotient(Int128(span.value.count) * Int128(units.units), Int128(span.quantity.units)))
      prices[place] = UnitPrice(value: upTo - before, quantity: fills[place].quantity)
      before = upTo
    }
  }
}
