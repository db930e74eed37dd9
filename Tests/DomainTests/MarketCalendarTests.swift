import Domain
import Testing

@Suite("Market calendar") struct MarketCalendarTests {
  static func day(_ text: String) -> Day { Day(text) ?? Day(daysSinceEpoch: 0) }

  static func session(_ open: String, _ close: String) throws -> TradingSession {
    TradingSession(open: try #require(TimeOfDay(open)), close: try #require(TimeOfDay(close)))
  }

  /// The end of 2026 as the exchanges announced it.
  static func calendar() throws -> MarketCalendar {
    MarketCalendar(
      hours: [
        DatedSession(from: day("2026-08-03"), session: try session("09:15", "15:40")),
        DatedSession(from: day("2000-01-01"), session: try session("09:15", "15:30")),
      ],
      holidays: [day("2026-12-25"), day("2026-11-24"), day("2026-12-25")],
      specialSessions: [SpecialSession(day: day("2026-11-08"), session: try session("18:00", "19:00"))],
      expiryCutoff: .seconds(600), physicalSettlementDays: 4)
  }

  static func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text, defaultsToIndia: true)) }

  @Test(
    "it is open in the hours of trading days and special sessions, to the second, and at no other time",
    arguments: [
      ("2026-11-23 09:14:59", false), ("2026-11-23 09:15:00", true), ("2026-11-23 15:39:59.999999", true),
      ("2026-11-23 15:40:00", false), ("2026-11-23 00:00:00", false),
      // A holiday in the week, and Christmas.
      ("2026-11-24 12:00:00", false), ("2026-11-25 12:00:00", true), ("2026-12-25 12:00:00", false),
      // A weekend, and the Sunday of Muhurat.
      ("2026-11-21 12:00:00", false), ("2026-11-22 12:00:00", false), ("2026-11-08 12:00:00", false),
      ("2026-11-08 17:59:59", false), ("2026-11-08 18:00:00", true), ("2026-11-08 19:00:00", false),
      // The hours of before August.
      ("2026-07-31 15:29:59", true), ("2026-07-31 15:30:00", false), ("2026-08-03 15:30:00", true),
      // Nothing is known of the last century: the first hours count.
      ("1999-12-31 12:00:00", true),
    ])
  func opens(at text: String, isOpen: Bool) throws {
    #expect(try Self.calendar().isOpen(at: Self.moment(text)) == isOpen)
  }

  @Test(
    "it opens next with the next session of any kind",
    arguments: [
      ("2026-11-23 09:14:59", "2026-11-23 09:15"), ("2026-11-23 09:15:00", "2026-11-25 09:15"),
      ("2026-11-23 15:40:00", "2026-11-25 09:15"), ("2026-11-20 16:00:00", "2026-11-23 09:15"),
      ("2026-11-06 16:00:00", "2026-11-08 18:00"), ("2026-11-08 18:30:00", "2026-11-09 09:15"),
      ("2026-12-24 15:40:00", "2026-12-28 09:15"),
    ])
  func nextOpening(after text: String, opening: String) throws {
    #expect(try Self.calendar().nextOpening(after: Self.moment(text)) == Self.moment(opening))
  }

  @Test("a special session makes no trading day, and stands beside the ordinary hours of one") func special() throws {
    let calendar = try Self.calendar()
    #expect(!calendar.isTradingDay(Self.day("2026-11-08")))
    #expect(calendar.session(on: Self.day("2026-11-08")) == nil)
    #expect(calendar.session(on: Self.day("2026-11-24")) == nil)
    #expect(try calendar.session(on: Self.day("2026-11-23")) == Self.session("09:15", "15:40"))
    let both = MarketCalendar(
      hours: calendar.hours,
      specialSessions: [SpecialSession(day: Self.day("2026-11-23"), session: try Self.session("15:00", "18:00"))])
    let afternoon = try #require(both.session(at: Self.moment("2026-11-23 15:20")))
    #expect(afternoon.copiesEntries, "an ordinary hour stays one")
    let evening = try #require(both.session(at: Self.moment("2026-11-23 17:00")))
    #expect(!evening.copiesEntries)
    #expect(try both.isOpen(at: Self.moment("2026-11-23 10:00")))
  }

  // MARK: - Entries

  private static func option(_ expiry: String, isStock: Bool = false) throws -> Instrument {
    Instrument(
      contract: ContractID(
        segment: .nseFNO, securityID: "1",
        option: OptionTerms(expiry: day(expiry), strike: .rupees(24_000), type: .call)),
      underlying: "NIFTY", displayName: "NIFTY CALL", lotSize: try #require(LotSize(65)), tickSize: Paise(5),
      freezeQuantity: nil, isStockOption: isStock)
  }

  @Test(
    "an index option is entered until ten minutes before the close of its last day, and in no special session",
    arguments: [
      ("2026-12-29 15:29:59.999999", nil), ("2026-12-29 15:30:00", .expiryCutoff),
      ("2026-12-29 15:39:00", .expiryCutoff),
      ("2026-12-28 15:35:00", nil), ("2026-12-29 15:40:00", .contractExpired),
      ("2026-12-30 10:00:00", .contractExpired),
      // With the next opening: the evening before counts as the morning after.
      ("2026-12-28 20:00:00", nil), ("2026-11-08 18:30:00", .specialSession), ("2026-11-07 12:00:00", .specialSession),
      ("2026-11-08 19:00:00", nil),
    ] as [(String, SkipReason?)])
  func entries(at text: String, bar: SkipReason?) throws {
    let instrument = try Self.option("2026-12-29")
    #expect(try Self.calendar().barToEntry(instrument, at: Self.moment(text)) == bar)
  }

  @Test(
    "a contract whose last day has special hours alone is entered until ten minutes before these end",
    arguments: [("2026-11-08 18:49:59", nil), ("2026-11-08 18:50:00", .expiryCutoff)] as [(String, SkipReason?)])
  func lastSpecialHours(at text: String, bar: SkipReason?) throws {
    let calendar = MarketCalendar(
      hours: try Self.calendar().hours,
      specialSessions: [
        SpecialSession(day: Self.day("2026-11-08"), session: try Self.session("18:00", "19:00"), copies: true)
      ], expiryCutoff: .seconds(600))
    #expect(try calendar.barToEntry(Self.option("2026-11-08"), at: Self.moment(text)) == bar)
  }

  @Test(
    "a stock option is not entered from the fourth trading day before its expiry on, and holidays are none",
    arguments: [
      // Of the 29th: the 28th, 24th, 23rd and 22nd are the four days before; the 25th is Christmas.
      ("2026-12-21 15:39:59", nil), ("2026-12-21 15:40:00", .physicalSettlement),
      ("2026-12-22 09:15:00", .physicalSettlement), ("2026-12-28 12:00:00", .physicalSettlement),
      ("2026-12-29 12:00:00", .physicalSettlement),
    ] as [(String, SkipReason?)])
  func stockOptions(at text: String, bar: SkipReason?) throws {
    let calendar = try Self.calendar()
    #expect(try calendar.barToEntry(Self.option("2026-12-29", isStock: true), at: Self.moment(text)) == bar)
    let unruled = MarketCalendar(hours: calendar.hours, holidays: calendar.holidays)
    #expect(try unruled.barToEntry(Self.option("2026-12-29", isStock: true), at: Self.moment(text)) == nil)
  }

  // MARK: - The log

  private static func settings(_ calendar: MarketCalendar?) -> CopySettings {
    CopySettings(leader: "1000000001", followers: [], calendar: calendar)
  }

  private static func read(_ payload: [UInt8]) throws -> Event {
    try payload.withUnsafeBytes { try Event(type: .configurationApplied, version: 1, payload: $0) }
  }

  @Test("the hours of an older log are read as those of every weekday, and written as they were") func olderLog() throws
  {
    let weekdays = MarketCalendar(everyWeekday: try Self.session("09:15", "15:40"))
    let event = Event.configurationApplied(ConfigurationApplied(Self.settings(weekdays)))
    let text = String(decoding: event.payload, as: UTF8.self)
    #expect(text.contains(#""session":{"close":940,"open":555}"#))
    #expect(!text.contains("calendar"))
    #expect(try Self.read(event.payload) == event)
  }

  @Test("a calendar is recorded whole with the settings") func recorded() throws {
    let event = Event.configurationApplied(ConfigurationApplied(Self.settings(try Self.calendar())))
    let text = String(decoding: event.payload, as: UTF8.self)
    let written =
      #""calendar":{"expiry_cutoff":600000000,"holidays":[{"day":"2026-11-24"},{"day":"2026-12-25"}],"#
      + #""hours":[{"close":930,"from":"2000-01-01","open":555},{"close":940,"from":"2026-08-03","open":555}],"#
      + #""physical_settlement_days":4,"special_sessions":[{"close":1140,"day":"2026-11-08","open":1080}]}"#
    #expect(text.contains(written))
    #expect(try Self.read(event.payload) == event)
    for (right, wrong) in [
      ("\"2026-11-24\"", "\"2026-12-26\""), ("\"from\":\"2000-01-01\"", "\"from\":\"2026-08-04\""),
      ("\"holidays\":[{\"day\":\"2026-11-24\"},{\"day\":\"2026-12-25\"}]", "\"holidays\":[]"),
    ] {
      let damaged = text.replacing(right, with: wrong)
      #expect(damaged != text)
      #expect(throws: PayloadFault.self) { try Self.read(Array(damaged.utf8)) }
    }
  }
}
