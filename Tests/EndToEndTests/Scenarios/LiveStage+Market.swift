import Foundation
import Testing

/// Hours of the exchange as the service's file tells them, written around the moment at which a test runs: it comes to the
/// same at any hour of any day. The simulator itself never closes.
struct MarketHours {
  /// Of Monday to Friday.
  private var open = "00:00"
  private var close = "23:59"
  private var isHoliday = false
  /// What is said of a special session that lasts all of today; `nil` where there is none.
  private var special: String?

  /// Open, on a Saturday and a Sunday too: by a special session of which everything is copied.
  static let always = MarketHours(special: "copy: true")
  static let holiday = MarketHours(isHoliday: true)
  /// Closed now, and open in the other half of the day.
  static var elsewhere: MarketHours {
    IndianTime.now.hour < 12 ? MarketHours(open: "13:00", close: "23:00") : MarketHours(close: "11:00")
  }
  /// A special session on a day that is none otherwise.
  static func special(copies: Bool) -> MarketHours { MarketHours(isHoliday: true, special: "copy: \(copies)") }
  /// A special session that begins at a time of today.
  static func opening(at time: String) -> MarketHours {
    MarketHours(open: time, isHoliday: true, special: "copy: true")
  }

  /// The section of the configuration; `more` are keys of it with their values.
  func section(_ more: String...) -> String {
    let hours = "open: \"\(open)\", close: \"\(close)\""
    let today = IndianTime.now.day
    let keys = [
      "calendar: nse", "sessions: [{ effective_from: 2000-01-01, \(hours) }]", "holidays: [\(isHoliday ? today : "")]",
      "special_sessions: [\(special.map { "{ date: \(today), \(hours), \($0) }" } ?? "")]",
    ]
    return (["market:"] + (keys + more).map { "  " + $0 }).joined(separator: "\n")
  }
}

/// The clock in India.
enum IndianTime {
  private static var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 19_800) ?? .gmt
    return calendar
  }

  static var now: (day: String, hour: Int, minute: Int) {
    let parts = calendar.dateComponents([.hour, .minute], from: Date())
    return (day(in: 0), parts.hour ?? 0, parts.minute ?? 0)
  }

  /// Such as `2026-11-27`.
  static func day(in days: Int) -> String {
    let moment = Date().addingTimeInterval(Double(days) * 86_400)
    let parts = calendar.dateComponents([.year, .month, .day], from: moment)
    return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }

  /// The next full minute that is at least so many seconds away.
  static func minute(in seconds: Double) -> (moment: Date, time: String) {
    let moment = Date(timeIntervalSince1970: ((Date().timeIntervalSince1970 + seconds) / 60).rounded(.up) * 60)
    let parts = calendar.dateComponents([.hour, .minute], from: moment)
    return (moment, String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0))
  }

  /// Waits for midnight where it is near: the hours and contracts of a test are those of one day.
  static func awayFromMidnight() async throws {
    while now.hour == 23, now.minute >= 56 { try await Task.sleep(for: .seconds(1)) }
  }
}

extension LiveStage {
  /// A stage whose service keeps hours; see ``scenario(switches:simulator:followers:lines:before:)``.
  static func market(
    _ hours: MarketHours = .always, _ more: String = "expiry_cutoff: 1m", simulator: String = "", lines: [String] = []
  ) async throws -> LiveStage {
    try await IndianTime.awayFromMidnight()
    return try await scenario(simulator: simulator, lines: [hours.section(more)] + lines)
  }

  /// Has the running service read other hours.
  func change(_ hours: MarketHours, lines: [String] = []) async throws {
    let before = try await events("configuration.applied").count
    try configure([.half], lines: [hours.section("expiry_cutoff: 1m")] + lines)
    try #require(service).signal(SIGHUP)
    try await until("the hours have changed") { try await events("configuration.applied").count > before }
  }

  /// Waits until the log says why an order of the leader was not entered.
  func untilForgone(_ order: String, _ reason: String) async throws {
    try await until("\(order) is forgone: \(reason)") {
      try await events("entry.forgone").contains { $0.text("origin") == order && $0.text("reason") == reason }
    }
  }

  /// Waits until the follower's alerts are these.
  func untilAlerts(_ alerts: [String]) async throws {
    try await untilStatus("the alerts are \(alerts)") { $0["asha"]?.alerts.map(\.alert).sorted() == alerts }
  }
}
