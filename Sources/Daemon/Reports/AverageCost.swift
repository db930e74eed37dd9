import Domain

/// The cost of an open position at its average, and what closing a part of it came to.
///
/// Whole paise throughout: a part closed takes its share of the cost, rounded, and the last part takes what is left, so
/// that from flat to flat results add up to what was paid and received exactly.
struct AverageCost {
  /// What closing came to.
  struct Realised: Equatable {
    var result = Paise.zero
    /// Units closed of which a price, on the way in or out, is not known: their result is not in ``result``.
    var unknown = Quantity.zero
  }

  /// Signed units, long positive.
  private(set) var held = Quantity.zero
  /// What the held units cost (long) or brought in (short); `nil` when a price on the way in is not known.
  private(set) var cost: Paise? = .zero

  /// Takes a trade; one through flat closes first and opens with the rest.
  ///
  /// - Parameter value: what all of `quantity` came to; `nil` when the price is not known.
  mutating func take(_ side: Side, _ quantity: Quantity, value: Paise?) -> Realised {
    let closes = Side(holding: held) == side.opposite ? min(quantity, held.magnitude) : .zero
    let closingValue = value.map { AverageCost.share($0, closes, of: quantity) }
    let realised = closes > .zero ? close(closes, value: closingValue) : Realised()
    let opens = quantity - closes
    if opens > .zero {
      held += Quantity(opens.units * side.sign)
      cost = cost.flatMap { cost in value.map { cost + ($0 - (closingValue ?? .zero)) } }
    }
    return realised
  }

  private mutating func close(_ quantity: Quantity, value: Paise?) -> Realised {
    let sign = Side(holding: held)?.sign ?? 0
    let share = cost.map { AverageCost.share($0, quantity, of: held.magnitude) }
    held -= Quantity(quantity.units * sign)
    cost = held == .zero ? .zero : cost.flatMap { cost in share.map { cost - $0 } }
    guard let share, let value else { return Realised(unknown: quantity) }
    return Realised(result: Paise(sign * (value - share).count))
  }

  /// What the held units would come to at `price`, less their cost; `nil` when the cost is not known.
  func open(at price: Paise) -> Paise? {
    cost.map { Paise((Side(holding: held)?.sign ?? 0) * (price * held.magnitude - $0).count) }
  }

  /// The average for one unit; `nil` when it is not known or nothing is held.
  var average: UnitPrice? { cost.flatMap { UnitPrice(value: $0, quantity: held.magnitude) } }

  private static func share(_ value: Paise, _ part: Quantity, of whole: Quantity) -> Paise {
    whole == .zero
      ? .zero
      : Paise(Rounding.halfUp.quotient(Int128(value.count) * Int128(part.units), Int128(whole.units)))
  }
}
