import Domain

/// How much worse a follower traded than the leader: positive when it bought dearer or sold cheaper.
public struct Slippage: Hashable, Sendable {
  /// Over all of ``quantity``, exact.
  public let total: Paise
  /// The units of which both prices are known.
  public let quantity: Quantity

  init(total: Paise, quantity: Quantity) {
    self.total = total
    self.quantity = quantity
  }

  /// - Parameter leader: the leader's average price for one unit.
  public init(_ side: Side, at price: UnitPrice, leader: Paise) {
    total = Paise(side.sign * (price.value - leader * price.quantity).count)
    quantity = price.quantity
  }

  public static func + (left: Slippage, right: Slippage) -> Slippage {
    Slippage(total: left.total + right.total, quantity: left.quantity + right.quantity)
  }

  /// Rupees for one unit, as prices are written, with a sign: `+0.05`, `-0.0125`.
  public var perUnit: String { sign + Fraction.text(total.count, quantity.units * 100, decimals: 2...4) }

  /// Paise for one unit: `5`, `-1.25`.
  public var paisePerUnit: String { Fraction.text(total.count, quantity.units, decimals: 0...4) }

  /// Rupees over all units with a sign.
  public var rupees: String { "\(sign)\(total)" }

  private var sign: String { total > .zero ? "+" : "" }
}

extension Sequence<Slippage> {
  /// All of it together; `nil` when there is none.
  var sum: Slippage? {
    reduce(nil) { sum, next in sum.map { $0 + next } ?? next }
  }
}
