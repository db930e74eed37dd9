/// How one unit of an option answers to its market, in numbers that decisions count with exactly (options-domain.md §5).
///
/// Models work with floating point. What one of them says is rounded once, where it is observed, and recorded: decisions and
/// replays see whole numbers alone.
public struct ContractGreeks: Hashable, Sendable, Codable {
  public enum Source: String, Hashable, Sendable, Codable, CaseIterable {
    /// The broker's option chain told them.
    case chain = "chain"
    /// Made of prices by Black-76 on the forward.
    case computed = "computed"
  }

  public let source: Source
  /// What the underlying stood at: the spot of the chain, or the forward.
  public let underlying: Paise
  /// A fraction of a year in millionths: 120,000 is 12 %.
  public let volatility: Int64
  /// Millionths of the underlying's move: 500,000 for a call at the money, negative for puts.
  public let delta: Int64
  /// The change of the delta for one rupee of the underlying, in billionths of one.
  public let gamma: Int64
  /// For one calendar day, in hundredths of a paisa.
  public let theta: Int64
  /// For one volatility point, in hundredths of a paisa.
  public let vega: Int64

  public init(
    source: Source, underlying: Paise, volatility: Int64, delta: Int64, gamma: Int64, theta: Int64, vega: Int64
  ) {
    self.source = source
    self.underlying = underlying
    self.volatility = volatility
    self.delta = delta
    self.gamma = gamma
    self.theta = theta
    self.vega = vega
  }
}

extension ContractGreeks {
  /// Signed units × delta × price of the underlying: one hundredth of it is what a move of 1 % brings. A fraction of a paisa counts
  /// as a whole one.
  public func rupeeDelta(of quantity: Quantity) -> Paise {
    signed(Int128(quantity.units) * Int128(delta) * Int128(underlying.count), over: 1_000_000)
  }

  /// Signed units × vega: what one volatility point brings.
  public func vega(of quantity: Quantity) -> Paise {
    signed(Int128(quantity.units) * Int128(vega), over: 100)
  }

  /// What a short position of so many units loses when the underlying goes against it as far as `stress` says and the
  /// volatility rises: delta, half of gamma, and vega.
  public func loss(ofShort quantity: Quantity, _ stress: ShortStress) -> Paise {
    let units = Int128(quantity.magnitude.units)
    let move = Int128(stress.move.scaled(underlying.count, rounding: .up))
    let byDelta = Rounding.up.quotient(units * Int128(delta.magnitude) * move, 1_000_000)
    let byGamma = Rounding.up.quotient(units * Int128(max(0, gamma)) * move * move, 200_000_000_000)
    let byVega = Rounding.up.quotient(units * Int128(max(0, vega)) * Int128(stress.volatilityPoints), 100)
    return Paise(byDelta + byGamma + byVega)
  }

  private func signed(_ numerator: Int128, over divisor: Int128) -> Paise {
    let magnitude = Rounding.up.quotient(numerator < 0 ? -numerator : numerator, divisor)
    return Paise(numerator < 0 ? -magnitude : magnitude)
  }
}

/// How bad a day a short position is sized for.
public struct ShortStress: Hashable, Sendable, Codable {
  /// A move of the underlying against the position, as a share of its price.
  public var move: Ratio
  /// A rise of the volatility, in points (0.01).
  public var volatilityPoints: Int64

  public init(move: Ratio, volatilityPoints: Int64) {
    self.move = move
    self.volatilityPoints = volatilityPoints
  }
}
