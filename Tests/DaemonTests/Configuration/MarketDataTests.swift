import Domain
import Foundation
import Testing

@testable import Daemon

@Suite("Market data") struct MarketDataTests {
  private static func day(_ text: String) throws -> Day { try #require(Day(text)) }

  private static func market(_ lines: String = "") throws -> Configuration.Market {
    let text = lines.isEmpty ? "" : "market:\n" + lines.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try ConfigurationCheck(text: text + SampleConfiguration.small).configuration().market
  }

  /// A configuration beside a file of market data.
  private static func check(_ data: String?, market: String = "data: ./dates.yaml", today: String = "2026-08-20") throws
    -> ConfigurationCheck
  {
    let folder = try TemporaryFolder()
    if let data { _ = try folder.file("dates.yaml", data) }
    let path = try folder.file("copytrade.yaml", "market: { \(market) }\n" + SampleConfiguration.small)
    return ConfigurationCheck(file: path, environment: [:], today: try day(today))
  }

  // MARK: - What is built in

  @Test("what is built in is word for word the file of the package") func shipped() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = try String(contentsOf: root.appendingPathComponent("packaging/market-nse.yaml"), encoding: .utf8)
    #expect(file == MarketDataText.nse)
    let named = try Self.check(file).configuration().market.data
    let builtIn = try Self.market().data
    #expect(named.sessions.value == builtIn.sessions.value)
    #expect(named.holidays.value == builtIn.holidays.value)
    #expect(named.specialSessions.value == builtIn.specialSessions.value)
    #expect(named.freezeLimits.value == builtIn.freezeLimits.value)
    #expect(builtIn.holidays.source == .builtIn)
  }

  @Test(
    "where the calendar is named and nothing else, the hours, holidays and special sessions of 2026 are in force",
    arguments: [
      ("2026-11-24 12:00", false), ("2026-12-25 12:00", false), ("2026-01-15 12:00", false), ("2026-11-23 15:39", true),
      ("2026-07-31 15:35", false), ("2026-11-08 18:00", true), ("2026-02-01 12:00", true), ("2026-11-22 12:00", false),
    ])
  func calendar(moment: String, isOpen: Bool) throws {
    let text = "market: { calendar: nse }\n" + SampleConfiguration.small
    let settings = try ConfigurationCheck(text: text).configuration().copySettings
    let calendar = try #require(settings.calendar)
    #expect(calendar.isOpen(at: try #require(Timestamp(moment, defaultsToIndia: true))) == isOpen)
    #expect(calendar.expiryCutoff == .seconds(600))
    #expect(calendar.physicalSettlementDays == 4)
    #expect(calendar.specialSessions.allSatisfy { !$0.copies })
    #expect(calendar.holidays.count == 16)
  }

  @Test("where the calendar is not named no hours are kept: the broker says that the exchange is closed")
  func noCalendar()
    throws
  {
    #expect(try ConfigurationCheck(text: SampleConfiguration.small).configuration().copySettings.calendar == nil)
  }

  @Test(
    "the freeze limits of the exchanges are built in with their days",
    arguments: [
      ("BANKNIFTY", "2026-03-31", 600), ("BANKNIFTY", "2026-04-01", 900), ("BANKNIFTY", "2026-06-30", 900),
      ("BANKNIFTY", "2026-07-01", 600), ("FINNIFTY", "2026-01-31", 1_200), ("FINNIFTY", "2026-02-01", 1_800),
      ("FINNIFTY", "2026-03-02", 1_200), ("NIFTY", "2026-08-03", 1_800), ("MIDCPNIFTY", "2026-08-03", 2_800),
      ("NIFTYNXT50", "2026-08-03", 600), ("SENSEX", "2026-08-03", 1_000), ("BANKEX", "2026-08-03", 900),
    ] as [(Underlying, String, Int64)])
  func freezeTable(underlying: Underlying, text: String, units: Int64) throws {
    let limit = try Self.market().data.freezeLimit(of: underlying, on: Self.day(text))
    #expect(limit == Quantity(units))
  }

  // MARK: - Sources

