/// How the value of one unit of an option answers to its market (options-domain.md §5.2, §8).
///
/// All four are finite, in rupees per unit of the underlying.
public struct Greeks: Hashable, Sendable {
  /// For one rupee of the underlying: 0 to 1 for a call, −1 to 0 for a put (a negative yield aside).
  public let delta: Double
  /// The change of ``delta`` for one rupee of the underlying.
  public let gamma: Double
  /// For one calendar day (1/365 year) that passes. It is a rate at this moment, and no forecast for the day: in the
  /// last hours of an option it exceeds the value that is left.
  public let theta: Double
  /// For one volatility point (0.01).
  public let vega: Double

  /// `nil` unless all four are finite.
  public init?(delta: Double, gamma: Double, theta: Double, vega: Double) {
    guard [delta, gamma, theta, vega].allSatisfy(\.isFinite) else { return nil }
    self.init(finiteDelta: delta, gamma: gamma, theta: theta, vega: vega)
  }

  init(finiteDelta delta: Double, gamma: Double, theta: Double, vega: Double) {
    self.delta = delta
    self.gamma = gamma
    self.theta = theta
    self.vega = vega
  }
}

extension Greeks {
  /// The Greeks of one row of Dhan's option chain, whose units are those of this type, or `nil` where they are missing.
  ///
  /// Dhan sends zeros, or nothing, for strikes that hardly trade (options-domain.md §5.2). So one that is absent,
  /// zero, no number, or impossible for the payoff makes all four missing: a zero taken for a delta would let any
  /// quantity through a limit. A price tells the Greeks then, by ``ImpliedVolatility`` and ``Black76``.
  public init?(chain payoff: Payoff, delta: Double?, gamma: Double?, theta: Double?, vega: Double?) {
    guard let delta, let gamma, let theta, let vega, gamma > 0, vega > 0, theta != 0,
      (0...1).contains(payoff.sign * delta), delta != 0
    else { return nil }
    self.init(delta: delta, gamma: gamma, theta: theta, vega: vega)
  }

  /// The fraction for an implied volatility that Dhan tells in percent: 8.9452 is 0.089452. `nil` where it is absent,
  /// zero, no number, or outside ``Black76/volatilities``.
  public static func volatility(chainPercent percent: Double?) -> Double? {
    guard let percent, Black76.volatilities.contains(percent / 100) else { return nil }
    return percent / 100
  }
}

/// How the value of a whole position answers to its market (options-domain.md §5.4).
///
/// Signed: a short position has the opposite signs of a long one. Positions of one underlying add up; those of
/// different underlyings do not, except in ``rupeeDelta``, ``vega`` and ``theta``, and even there only for an owner
/// who believes that they move together.
public struct PositionGreeks: Hashable, Sendable {
  /// A figure beyond this is refused: no book comes near, and sums of what is below stay finite.
  public static let largest = 1e18

  /// As many units of the underlying gain and lose as much.
  public let delta: Double
  /// The change of ``delta`` for one rupee of the underlying.
  public let gamma: Double
  /// Rupees for one calendar day that passes.
  public let theta: Double
  /// Rupees for one volatility point (0.01).
  public let vega: Double
  /// ``delta`` × spot, in rupees: one hundredth of it is the gain when the underlying rises by 1 %.
  public let rupeeDelta: Double

  /// No position, from which a sum starts.
  public static let zero = PositionGreeks(delta: 0, gamma: 0, theta: 0, vega: 0, rupeeDelta: 0)

  /// The Greeks of a position of `quantity` units (lots × lot size, short negative), each answering as `perUnit`.
  ///
  /// `nil` unless the spot lies in ``Black76/prices`` and no figure passes ``largest``.
  public init?(quantity: Int64, perUnit: Greeks, spot: Double) {
    guard Black76.prices.contains(spot) else { return nil }
    let units = Double(quantity)
    self.init(
      delta: units * perUnit.delta, gamma: units * perUnit.gamma, theta: units * perUnit.theta,
      vega: units * perUnit.vega, rupeeDelta: units * perUnit.delta * spot)
    guard [delta, gamma, theta, vega, rupeeDelta].allSatisfy({ abs($0) <= PositionGreeks.largest }) else { return nil }
  }

  private init(delta: Double, gamma: Double, theta: Double, vega: Double, rupeeDelta: Double) {
    self.delta = delta
    self.gamma = gamma
    self.theta = theta
    self.vega = vega
    self.rupeeDelta = rupeeDelta
  }

  /// The two positions together.
  public static func + (left: PositionGreeks, right: PositionGreeks) -> PositionGreeks {
    PositionGreeks(
      delta: left.delta + right.delta, gamma: left.gamma + right.gamma, theta: left.theta + right.theta,
      vega: left.vega + right.vega, rupeeDelta: left.rupeeDelta + right.rupeeDelta)
  }

  public static func += (left: inout PositionGreeks, right: PositionGreeks) { left = left + right }
}
