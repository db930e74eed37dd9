import Glibc

/// The value and the Greeks of a European option from the forward of its underlying (F. Black, 1976;
/// options-domain.md §5.1).
///
/// All figures are in rupees per unit of the underlying, neither per lot nor per position.
///
/// The value needs the forward alone. The Greeks are told **with respect to the spot**, as Dhan's option chain tells
/// them (options-domain.md §5.2): they hold fixed the spot less the dividends until expiry, which is the discounted
/// forward. So delta is N(d1) for a call and −N(−d1) for a put, and no guess of dividends enters. For an option whose
/// underlying *is* a future, as on MCX, take ``BlackScholes`` with `yield` equal to `rate`: its Greeks are with
/// respect to the future.
///
/// An expired option is worth its intrinsic value; its delta is ±1 in the money, else 0, and its other Greeks are 0.
/// Every result is finite, and a value is never below the discounted intrinsic value nor above the discounted forward
/// (call) or strike (put).
public struct Black76: Hashable, Sendable {
  /// The forwards, spots and strikes that are priced, in rupees.
  public static let prices = 1e-4...1e9
  /// The interest rates that are priced, continuously compounded per year: 0.065 is 6.5 %.
  public static let rates = -1.0...1.0
  /// The volatilities that are priced, as fractions per year: 0.12 is 12 %.
  public static let volatilities = 1e-4...5.0

  public let forward: Double
  public let strike: Double
  public let rate: Double
  public let time: TimeToExpiry
  public let volatility: Double

  /// An option's model, or `nil` unless every number lies in the range that is priced: ``prices``, ``rates``,
  /// ``volatilities``. What is no number lies in none.
  public init?(forward: Double, strike: Double, rate: Double, time: TimeToExpiry, volatility: Double) {
    guard Black76.prices.contains(forward), Black76.prices.contains(strike), Black76.rates.contains(rate),
      Black76.volatilities.contains(volatility)
    else { return nil }
    self.forward = forward
    self.strike = strike
    self.rate = rate
    self.time = time
    self.volatility = volatility
  }

  /// The value, in rupees per unit.
  ///
  /// Call and put share one time value, that of whichever is out of the money. So parity holds, and an option far in
  /// the money does not lose its time value in the rounding of its intrinsic one.
  public func value(of payoff: Payoff) -> Double {
    let timeValue = Black76.timeValue(
      forward: forward, strike: strike, discount: discount, standardDeviation: volatility * time.years.squareRoot())
    let value = discount * payoff.exerciseValue(underlying: forward, strike: strike) + timeValue
    // At volatilities so high that the value reaches its bound, the sum may round to a hair above it.
    return min(value, discount * (payoff == .call ? forward : strike))
  }

  /// Delta, gamma, theta and vega with respect to the spot, in the units of ``Greeks``.
  public func greeks(of payoff: Payoff) -> Greeks { greeks(of: payoff, spot: forward * discount, yield: 0) }

  /// The change of the value for one percentage point of the interest rate, with the spot held. (With the forward
  /// held it is −years × value / 100, which is next to nothing at weekly tenors.)
  public func rho(of payoff: Payoff) -> Double {
    guard !time.hasExpired else { return 0 }
    let sign = payoff.sign
    return sign * strike * time.years * discount * Normal.cumulative(sign * d2) / 100
  }
}

extension Black76 {
  var discount: Double { exp(-rate * time.years) }

  private var d1: Double {
    let standardDeviation = volatility * time.years.squareRoot()
    return log(forward / strike) / standardDeviation + standardDeviation / 2
  }
  private var d2: Double { d1 - volatility * time.years.squareRoot() }

  /// The Greeks with respect to a spot whose forward, at the continuous `yield`, is the forward of this model.
  func greeks(of payoff: Payoff, spot: Double, yield: Double) -> Greeks {
    let sign = payoff.sign
    guard !time.hasExpired else {
      let isExercised = payoff.exerciseValue(underlying: forward, strike: strike) > 0
      return Greeks(finiteDelta: isExercised ? sign : 0, gamma: 0, theta: 0, vega: 0)
    }
    let root = time.years.squareRoot()
    let (discountedForward, discountedStrike) = (forward * discount, strike * discount)
    let exposure = discountedForward * Normal.cumulative(sign * d1)
    let density = discountedForward * Normal.density(d1)
    let thetaPerYear =
      -density * volatility / (2 * root) + sign * yield * exposure
      - sign * rate * discountedStrike * Normal.cumulative(sign * d2)
    return Greeks(
      finiteDelta: sign * exposure / spot, gamma: density / (spot * spot * volatility * root),
      theta: thetaPerYear / 365, vega: density * root / 100)
  }

  /// What an option out of the money is worth; zero without deviation. The standard deviation is that of the forward's
  /// logarithm until expiry, volatility × √years.
  static func timeValue(forward: Double, strike: Double, discount: Double, standardDeviation: Double) -> Double {
    guard standardDeviation > 0 else { return 0 }
    let d1 = log(forward / strike) / standardDeviation + standardDeviation / 2
    let d2 = d1 - standardDeviation
    let value =
      forward <= strike
      ? forward * Normal.cumulative(d1) - strike * Normal.cumulative(d2)
      : strike * Normal.cumulative(-d2) - forward * Normal.cumulative(-d1)
    // The difference of two numbers that are almost equal may come out a hair below zero, far from the money.
    return discount * max(0, value)
  }

  /// The change of the value per 1.00 of volatility: the slope that Newton's method follows.
  static func vega(forward: Double, strike: Double, discount: Double, volatility: Double, years: Double) -> Double {
    let standardDeviation = volatility * years.squareRoot()
    let d1 = log(forward / strike) / standardDeviation + standardDeviation / 2
    return discount * forward * Normal.density(d1) * years.squareRoot()
  }
}

/// The standard normal distribution.
enum Normal {
  /// Through erfc, which keeps its digits in the lower tail, where 1 + erf would cancel to nothing.
  static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
  static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
}
