import Glibc

/// The value and the Greeks of a European option from the spot of its underlying and a continuous yield (Black and
/// Scholes, 1973; R. C. Merton, 1973).
///
/// It is Black-76 at the forward `spot × e^((rate − yield) × years)`: the cost of carry is `rate − yield`. A yield of
/// zero is the formula of a share without dividends; a yield equal to the rate that of an option on a future, `spot`
/// being the future's price. Where a forward is traded, prefer ``Black76``: it asks for no guess of dividends.
///
/// Rupees per unit, Greeks with respect to `spot`, and an expired option as in ``Black76``, whose guarantees hold
/// here too.
public struct BlackScholes: Hashable, Sendable {
  public let spot: Double
  public let yield: Double
  /// The same option from its forward; its value is this one's.
  public let onForward: Black76

  /// An option's model, or `nil` unless spot, strike and the forward lie in ``Black76/prices``, rate and yield in
  /// ``Black76/rates``, and the volatility in ``Black76/volatilities``.
  public init?(
    spot: Double, strike: Double, rate: Double, yield: Double = 0, time: TimeToExpiry, volatility: Double
  ) {
    guard Black76.prices.contains(spot), Black76.rates.contains(yield),
      let onForward = Black76(
        forward: spot * exp((rate - yield) * time.years), strike: strike, rate: rate, time: time, volatility: volatility
      )
    else { return nil }
    self.spot = spot
    self.yield = yield
    self.onForward = onForward
  }

  /// The value, in rupees per unit.
  public func value(of payoff: Payoff) -> Double { onForward.value(of: payoff) }

  /// Delta, gamma, theta and vega with respect to the spot, in the units of ``Greeks``.
  public func greeks(of payoff: Payoff) -> Greeks { onForward.greeks(of: payoff, spot: spot, yield: yield) }

  /// The change of the value for one percentage point of the interest rate, with spot and yield held. It says
  /// nothing of an option on a future, whose yield is the rate itself.
  public func rho(of payoff: Payoff) -> Double { onForward.rho(of: payoff) }
}
