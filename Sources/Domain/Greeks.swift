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
  /// A fraction for a year: 120,000 is 12 %.
  public let volatilityMillionths: Int64
  /// Of the underlying's move: 500,000 for a call at the money, negative for puts.
  public let deltaMillionths: Int64
  /// The change of the delta for one rupee of the underlying.
  public let gammaBillionths: Int64
  /// For one calendar day.
  public let thetaPaisaHundredths: Int64
  /// For one volatility point.
  public let vegaPaisaHundredths: Int64

  public init(
    source: Source, underlying: Paise, volatilityMillionths: Int64, deltaMillionths: Int64, gammaBillionths: Int64,
    thetaPaisaHundredths: Int64, vegaPaisaHundredths: Int64
  ) {
    self.source = source
    self.underlying = underlying
    self.volatilityMillionths = volatilityMillionths
    self.deltaMillionths = deltaMillionths
    self.gammaBillionths = gammaBillionths
    self.thetaPaisaHundredths = thetaPaisaHundredths
    self.vegaPaisaHundredths = vegaPaisaHundredths
  }
}

extension ContractGreeks {
  /// Signed units × delta × price of the underlying: one hundredth of it is what a move of 1 % brings. A fraction of a paisa counts
  /// as a whole one.
  public func rupeeDelta(of quantity: Quantity) -> Paise {
    signed(Int128(quantity.units) * Int128(deltaMillionths) * Int128(underlying.count), over: 1_000_000)
  }

  /// Signed units × vega: what one volatility point brings.
  public func vega(of quantity: Quantity) -> Paise {
    signed(Int128(quantity.units) * Int128(vegaPaisaHundredths), over: 100)
  }

  /// What a short position of so many units loses when the underlying goes against it as far as `stress` says and the
  /// volatility rises: delta, half of gamma, and vega.
  public func loss(ofShort quantity: Quantity, _ stress: ShortStress) -> Paise {
    let units = Int128(quantity.magnitude.units)
    let move = Int128(stress.move.scaled(underlying.count, rounding: .up))
    let byDelta = Rounding.up.quotient(units * Int128(deltaMillionths.magnitude) * move, 1_000_000)
    let byGamma = Rounding.up.quotient(units * Int128(max(0, gammaBillionths)) * move * move, 200_000_000_000)
    let byVega = Rounding.up.quotient(
      units * Int128(max(0, vegaPaisaHundredths)) * Int128(stress.volatilityPoints), 100)
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
