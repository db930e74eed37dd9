import Domain

/// A price as what so many units came to: exact where a price per unit would have to be rounded.
public struct UnitPrice: Hashable, Sendable {
  /// What all of ``quantity`` came to, in whole paise.
  public let value: Paise
  /// How many units; at least one.
  public let quantity: Quantity

  /// `nil` unless there are units and they cost something: no premium is zero.
  public init?(value: Paise, quantity: Quantity) {
    guard value > .zero, quantity > .zero else { return nil }
    self.value = value
    self.quantity = quantity
  }

  /// The price of one unit in whole paise, half a paisa upwards.
  public var rounded: Paise {
    Paise(Rounding.halfUp.quotient(Int128(value.count), Int128(quantity.units)))
  }

  /// Rupees for one unit: `152.35`; up to four decimals where whole paise do not say it.
  public var perUnit: String { Fraction.text(value.count, quantity.units * 100, decimals: 2...4) }
}

/// Fractions for people: exact integers until the last digit that is shown.
enum Fraction {
  /// `numerator` ÷ `denominator` in decimals, half away from zero; blanks at the end are left out down to the fewest.
  ///
  /// - Precondition: `denominator` > 0.
  static func text(_ numerator: Int64, _ denominator: Int64, decimals: ClosedRange<Int>) -> String {
    var scale: Int128 = 1
    for _ in 0..<decimals.upperBound { scale *= 10 }
    let scaled = Rounding.halfUp.quotient(Int128(numerator.magnitude) * scale, Int128(denominator))
    var digits = String(scaled)
    while digits.count <= decimals.upperBound { digits = "0" + digits }
    var fraction = String(digits.suffix(decimals.upperBound))
    while fraction.count > decimals.lowerBound, fraction.last == "0" { fraction.removeLast() }
    let whole = digits.dropLast(decimals.upperBound)
    return (numerator < 0 && scaled != 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
