import Daemon
import Domain
import Testing

@Suite("Configuration values") struct ConfigurationValueTests {
  @Test("the file of the public interface is read as it says") func whole() throws {
    let check = ConfigurationCheck(text: SampleConfiguration.whole, folder: "/srv/copytrade")
    let configuration = try check.configuration()
    #expect(configuration.store == "/srv/copytrade/copytrade.db")
    #expect(configuration.broker.kind == .dhan)
    #expect(configuration.broker.dhan.restURL.description == "https://api.dhan.co/v2")
    #expect(configuration.broker.dhan.orderUpdateURL.description == "wss://api-order-update.dhan.co")
    #expect(configuration.leader.credentials == .accessToken(.environment("DHAN_LEADER_TOKEN")))
    #expect(configuration.leader.blindAfter == .seconds(60))
    #expect(configuration.followers.map(\.name) == ["asha", "ravi", "mira", "dev"])
    #expect(configuration.followers[0].localAddress == "203.0.113.7")
    #expect(configuration.followers[0].limits.copy.maximumPremium == Ratio(1, 4))
    #expect(configuration.followers[0].limits.maximumDailyLoss == .rupees(25_000))
    #expect(configuration.followers[1].clientID == "1000000003")
    #expect(
      configuration.followers[1].credentials == .totp(pin: .file("/run/pin"), secret: .file("/srv/copytrade/totp")))
    #expect(configuration.exits.stepTicks == 4)
    #expect(configuration.exits.band == Ratio(1, 5))
    #expect(configuration.baskets == nil)
    #expect(configuration.dashboard == ListenAddress("127.0.0.1:8787"))
  }

  @Test("what decisions depend on is derived from it") func copySettings() throws {
    let settings = try ConfigurationCheck(text: SampleConfiguration.whole).configuration().copySettings
    let half = try #require(Ratio(1, 2))
    let fortieth = try #require(Ratio(1, 40))
    #expect(
      settings.followers == [
        FollowerSettings(
          name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .capitalProportional(.startOfDay)),
          limits: CopyLimits(
            maximumLotsPerOrder: Lots(20), maximumLotsPerUnderlying: Lots(40), maximumOpenLots: Lots(100),
            maximumPremium: Ratio(1, 4)),
          filters: CopyFilters(underlyings: ["NIFTY", "BANKNIFTY", "SENSEX"], products: [.intraday, .margin])),
        FollowerSettings(
          name: "ravi", clientID: "1000000003", mode: .fill,
          sizing: Sizing(
            strategy: .riskBased(
              .fixed(leader: .rupees(1_000_000), follower: Paise(40_000_050)), share: fortieth),
            belowOneLot: .oneLot, exitRounding: .lagging), sends: false),
        FollowerSettings(name: "mira", clientID: "1000000004", sizing: Sizing(strategy: .fixedRatio(half))),
        FollowerSettings(name: "dev", clientID: "1000000005", sizing: Sizing(strategy: .fixedLots(Lots(3)))),
      ])
    #expect(settings.leader == "1000000001")
    #expect(settings.entries == EntrySettings())
    #expect(settings.trueUp == .trimShorts)
  }

  @Test("limits on Greeks and the day that a short is sized for are read") func greeks() throws {
    let text = SampleConfiguration.whole
      .replacing("max_premium_percent: 25", with: "max_rupee_delta: 1000000\n      max_vega: 2500.50")
      .replacing(
        "risk_percent: 2.5",
        with: "risk_percent: 2.5\n      short_stress: { move_percent: 3, volatility_points: 5 }")
    let settings = try ConfigurationCheck(text: text).configuration().copySettings
    #expect(settings.followers[0].limits.maximumRupeeDelta == .rupees(1_000_000))
    #expect(settings.followers[0].limits.maximumVega == Paise(250_050))
    let move = try #require(Ratio(3, 100))
    #expect(settings.followers[1].sizing.shortStress == ShortStress(move: move, volatilityPoints: 5))
  }

  @Test("what is left out has the documented default") func defaults() throws {
    let configuration = try ConfigurationCheck(text: SampleConfiguration.small).configuration()
    let whole = try ConfigurationCheck(text: SampleConfiguration.whole).configuration()
    #expect(configuration.broker == whole.broker)
    #expect(configuration.leader == whole.leader)
    #expect(configuration.entries == whole.entries)
    #expect(configuration.unfilled == whole.unfilled)
    #expect(configuration.trueUp == whole.trueUp)
    #expect(configuration.exits == whole.exits)
    #expect(configuration.baskets == whole.baskets)
    #expect(configuration.reconcile == whole.reconcile)
    #expect(configuration.dashboard == whole.dashboard)
    #expect(configuration.log == whole.log)
    #expect(configuration.followers[0].sizing == whole.followers[0].sizing)
    #expect(configuration.followers[1].sizing == whole.followers[0].sizing)
    #expect(configuration.followers[1].limits.copy == CopyLimits())
    #expect(configuration.followers[1].filters == CopyFilters())
    #expect(configuration.followers[1].sends)
  }

  @Test(
    "durations, ratios and percentages are exact",
    arguments: [
      ("entries: { max_age: 500ms }", 500_000), ("entries: { max_age: 10s }", 10_000_000),
      ("entries: { max_age: 5m }", 300_000_000), ("entries: { max_age: 24h }", 86_400_000_000),
      ("entries: { max_age: \"07s\" }", 7_000_000),
    ] as [(String, Int64)])
  func durations(line: String, micros: Int64) throws {
    let configuration = try ConfigurationCheck(text: line + "\n" + SampleConfiguration.small).configuration()
    #expect(configuration.entries.maximumAge == Microseconds(micros))
  }

  @Test(
    "a ratio keeps what was written",
    arguments: [
      ("1/2", 1, 2), ("0.4", 2, 5), ("2", 2, 1), ("\"0.29\"", 29, 100), ("1 / 3", 1, 3), ("999.5", 1_999, 2),
    ] as [(String, Int64, Int64)])
  func ratios(text: String, upper: Int64, lower: Int64) throws {
    let yaml = SampleConfiguration.small.replacing(
      "strategy: capital_proportional", with: "strategy: fixed_ratio\n      ratio: \(text)")
    let ratio = try #require(Ratio(upper, lower))
    #expect(try ConfigurationCheck(text: yaml).configuration().followers[0].sizing.strategy == .fixedRatio(ratio))
  }

  @Test(
    "plain connections are for this machine",
    arguments: ["127.0.0.1:9010", "localhost:9010", "[::1]:9010", "127.1.2.3"])
  func loopback(host: String) throws {
    let yaml = SampleConfiguration.small.replacing(
      "kind: dhan", with: "kind: dhan\n  rest_url: http://\(host)/v2/\n  order_update_url: ws://\(host)")
    let dhan = try ConfigurationCheck(text: yaml).configuration().broker.dhan
    #expect(dhan.restURL.description == "http://\(host)/v2")
    #expect(dhan.orderUpdateURL.isLoopback)
  }

  @Test("the market's dates are typed, and the newest freeze limit counts") func market() throws {
    let market = try ConfigurationCheck(text: SampleConfiguration.whole).configuration().market.data
    let day = { (text: String) in try #require(Day(text)) }
    #expect(market.holidays.value.entries.map(\.day) == [try day("2026-11-24"), try day("2026-12-25")])
    #expect(market.specialSessions.value.entries.map(\.session.session.open) == [TimeOfDay("18:00")])
    #expect(market.specialSessions.value.entries[0].session.copies)
    #expect(market.freezeLimit(of: "BANKNIFTY", on: try day("2026-08-02")) == Quantity(900))
    #expect(market.freezeLimit(of: "BANKNIFTY", on: try day("2026-08-03")) == Quantity(600))
    #expect(market.freezeLimit(of: "SENSEX", on: try day("2026-11-23")) == Quantity(1_000))
    #expect(market.freezeLimit(of: "NIFTY", on: try day("2026-03-31")) == nil)
  }

  @Test("the paper broker needs no token and knows its accounts") func paper() throws {
    let yaml = SampleConfiguration.small
      .replacing("  access_token: { env: DHAN_LEADER_TOKEN }\n", with: "")
      .replacing(
        "kind: dhan",
        with:
          "kind: paper\n  paper: { script: day.yaml, seed: 7, pace: fast, accounts: { asha: 400000, leader: 2000000 } }"
      )
    let paper = try ConfigurationCheck(text: yaml, folder: "/srv").configuration().broker.paper
    #expect(paper.script == .file("/srv/day.yaml"))
    #expect(paper.seed == 7)
    #expect(paper.pace == .fast)
    #expect(paper.capital(of: "asha") == .rupees(400_000))
    #expect(paper.capital(of: "leader") == .rupees(2_000_000))
    #expect(paper.capital(of: "ravi") == .rupees(1_000_000))
    let stranger = ConfigurationCheck(text: yaml.replacing("{ asha: 4", with: "{ asah: 4")).mistakes
    #expect(stranger.map(\.remedy) == ["Did you mean \"asha\"?"])
  }

  @Test("off is a word here, with quotes or without", arguments: ["off", "\"off\""]) func off(word: String) throws {
    let yaml = "baskets: \(word)\ndashboard: { listen: \(word) }\n" + SampleConfiguration.small
    let configuration = try ConfigurationCheck(text: yaml).configuration()
    #expect(configuration.dashboard == nil)
    #expect(configuration.baskets == nil)
  }

  @Test(
    "rule 23: baskets are a word, or a section that says more",
    arguments: [
      ("window", BasketSettings(grouping: .window)), ("tagged", BasketSettings(grouping: .tagged)),
      (
        "{ group: tagged, within: 1500ms, missing_leg: unwind }",
        BasketSettings(grouping: .tagged, within: .milliseconds(1_500), onMissingLeg: .unwind)
      ), ("{ group: \"off\", within: 1s }", nil), ("{}", nil),
    ] as [(String, BasketSettings?)])
  func baskets(yaml: String, expected: BasketSettings?) throws {
    let configuration = try ConfigurationCheck(text: "baskets: \(yaml)\n" + SampleConfiguration.small).configuration()
    #expect(configuration.baskets == expected && configuration.copySettings.baskets == expected)
    let event = Event.configurationApplied(ConfigurationApplied(configuration.copySettings))
    #expect(try event.payload.withUnsafeBytes { try Event(type: event.type, version: 1, payload: $0) } == event)
  }

  @Test("rule 35: blind_after is a part of what decisions depend on, and so are the hours of the exchange at Dhan")
  func blindAfterAndHours() throws {
    let yaml = SampleConfiguration.whole.replacing("blind_after: 60s", with: "blind_after: 90s")
      .replacing("  calendar: nse\n", with: "  calendar: nse\n  session: { open: \"09:15\", close: \"15:40\" }\n")
    let settings = try ConfigurationCheck(text: yaml).configuration().copySettings
    #expect(settings.blindAfter == .seconds(90))
    let monday = try #require(Day("2026-11-23"))
    #expect(settings.calendar?.session(on: monday)?.open == TimeOfDay("09:15"))
    #expect(settings.calendar?.session(on: monday)?.close == TimeOfDay("15:40"))
    let always = yaml.replacing("calendar: nse", with: "calendar: always_open")
    #expect(try ConfigurationCheck(text: always).configuration().copySettings.calendar == nil)
    let paper = yaml.replacing("kind: dhan", with: "kind: paper")
    #expect(try ConfigurationCheck(text: paper).configuration().copySettings.calendar == nil)
    let reversed = ConfigurationCheck(text: yaml.replacing("close: \"15:40\"", with: "close: \"09:00\"")).mistakes
    #expect(reversed.map(\.key) == ["market.session.close"])
  }

  @Test("what is accepted and not in force yet is noted with its line") func notes() {
    let notes = ConfigurationCheck(text: SampleConfiguration.whole).notes
    #expect(
      notes.map(\.key) == [
        "followers[0].limits.max_daily_loss", "followers[1].totp",
        "reconcile", "dashboard",
      ])
    #expect(notes.allSatisfy { $0.line != nil && $0.message.contains("not in force yet") })
    #expect(ConfigurationCheck(text: SampleConfiguration.small).notes == [])
  }
}
