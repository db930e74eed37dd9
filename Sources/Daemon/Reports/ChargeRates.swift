import Domain

/// What trading options costs from one day on. Rates are whole rupees for a crore (10,000,000) of premium.
public struct ChargeRates: Sendable {
  public let effectiveFrom: Day
  /// The broker's flat fee for each order that was executed, in part or whole.
  public let brokeragePerOrder: Paise
  /// The exchange's transaction charge with its investor protection fund, on both sides.
  public let exchange: [ExchangeSegment: Int64]
  /// The regulator's fee, on both sides.
  public let sebi: Int64
  /// Stamp duty, on what is bought.
  public let stamp: Int64
  /// Securities transaction tax, on what is sold.
  public let stt: Int64
  /// Percent of brokerage, exchange charge and regulator's fee.
  public let gst: Int64

  /// What was in force on `day`; `nil` before the oldest rates that are known.
  public static func inForce(on day: Day) -> ChargeRates? { known.last { $0.effectiveFrom <= day } }

  /// Oldest first. The broker's fee is taken from its price page of 2025 and not confirmed since.
  static let known: [ChargeRates] = [
    ChargeRates(
      effectiveFrom: day(2024, 10, 1), brokeragePerOrder: .rupees(20), exchange: exchanges, sebi: 10, stamp: 300,
      stt: 10_000, gst: 18),
    ChargeRates(
      effectiveFrom: day(2026, 4, 1), brokeragePerOrder: .rupees(20), exchange: exchanges, sebi: 10, stamp: 300,
      stt: 15_000, gst: 18),
  ]

  private static let exchanges: [ExchangeSegment: Int64] = [.nseFNO: 3_553, .bseFNO: 3_250]

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Day {
    guard let day = Day(year: year, month: month, day: day) else { preconditionFailure("A rate begins on no day.") }
    return day
  }
}
