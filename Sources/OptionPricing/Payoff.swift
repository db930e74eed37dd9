/// What an option pays when it is exercised: the right to buy (call) or to sell (put) at the strike.
public enum Payoff: Hashable, Sendable, CaseIterable {
  case call
  case put

  /// +1 for a call, −1 for a put: the sign that the formulas of both share.
  var sign: Double { self == .call ? 1 : -1 }

  /// What exercising pays, in the unit of the two prices, which are finite.
  func exerciseValue(underlying: Double, strike: Double) -> Double { max(0, sign * (underlying - strike)) }
}

/// Where an option stands: in, at, or out of the money, and how much of its premium is intrinsic.
///
/// Per unit of the underlying, in rupees. Between 15:15 and 15:30 the index of India's exchanges is not traded
/// continuously (options-domain.md §2.1); give the forward then instead of the spot.
public struct Moneyness: Hashable, Sendable {
  /// In, at, or out of the money.
  public enum Side: Hashable, Sendable, CaseIterable { case itm, atm, otm }

  public let side: Side

  /// What exercising would pay now, never negative and not discounted.
  public let intrinsic: Double

  /// Places a strike against the spot or forward of its underlying.
  ///
  /// - Parameter strikeStep: the distance of neighbouring strikes. The strike nearest to the underlying is at the
  ///   money, that is, one within half a step; both neighbours are where the underlying stands half-way. Zero asks for
  ///   equality.
  ///
  /// `nil` unless strike and underlying lie in ``Black76/prices`` and the step is finite and not negative.
  public init?(_ payoff: Payoff, strike: Double, underlying: Double, strikeStep: Double = 0) {
    guard Black76.prices.contains(strike), Black76.prices.contains(underlying), strikeStep.isFinite, strikeStep >= 0
    else { return nil }
    let distance = payoff.sign * (underlying - strike)
    side = abs(distance) <= strikeStep / 2 ? .atm : distance > 0 ? .itm : .otm
    intrinsic = payoff.exerciseValue(underlying: underlying, strike: strike)
  }

  /// The part of `premium` that is not intrinsic. It is negative for an option that trades below its intrinsic value,
  /// as a European option deep in the money may. `nil` for a premium that is negative or no finite number.
  public func timeValue(of premium: Double) -> Double? {
    guard premium.isFinite, premium >= 0 else { return nil }
    return premium - intrinsic
  }
}