  @Test("the configuration wins over the file, and the file over what is built in, each part for itself") func sources()
    throws
  {
    let check = try Self.check(
      """
      holidays: [2026-12-01]
      special_sessions: { effective_from: 2026-01-01, dates: [{ date: 2026-12-06, open: "10:00", close: "11:00", copy: true }] }
      """, market: "data: ./dates.yaml, holidays: [2026-12-02]")
    let data = try check.configuration().market.data
    #expect(try data.holidays.value.entries.map(\.day) == [Self.day("2026-12-02")])
    #expect(data.holidays.source == .configuration)
    #expect(data.specialSessions.value.entries.map(\.session.copies) == [true])
    #expect(try data.specialSessions.value.from == Self.day("2026-01-01"))
    #expect(data.freezeLimits.source == .builtIn)
    #expect(data.sessions.value.count == 2)
  }

  @Test("a market that is always open has no hours and no freeze limits but those that it is given") func alwaysOpen()
    throws
  {
    let market = try Self.market("calendar: always_open")
    #expect(market.marketCalendar == nil)
    #expect(market.data.freezeLimits.value == [])
    #expect(market.data.sessions.value == [])
  }

  @Test(
    "a mistake in the file is told with its name and line",
    arguments: [
      ("holidays: [2026-12-25, 2026-02-29]\n", 1, "holidays[1]"),
      ("\nsessions:\n  - { effective_from: 2026-08-03, open: \"15:40\", close: \"09:15\" }\n", 3, "sessions[0].close"),
      ("sessions:\n  - { open: \"09:15\", close: \"15:40\" }\n", 2, "sessions[0].effective_from"),
      (
        "sessions:\n  - { from: 2026-08-03, open: \"09:15\", close: \"15:40\" }\n"
          + "  - { from: 2026-08-03, open: \"09:15\", close: \"15:30\" }\n", 3, "sessions[1]"
      ),
      (
        "freeze_limits:\n  - { from: 2026-08-03, units: { NIFTY: 1, SENSEX: 1 } }\n"
          + "  - { from: 2026-08-03, units: { NIFTY: 2 } }\n", 3, "freeze_limits[1]"
      ),
      ("sessions: []\n", 1, "sessions"), ("hollidays: []\n", 1, "hollidays"),
      ("holidays: { effective_from: 2026-01-01 }\n", 1, "holidays.dates"),
      (
        "freeze_limits:\n  - { effective_from: 2026-08-03, from: 2026-08-03, units: { NIFTY: 1 } }\n", 2,
        "freeze_limits[0].from"
      ),
      (
        "freeze_limits:\n  - effective_from: 2026-08-03\n    units:\n      NIFTY: none\n", 4,
        "freeze_limits[0].units.NIFTY"
      ),
      (
        "special_sessions:\n  - { date: 2026-11-08, open: \"18:00\", close: \"17:00\" }\n", 2,
        "special_sessions[0].close"
      ),
    ])
  func mistakes(text: String, line: Int, key: String) throws {
    let check = try Self.check(text)
    #expect(check.mistakes.count == 1, "\(check.mistakes)")
    let mistake = try #require(check.mistakes.first)
    #expect(mistake.line == line)
    #expect(mistake.key == key)
    #expect(mistake.file?.hasSuffix("/dates.yaml") == true)
    #expect(check.text.contains("/dates.yaml:\(line)"))
    #expect(try check.json().contains("dates.yaml"))
  }

  @Test("a file that is not there is a mistake, and its remedy names the one to begin with") func missing() throws {
    let check = try Self.check(nil)
    #expect(check.mistakes.map(\.code) == [.unreadable])
    #expect(check.mistakes.first?.remedy.contains("market-nse.yaml") == true)
  }

  // MARK: - Age

  private static let limits = """
    freeze_limits:
      - { from: 2026-05-01, units: { NIFTY: 1800, BANKNIFTY: 1200 } }
      - { from: 2026-04-01, units: { NIFTY: 1800, BANKNIFTY: 900 } }
      - { from: 2026-07-01, units: { NIFTY: 1900 } }
    """

  @Test(
    "a freeze limit that is older than 45 days counts as the smaller of the last two, until a newer one is there",
    arguments: [
      ("BANKNIFTY", "2026-05-01", 1_200), ("BANKNIFTY", "2026-06-15", 1_200), ("BANKNIFTY", "2026-06-16", 900),
      ("NIFTY", "2026-06-30", 1_800), ("NIFTY", "2026-07-01", 1_900), ("NIFTY", "2026-08-16", 1_800),
    ] as [(Underlying, String, Int64)])
  func staleFreezeLimit(underlying: Underlying, text: String, units: Int64) throws {
    let data = try Self.market(Self.limits).data
    #expect(try data.freezeLimit(of: underlying, on: Self.day(text)) == Quantity(units))
  }

