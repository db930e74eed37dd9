import Glibc

/// The volatility at which Black-76 gives an option the price that it has in the market (options-domain.md §5.1).
///
/// A price does not always tell a volatility. What does not is refused with a reason, for a number made up here would
/// be taken for a risk that somebody measured.
public enum ImpliedVolatility {
  /// Why a price tells no volatility. The raw value is a stable name for machines.
  public enum Refusal: String, Error, Hashable, CaseIterable {
    case quoteAbsent, invalidInput, expired, belowIntrinsic, atOrAboveBound, belowRange, aboveRange, undetermined
  }

  /// Half a paisa: how exactly a price is taken to be known, in rupees.
  public static let priceTolerance = 0.005

  /// How far the volatility may be off for prices within the tolerance: one volatility point.
  public static let volatilityTolerance = 0.01

  /// The implied volatility of an option at `price`, as a fraction: 0.12 is 12 %. It lies in ``Black76/volatilities``
  /// and gives the price back.
  ///
  /// Every volatility of a price within `priceTolerance` of this one lies within ``volatilityTolerance`` of the
  /// answer; where that cannot be said, the price is refused as undetermined. Give half the spread as the tolerance,
  /// or half a tick, to ask for as much of a price that is known less exactly.
  ///
  /// Newton's method in a bracket that shrinks, with a bisection whenever a step would leave it: at most 100 steps,
  /// commonly four to eight.
  ///
  /// - Parameters:
  ///   - price: rupees per unit.
  ///   - rate: continuously compounded per year, as in ``Black76``.
  ///   - priceTolerance: rupees, positive.
  /// - Throws: the first ``Refusal`` that applies, in the order of their declaration.
  public static func solve(
    _ payoff: Payoff, price: Double, forward: Double, strike: Double, rate: Double, time: TimeToExpiry,
    priceTolerance: Double = ImpliedVolatility.priceTolerance
  ) throws(Refusal) -> Double {
    guard price.isFinite, price > 0, priceTolerance.isFinite, priceTolerance > 0,
      let model = Black76(
        forward: forward, strike: strike, rate: rate, time: time, volatility: Black76.volatilities.lowerBound)
    else { throw .invalidInput }
    guard !time.hasExpired else { throw .expired }
    let discount = model.discount
    let intrinsic = discount * payoff.exerciseValue(underlying: forward, strike: strike)
    guard price >= intrinsic else { throw .belowIntrinsic }
    guard price < discount * (payoff == .call ? forward : strike) else { throw .atOrAboveBound }
    return try TimeValueCurve(forward: forward, strike: strike, discount: discount, years: time.years)
      .volatility(at: price - intrinsic, tolerance: priceTolerance)
  }

  /// The implied volatility at the middle of a quote; ``Refusal/quoteAbsent`` unless there is a ``Quote/mid``.
  public static func solve(
    _ payoff: Payoff, quote: Quote, forward: Double, strike: Double, rate: Double, time: TimeToExpiry,
    priceTolerance: Double = ImpliedVolatility.priceTolerance
  ) throws(Refusal) -> Double {
    guard let mid = quote.mid else { throw .quoteAbsent }
    return try solve(
      payoff, price: mid, forward: forward, strike: strike, rate: rate, time: time, priceTolerance: priceTolerance)
  }
}

extension ImpliedVolatility.Refusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .quoteAbsent: "There is no bid, no ask, or the bid is above the ask."
    case .invalidInput: "A number is not finite, or out of the range that is priced."
    case .expired: "The option has expired."
    case .belowIntrinsic: "The price is below the discounted intrinsic value."
    case .atOrAboveBound: "The price is as high as the discounted forward (call) or strike (put), or higher."
    case .belowRange: "The price is that of a volatility below 0.01 %."
    case .aboveRange: "The price is that of a volatility above 500 %."
    case .undetermined: "Volatilities more than one point apart give this price within its tolerance."
    }
  }
}

/// The time value as a function of volatility: it rises everywhere, and is convex below one volatility and concave
/// above.
///
/// Call and put have the same, so solving on it gives an option in the money the digits of the one out of the money.
private struct TimeValueCurve {
  let forward: Double
  let strike: Double
  let discount: Double
  let years: Double

  func value(at volatility: Double) -> Double {
    Black76.timeValue(
      forward: forward, strike: strike, discount: discount, standardDeviation: volatility * years.squareRoot())
  }
  func slope(at volatility: Double) -> Double {
    Black76.vega(forward: forward, strike: strike, discount: discount, volatility: volatility, years: years)
  }

  /// Where Newton's method starts. From the point of inflection it reaches every root without leaving its side
  /// (Manaster and Koehler, 1982); at the money that point is zero, and the curve nearly a line through it (Brenner
  /// and Subrahmanyam, 1988).
  func start(for target: Double) -> Double {
    let inflection = (2 * abs(log(forward / strike)) / years).squareRoot()
    let line = target / (discount * forward) * (2 * Double.pi / years).squareRoot()
    let range = Black76.volatilities
    return min(max(inflection, min(line, 1), range.lowerBound), range.upperBound)
  }

  func volatility(at target: Double, tolerance: Double) throws(ImpliedVolatility.Refusal) -> Double {
    var (low, high) = (Black76.volatilities.lowerBound, Black76.volatilities.upperBound)
    guard value(at: low) < target else { throw .belowRange }
    guard value(at: high) > target else { throw .aboveRange }
    var volatility = start(for: target)
    for _ in 0..<100 {
      let error = value(at: volatility) - target
      if error < 0 { low = volatility } else { high = volatility }
      let step = error / slope(at: volatility)
      if error == 0 || abs(step) <= 1e-12 || high - low <= 1e-12 { break }
      let next = volatility - step
      // Without a slope the step is no number or infinite, and fails this comparison too.
      volatility = low < next && next < high ? next : low + (high - low) / 2
    }
    let margin = ImpliedVolatility.volatilityTolerance
    guard abs(value(at: volatility) - target) < tolerance,
      value(at: volatility + margin) - target >= tolerance, target - value(at: volatility - margin) >= tolerance
    else { throw .undetermined }
    return volatility
  }
}
