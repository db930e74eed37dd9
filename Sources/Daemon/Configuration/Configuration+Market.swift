import Domain

extension Configuration {
  /// When and how much may be traded, beyond what an account allows.
  public struct Market: Hashable, Sendable {
    public enum Calendar: String, Hashable, Sendable, CaseIterable {
      case nse = "nse"
      case alwaysOpen = "always_open"
    }
    /// Whether the broker may be asked what the market trades at, where no price is known (rule 19).
    public enum Quotes: String, Hashable, Sendable, CaseIterable {
      case none = "none"
      /// The accounts have a data plan.
      case broker = "broker"
    }
    public var calendar: Calendar
    /// Whether what is asked for outside of the exchange's hours waits for its opening: where the file names the calendar. Where it
    /// does not, the broker says that the exchange is closed.
    public var keepsHours: Bool
    public var quotes: Quotes
    /// From when on the broker may close INTRADAY positions by himself (rule 33).
    public var squareOffFrom: TimeOfDay?
    /// How long before the close of its last day a contract is not entered any more.
    public var expiryCutoff: Microseconds
    /// From how many trading days before its expiry on a stock option is not entered any more.
    public var physicalSettlementDays: Int64
    public var data: MarketData

    public static let expiryCutoff = Microseconds.seconds(600)
    public static let physicalSettlementDays: Int64 = 4

    /// What decisions know of it; `nil` where no hours are kept.
    public var marketCalendar: MarketCalendar? {
      guard keepsHours else { return nil }
      return MarketCalendar(
        hours: data.sessions.value, holidays: data.holidays.value.entries.map(\.day),
        specialSessions: data.specialSessions.value.entries.map(\.session), expiryCutoff: expiryCutoff,
        physicalSettlementDays: physicalSettlementDays)
    }
  }
}
