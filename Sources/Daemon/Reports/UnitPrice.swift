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

  /// What so many units come to at this price, half a paisa upwards.
  func value(of units: Quantity) -> Paise {
    Paise(Rounding.halfUp.quotient(Int128(value.count) * Int128(units.units), Int128(quantity.units)))
  }
}
