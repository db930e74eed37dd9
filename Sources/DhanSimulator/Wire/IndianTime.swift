import Domain

/// Times as the broker writes them: India's wall clock, without a zone.
enum IndianTime {
  /// What stands where there is no time (dhan-api-v2.md §4.6).
  static let none = "0001-01-01 00:00:00"
  static let noDay = "0001-01-01"

  /// `2026-09-14 10:33:03`
  static func second(_ time: Timestamp) -> String { String(time.indianDescription.prefix(19)) }

  static func second(_ time: Timestamp?) -> String { time.map { second($0) } ?? none }

  /// `30/03/2025 15:37`, as in the profile.
  static func minute(_ time: Timestamp) -> String {
    let (year, month, day) = time.indianDay.civil
    let clock = time.indianDescription.dropFirst(11).prefix(5)
    return "\(twoDigits(day))/\(twoDigits(month))/\(year) \(clock)"
  }

  /// `30/03/2025 15:37:00`, as in a quote.
  static func slashedSecond(_ time: Timestamp) -> String { minute(time) + second(time).suffix(3) }

  /// `Mon, 14 Sep 2026 05:03:03 GMT`, as in a reply's header: the one time that is not of India.
  static func universal(_ time: Timestamp) -> String {
    let seconds = time.microseconds / 1_000_000
    let day = Day(daysSinceEpoch: Int32(seconds / 86_400))
    let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map { twoDigits(Int($0)) }
    // 1970-01-01 was a Thursday.
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(seconds / 86_400 % 7)]
    let date = "\(twoDigits(day.civil.day)) \(months[day.civil.month - 1]) \(day.civil.year)"
    return "\(weekday), \(date) \(clock.joined(separator: ":")) GMT"
  }

  /// What a quote has in place of its last trade (dhan-api-v2.md §8.2).
  static let neverTraded = "01/01/1980 00:00:00"

  /// `2026-01-01T00:00:00.000`, as in a token object.
  static func millisecond(_ time: Timestamp) -> String {
    String(time.indianDescription.prefix(23)).replacing(" ", with: "T")
  }

  /// `29 DEC`
  static func dayAndMonth(_ day: Day) -> String { "\(day.civil.day) \(months[day.civil.month - 1].uppercased())" }

  /// `Dec2026`
  static func monthAndYear(_ day: Day) -> String { "\(months[day.civil.month - 1])\(day.civil.year)" }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
