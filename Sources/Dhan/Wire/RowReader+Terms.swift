import Domain

/// What an order says of itself beside quantity and price.
extension RowReader {
  /// Whether the order was placed while the market was closed and still waits for the session (dhan-api-v2.md §4.11).
  ///
  /// The flag alone says how the order was placed, and may stay for the rest of the day. What tells whether it has left is
  /// the exchange's own number: nobody but the exchange can give one, and before that the field holds `""`, `0`, `null` or
  /// `NA` (§4.6). The exchange's time is the weaker sign, since a broker may fill it with his own; it decides only where a
  /// row has no field for the number at all (§10). An order that filled, triggered or ended waits for nothing.
  func waitsForSession(_ status: OrderStatus, filled: Quantity) -> Bool {
    guard row.telling("offMktFlag", "afterMarketOrder")?.flag == true, filled == .zero else { return false }
    switch status {
    case .transit, .pending, .unknown: break
    case .partTraded, .traded, .rejected, .cancelled, .expired, .triggered: return false
    }
    guard let number = row.field("exchOrderNo", "exchangeOrderId") else {
      return moment("exchOrderTime", "exchangeTime") == nil
    }
    return number.isEmpty || number.text.map { $0.allSatisfy { $0 == "0" || $0 == "." } } ?? true
  }

  /// Whether it is the target or the stop-loss of a super order (dhan-api-v2.md §5.1): the book names the leg, the stream
  /// numbers it. What is not understood is no leg.
  var isExitLeg: Bool {
    switch row.telling("legName")?.word {
    case "TARGETLEG", "STOPLOSSLEG": return true
    default: break
    }
    guard let number = try? units(orZero: row.telling("legNo"), "legNo") else { return false }
    return number == Quantity(2) || number == Quantity(3)
  }

  /// How much of the order the market sees at a time; zero where that is all of it. It changes nothing of what is traded,
  /// so that a value that is not understood hides no order.
  func disclosed(of quantity: Quantity) -> Quantity {
    guard let shown = try? units(orZero: row.telling("discQuantity", "disclosedQuantity"), "disclosedQuantity"),
      shown < quantity
    else { return .zero }
    return shown
  }
}