  @Test(
    "what is stale is told: old freeze limits, and a year without holidays from the middle of the December before on")
  func stale() throws {
    let builtIn = try Self.market().data
    #expect(try builtIn.stale(on: Self.day("2026-08-20")).map(\.part) == ["freeze_limits"], "those of BSE")
    let november = try builtIn.stale(on: Self.day("2026-11-27"))
    #expect(november.map(\.part) == ["freeze_limits", "freeze_limits"])
    #expect(
      november[0].message.contains("BANKNIFTY, FINNIFTY, MIDCPNIFTY, NIFTY, NIFTYNXT50 are of 2026-08-03, 116 days"))
    #expect(try builtIn.stale(on: Self.day("2026-12-14")).map(\.part).contains("holidays") == false)
    #expect(try builtIn.stale(on: Self.day("2026-12-15"))[0].message.contains("no holiday of 2027"))
    #expect(try builtIn.stale(on: Self.day("2027-01-04")).map(\.part).contains("holidays"))
    let fresh = try Self.market("freeze_limits: [{ from: 2026-11-02, units: { NIFTY: 1800 } }]").data
    #expect(try fresh.stale(on: Self.day("2026-11-27")) == [])
  }

  @Test("an alert is told at the start and every morning from eight on, and anew when the dates were replaced")
  func mornings() throws {
    let watch = MarketWatch(try Self.market())
    func told(_ text: String) throws -> Int {
      watch.alerts(at: try #require(Timestamp(text, defaultsToIndia: true))).count
    }
    #expect(try told("2026-11-27 03:00") == 2)
    #expect(try told("2026-11-27 12:00") == 0)
    #expect(try told("2026-11-28 07:59") == 0)
    #expect(try told("2026-11-28 08:00") == 2)
    #expect(try told("2026-11-28 08:01") == 0)
    watch.replace(try Self.market())
    #expect(try told("2026-11-28 08:02") == 0, "nothing was changed")
    watch.replace(try Self.market("freeze_limits: [{ from: 2026-01-01, units: { NIFTY: 700 } }]"))
    #expect(try told("2026-11-28 08:03") == 1)
    #expect(try watch.freezeLimit(of: "NIFTY", on: Self.day("2026-11-28")) == Quantity(700))
    let open = MarketWatch(try Self.market("calendar: always_open"))
    #expect(open.alerts(at: try #require(Timestamp("2027-11-27 12:00", defaultsToIndia: true))) == [])
  }

  @Test("check tells how old each part is and what is stale, and the paper exchange needs none of it") func ages()
    throws
  {
    let notes = try Self.check("holidays: [2026-12-25]\n", today: "2026-11-27").notes.filter {
      $0.key.hasPrefix("market")
    }
    #expect(
      notes.map(\.key) == [
        "market.sessions", "market.holidays", "market.special_sessions", "market.freeze_limits", "market.refusals",
        "market.freeze_limits", "market.freeze_limits",
      ])
    #expect(notes[0].message == "09:15 to 15:40 since 2026-08-03 (built in)")
    #expect(notes[1].message.contains("1 holiday up to 2026-12-25, the next is 2026-12-25"))
    #expect(notes[3].message == "newest of 2026-08-03, 116 days old (built in)")
    #expect(notes[4].message == "37 rules since 2026-09-01 (built in)")
    #expect(notes[5].message.hasPrefix("STALE: "))
    let folder = try TemporaryFolder()
    let paper = try folder.file("copytrade.yaml", ConfigurationTemplate.text)
    #expect(ConfigurationCheck(file: paper, environment: [:]).notes == [])
  }

  // MARK: - Reload

  @Test("dates are taken over while the service runs; the rules beside them wait for the next start") func reload()
    throws
  {
    let before = try ConfigurationCheck(text: SampleConfiguration.small).configuration()
    let after = try ConfigurationCheck(
      text: "market: { holidays: [2026-12-01], expiry_cutoff: 20m }\n" + SampleConfiguration.small
    ).configuration()
    let reloaded = before.reloading(after)
    #expect(reloaded.configuration.market.data == after.market.data)
    #expect(reloaded.configuration.market.expiryCutoff == .seconds(600))
    #expect(reloaded.leftOut == ["market"])
  }
}
