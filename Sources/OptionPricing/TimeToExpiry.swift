/// The time left until the close of the expiry session, in years of 365 days (options-domain.md §5.1).
///
/// The close itself (15:40 in India on most days) is the caller's knowledge; this module knows no calendar. What is
/// left counts as at least ``floor``, and nothing left is ``hasExpired``: no pricing formula meets a time between the
/// two.
public struct TimeToExpiry: Hashable, Sendable {
  /// Seconds in a year of 365 days: 31,536,000.
  public static let secondsPerYear = 365.0 * 86_400

  /// The shortest time that is priced, in seconds. Gamma and theta of an option at the money grow without bound
  /// towards the close, and in the last minute would say more about the clocks than about the option.
  public static let floor = 60.0

  /// The longest time that is priced, in years; no listed option runs as long.
  public static let longest = 10.0

  /// Years of 365 days: zero once expired, else from ``floor`` up to ``longest``.
  public let years: Double

  /// Whether the option is worth its intrinsic value and nothing else.
  public var hasExpired: Bool { years == 0 }

  /// The time that `seconds` are; zero and negative seconds have expired. `nil` for what is no finite number, and for
  /// more than ``longest``.
  public init?(seconds: Double) {
    guard seconds.isFinite, seconds <= TimeToExpiry.longest * TimeToExpiry.secondsPerYear else { return nil }
    years = seconds > 0 ? max(seconds, TimeToExpiry.floor) / TimeToExpiry.secondsPerYear : 0
  }

  /// The time that `years` of 365 days are, under the same rules as seconds.
  public init?(years: Double) { self.init(seconds: years * TimeToExpiry.secondsPerYear) }

  /// The time that `days` of 24 hours are, under the same rules as seconds.
  public init?(days: Double) { self.init(seconds: days * 86_400) }
}
