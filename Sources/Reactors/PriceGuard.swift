import Domain

/// Prices that leave this program: on the tick, and inside what the exchange takes.
public enum PriceGuard {
  /// The reference moved by `band` to the aggressive side, not beyond the exchange's limit price protection, and brought to
  /// the tick on the safe side: a buy rounds down, a sell rounds up, and no price is below one tick (options-domain.md §1.6).
  public static func protectedLimit(side: Side, reference: Paise, band: Ratio, tick: Paise) -> Paise {
    let distance = Int128(reference.count) * Int128(band.numerator)
    let base = Int128(reference.count) * Int128(band.denominator)
    let step = Int128(tick.count) * Int128(band.denominator)
    let edge = protection(side: side, reference: reference, tick: tick)
    switch side {
    case .buy: return min(edge, Paise(max(tick.count, Int64((base + distance) / step) * tick.count)))
    case .sell:
      let lowered = max(0, base - distance)
      return max(edge, Paise(max(tick.count, Int64((lowered + step - 1) / step) * tick.count)))
    }
  }

  /// The same price brought into the day's band, on its aggressive side alone: a limit that the exchange would refuse fills
  /// nobody (rule 19). A band that the market has left, as `reference` shows, is an old one and binds nothing.
  static func clamped(_ price: Paise, side: Side, reference: Paise, band: PriceBand?, tick: Paise) -> Paise {
    guard let band, reference >= band.lower, reference <= band.upper else { return price }
    switch side {
    case .buy: return min(price, Paise(max(tick.count, band.upper.count / tick.count * tick.count)))
    case .sell: return max(price, Paise((band.lower.count + tick.count - 1) / tick.count * tick.count))
    }
  }

  /// The most aggressive price that the exchange takes while it trades at `reference`: 40 % away, Rs 20 where the price is
  /// Rs 50 or less (options-domain.md §1.6).
  static func protection(side: Side, reference: Paise, tick: Paise) -> Paise {
    let distance = reference > .rupees(50) ? Paise(reference.count * 2 / 5) : .rupees(20)
    switch side {
    case .buy: return Paise(max(tick.count, (reference + distance).count / tick.count * tick.count))
    case .sell:
      let lowest = max(0, (reference - distance).count)
      return Paise(max(tick.count, (lowest + tick.count - 1) / tick.count * tick.count))
    }
  }

  /// The limit of a stop order, no further from its trigger than the exchanges take: a fifth of it, Rs 10 where the trigger
  /// is Rs 50 or less (options-domain.md §1.6).
  static func stopLimit(side: Side, trigger: Paise, band: Ratio, tick: Paise) -> Paise {
    let limit = protectedLimit(side: side, reference: trigger, band: band, tick: tick)
    let furthest = trigger > .rupees(50) ? Paise(trigger.count / 5) : .rupees(10)
    switch side {
    case .buy: return min(limit, Paise((trigger + furthest).count / tick.count * tick.count))
    case .sell:
      return max(limit, Paise((max(0, (trigger - furthest).count) + tick.count - 1) / tick.count * tick.count), tick)
    }
  }
}
