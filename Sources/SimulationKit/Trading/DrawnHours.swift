import Domain

extension TimeOfDay {
  fileprivate init?(ofMinute minute: Int64) {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    self.init("\(two(minute / 60)):\(two(minute % 60))")
  }
}

/// Hours of the exchange that end while a session is played, or begin.
enum DrawnHours {
  /// In every tenth session, which then starts some seconds before a full minute: an ordinary day that closes with that minute,
  /// or a holiday on which a special session does; or one that closed before, and opens with it. A special session follows, or
  /// begins, whose entries are copied or not.
  static func draw(_ seed: UInt64, start: Timestamp) -> (calendar: MarketCalendar, start: Timestamp)? {
    guard seed % 10 == 3, let night = TimeOfDay("23:00"), let morning = TimeOfDay("09:15") else { return nil }
    var random = SeededGenerator(seed: seed ^ 0xC10C)
    let day = start.indianDay
    let minute = (start - day.startInIndia).count / 60_000_000
    let closes = minute + (random.chance(70) ? 1 : 0)
    let reopens = max(minute + 1, closes + 1)
    guard let close = TimeOfDay(ofMinute: closes), let again = TimeOfDay(ofMinute: reopens) else { return nil }
    let first = TradingSession(open: morning, close: close)
    let second = SpecialSession(
      day: day, session: TradingSession(open: again, close: night), copies: random.chance(50))
    let isHoliday = random.chance(40)
    let calendar = MarketCalendar(
      hours: [DatedSession(from: day, session: first)], holidays: isHoliday ? [day] : [],
      specialSessions: (isHoliday ? [SpecialSession(day: day, session: first, copies: true)] : []) + [second])
    return (calendar, day.startInIndia + .seconds(minute * 60 + 35 + Int64(random.below(20))))
  }
}
