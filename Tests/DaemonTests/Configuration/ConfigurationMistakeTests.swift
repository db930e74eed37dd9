import Daemon
import Testing

/// One mistake put into a configuration that has none, and what a person is told about it.
struct MistakeCase: Sendable, CustomTestStringConvertible {
  var replaced: String
  var by: String
  var line: Int?
  var key: String
  var code: ConfigurationMistake.Code
  /// A part of the remedy.
  var remedy: String

  init(
    _ replaced: String, _ by: String, _ line: Int?, _ key: String, _ code: ConfigurationMistake.Code, _ remedy: String
  ) {
    self.replaced = replaced
    self.by = by
    self.line = line
    self.key = key
    self.code = code
    self.remedy = remedy
  }

  var testDescription: String { "\(code): \(by.isEmpty ? "without \(replaced)" : by)" }
}

@Suite("Configuration mistakes") struct ConfigurationMistakeTests {
  static let asha = "    client_id: \"1000000002\"\n"
  static let sizing = "      strategy: capital_proportional"
  static let limits = "      max_open_lots: 10"

  static let keys: [MistakeCase] = [
    .init("store:", "stroe:", 1, "stroe", .unknownKey, "Did you mean \"store\"?"),
    .init("    limits:", "    limit:", 13, "followers[0].limit", .unknownKey, "Did you mean \"limits\"?"),
    .init("max_open_lots", "max_open_lot", 14, "followers[0].limits.max_open_lot", .unknownKey, "\"max_open_lots\"?"),
    .init(
      limits, limits + "\n      max_open_lotz: 1", 15, "followers[0].limits.max_open_lotz", .unknownKey, "there already"
    ),
    .init("store:", "zzzzzzzz: 1\nstore:", 1, "zzzzzzzz", .unknownKey, "Known here: baskets, broker"),
    .init("store:", "<<: { a: 1 }\nstore:", 1, "<<", .unknownKey, "not merged"),
    .init("  kind: dhan", "  kind: dhan\n  kind: paper", 4, "broker.kind", .duplicateKey, "Delete one"),
    .init("  - name: ravi", "  - name: ravi\n    name: mira", 16, "followers[1].name", .duplicateKey, "Delete one"),
    .init(
      "{ env: DHAN_ASHA_TOKEN }", "{ env: A, env: B }", 10, "followers[0].access_token.env", .duplicateKey, "Delete one"
    ),
    .init("store: ./copytrade.db\n", "", 1, "store", .missing, "store: ./copytrade.db"),
    .init("broker:\n  kind: dhan\n", "", 1, "broker", .missing, "kind: paper"),
    .init("  kind: dhan", "  paper:", 3, "broker.kind", .missing, "kind: paper"),
    .init("  client_id: \"1000000001\"\n", "", 5, "leader.client_id", .missing, "client_id:"),
    .init("  access_token: { env: DHAN_LEADER_TOKEN }\n", "", 5, "leader.access_token", .missing, "{ env: NAME }"),
    .init("  - name: ravi\n    ", "  - ", 15, "followers[1].name", .missing, "such as asha"),
    .init("{ env: DHAN_ASHA_TOKEN }", "{}", 10, "followers[0].access_token", .missing, "{ env: NAME }"),
    .init("store: ./copytrade.db", "store:", 1, "store", .wrongType, "Write a value"),
    .init("store: ./copytrade.db", "store: [a]", 1, "store", .wrongType, "one value"),
    .init("store: ./copytrade.db", "store: \"\"", 1, "store", .badValue, "a path"),
    .init("  kind: dhan", "  - dhan", 3, "broker", .wrongType, "keys below it"),
    .init("  kind: dhan", "  kind: dahn", 3, "broker.kind", .badValue, "Did you mean \"dhan\"?"),
    .init(limits, "      - 10", 14, "followers[0].limits", .wrongType, "keys below it"),
  ]

  static let values: [MistakeCase] = [
    .init("\"1000000002\"", "asha", 9, "followers[0].client_id", .badValue, "digits"),
    .init("\"1000000002\"", "1_000_000_002", 9, "followers[0].client_id", .badValue, "digits"),
    .init("\"1000000002\"", "1e9", 9, "followers[0].client_id", .badValue, "digits"),
    .init("\"1000000002\"", "0100000002", 9, "followers[0].client_id", .badValue, "in quotes"),
    .init("\"1000000002\"", "-1", 9, "followers[0].client_id", .badValue, "digits"),
    .init("\"1000000002\"", "\"1000000003\"", 16, "followers[1].client_id", .duplicateClient, "one follower for each"),
    .init("\"1000000002\"", "\"1000000001\"", 9, "followers[0].client_id", .leaderAmongFollowers, "own client id"),
    .init("name: ravi", "name: asha", 15, "followers[1].name", .duplicateFollower, "of its own"),
    .init("name: ravi", "name: Asha", 15, "followers[1].name", .duplicateFollower, "of its own"),
    .init("name: ravi", "name: leader", 15, "followers[1].name", .badValue, "another name"),
    .init("name: ravi", "name: ../ravi", 15, "followers[1].name", .badValue, "a-z"),
    .init("name: ravi", "name: -ravi", 15, "followers[1].name", .badValue, "a-z"),
    .init("name: ravi", "name: रवि", 15, "followers[1].name", .badValue, "a-z"),
    .init("name: ravi", "name: ravi kumar", 15, "followers[1].name", .badValue, "a-z"),
    .init("name: ravi", "name: abcdefghijklmnopqrstuvw", 15, "followers[1].name", .outOfRange, "1 to 22"),
    .init(limits, "      max_open_lots: 0", 14, "followers[0].limits.max_open_lots", .outOfRange, "1 to"),
    .init(limits, "      max_open_lots: -1", 14, "followers[0].limits.max_open_lots", .outOfRange, "1 to"),
    .init(limits, "      max_open_lots: 1.5", 14, "followers[0].limits.max_open_lots", .badValue, "whole number"),
    .init(limits, "      max_open_lots: ten", 14, "followers[0].limits.max_open_lots", .badValue, "whole number"),
    .init(
      limits, "      max_open_lots: 99999999999999999999", 14,
      "followers[0].limits.max_open_lots", .outOfRange, "1 to"),
    .init(
      limits, "      max_daily_loss: 25,000", 14, "followers[0].limits.max_daily_loss", .badValue, "without commas"),
    .init(limits, "      max_daily_loss: 1e6", 14, "followers[0].limits.max_daily_loss", .badValue, "two decimals"),
    .init(limits, "      max_daily_loss: 1.005", 14, "followers[0].limits.max_daily_loss", .badValue, "two decimals"),
    .init(limits, "      max_daily_loss: 0", 14, "followers[0].limits.max_daily_loss", .outOfRange, "more than zero"),
    .init(limits, "      max_daily_loss: -5", 14, "followers[0].limits.max_daily_loss", .outOfRange, "more than zero"),
    .init(limits, "      max_rupee_delta: 1e6", 14, "followers[0].limits.max_rupee_delta", .badValue, "two decimals"),
    .init(limits, "      max_vega: 0", 14, "followers[0].limits.max_vega", .outOfRange, "more than zero"),
    .init(
      limits, "      max_premium_percent: 101", 14, "followers[0].limits.max_premium_percent", .outOfRange,
      "at most 100"),
    .init(
      limits, "      max_premium_percent: 5%", 14, "followers[0].limits.max_premium_percent", .badValue,
      "without the sign"),
    .init("store:", "entries: { max_age: 10 }\nstore:", 1, "entries.max_age", .badValue, "with its unit"),
    .init("store:", "entries: { max_age: 0s }\nstore:", 1, "entries.max_age", .outOfRange, "to 24h"),
    .init("store:", "entries: { max_age: 25h }\nstore:", 1, "entries.max_age", .outOfRange, "to 24h"),
    .init("store:", "entries: { max_age: 1.5s }\nstore:", 1, "entries.max_age", .badValue, "whole number"),
    .init("store:", "entries: { max_age: ٣s }\nstore:", 1, "entries.max_age", .badValue, "with its unit"),
    .init(
      "store:", "entries: { price_band_percent: 0 }\nstore:", 1, "entries.price_band_percent", .badValue, "5 or 2.5"),
    .init(
      "store:", "entries: { price_band_percent: 100 }\nstore:", 1, "entries.price_band_percent", .outOfRange,
      "at most 99"),
    .init("store:", "true_up: trim_short\nstore:", 1, "true_up", .badValue, "Did you mean \"trim_shorts\"?"),
    .init("store:", "log: { level: loud }\nstore:", 1, "log.level", .badValue, "One of: trace"),
    .init("store:", "dashboard: { listen: \"8787\" }\nstore:", 1, "dashboard.listen", .badValue, "host and port"),
    .init("store:", "dashboard: { listen: \"a:0\" }\nstore:", 1, "dashboard.listen", .badValue, "host and port"),
    .init(
      "    client_id: \"1000000003\"", "    client_id: \"1000000003\"\n    local_address: here", 17,
      "followers[1].local_address", .badValue, "without port"),
    .init(
      "    client_id: \"1000000003\"", "    client_id: \"1000000003\"\n    send: maybe", 17, "followers[1].send",
      .badValue, "true or false"),
    .init(
      limits, limits + "\n    filters: { underlyings: [] }", 15, "followers[0].filters.underlyings", .badValue,
      "Delete the line"),
    .init(
      limits, limits + "\n    filters: { underlyings: [nifty] }", 15, "followers[0].filters.underlyings[0]", .badValue,
      "NIFTY"),
    .init(
      limits, limits + "\n    filters: { underlyings: NIFTY }", 15, "followers[0].filters.underlyings", .wrongType,
      "[a, b]"),
    .init(
      limits, limits + "\n    filters: { underlyings: [A, A] }", 15, "followers[0].filters.underlyings[1]", .badValue,
      "Delete one"),
    .init(
      limits, limits + "\n    filters: { products: [CNC] }", 15, "followers[0].filters.products[0]", .badValue,
      "INTRADAY, MARGIN"),
    .init("store:", "market: { holidays: [2026-02-29] }\nstore:", 1, "market.holidays[0]", .badValue, "2026-11-24"),
    .init(
      "store:", "market: { special_sessions: [{ date: 2026-11-08, open: \"19:00\", close: \"18:00\" }] }\nstore:", 1,
      "market.special_sessions[0].close", .contradiction, "Exchange"),
    .init(
      "store:", "market: { freeze_limits: [{ from: 2026-08-03, units: { NIFTY: 0 } }] }\nstore:", 1,
      "market.freeze_limits[0].units.NIFTY", .outOfRange, "1 to"),
    .init(
      "store:", "market: { freeze_limits: [{ from: 2026-08-03 }] }\nstore:", 1, "market.freeze_limits[0].units",
      .missing, "units:"),
  ]

  static let sizings: [MistakeCase] = [
    .init(sizing, "      strategy: fixed_ratio", 12, "followers[0].sizing.ratio", .missing, "ratio: 1/2"),
    .init(sizing, "      strategy: fixed_lots", 12, "followers[0].sizing.lots", .missing, "lots: 1"),
    .init(sizing, "      strategy: risk_based", 12, "followers[0].sizing.risk_percent", .missing, "risk_percent: 2"),
    .init(
      sizing, sizing + "\n      capital_basis: fixed", 12, "followers[0].sizing.fixed_capital", .missing,
      "leader: 1000000"),
    .init(sizing, sizing + "\n      ratio: 1/2", 13, "followers[0].sizing.ratio", .unfitForStrategy, "fixed_ratio"),
    .init(sizing, sizing + "\n      lots: 1", 13, "followers[0].sizing.lots", .unfitForStrategy, "fixed_lots"),
    .init(
      sizing, sizing + "\n      risk_percent: 2", 13, "followers[0].sizing.risk_percent", .unfitForStrategy,
      "risk_based"),
    .init(
      sizing, "      strategy: fixed_lots\n      lots: 11", 15, "followers[0].limits.max_open_lots", .contradiction,
      "lower sizing.lots"),
    .init(
      sizing, sizing + "\n      fixed_capital: { leader: 1, follower: 1 }", 13, "followers[0].sizing.fixed_capital",
      .contradiction, "capital_basis: fixed"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: 0", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: -1/2", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: 1/0", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: 1:2", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: 1 000", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(sizing, "      strategy: fixed_ratio\n      ratio: .5", 13, "followers[0].sizing.ratio", .badValue, "2/5"),
    .init(
      sizing, "      strategy: fixed_ratio\n      ratio: 1000", 13, "followers[0].sizing.ratio", .outOfRange,
      "below 1000"),
    .init(
      sizing, "      strategy: risk_based\n      risk_percent: 200", 13, "followers[0].sizing.risk_percent",
      .outOfRange, "at most 100"),
    .init(
      sizing, "      strategy: half", 12, "followers[0].sizing.strategy", .badValue, "One of: capital_proportional"),
    .init(
      limits, limits + "\n      max_lots_per_order: 11", 15, "followers[0].limits.max_lots_per_order", .contradiction,
      "Lower max_lots_per_order"),
  ]

  static let outside: [MistakeCase] = [
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: http://api.dhan.co/v2", 4,
      "broker.rest_url", .unencrypted, "https://"),
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: http://127.0.0.1.dhan.co/", 4, "broker.rest_url", .unencrypted,
      "https://"),
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: http://localhost.dhan.co/", 4, "broker.rest_url", .unencrypted,
      "https://"),
    .init("  kind: dhan", "  kind: dhan\n  rest_url: http://0.0.0.0/", 4, "broker.rest_url", .unencrypted, "https://"),
    .init(
      "  kind: dhan", "  kind: dhan\n  order_update_url: ws://api.dhan.co", 4, "broker.order_update_url", .unencrypted,
      "wss://"),
    .init(
      "  kind: dhan", "  kind: dhan\n  order_update_url: https://api.dhan.co", 4, "broker.order_update_url", .badValue,
      "wss://"),
    .init("  kind: dhan", "  kind: dhan\n  auth_url: auth.dhan.co", 4, "broker.auth_url", .badValue, "https://auth"),
    .init(
      "  kind: dhan", "  kind: dhan\n  instruments: http://images.dhan.co/x.csv", 4, "broker.instruments", .unencrypted,
      "https://"),
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: https://me:pw@api.dhan.co", 4, "broker.rest_url", .secretInFile,
      "{ env: NAME }"),
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: https://api.dhan.co?token=pw", 4, "broker.rest_url", .secretInFile,
      "{ env: NAME }"),
    .init(
      "  kind: dhan", "  kind: dhan\n  rest_url: https://api.dhan.co:99999", 4, "broker.rest_url", .outOfRange,
      "https://"),
    .init(
      "{ env: DHAN_ASHA_TOKEN }", "topsecret", 10, "followers[0].access_token", .secretInFile, "have a new one issued"),
    .init(
      "{ env: DHAN_ASHA_TOKEN }", "{ env: eyJhbGciOiJIUzI1NiJ9.topsecret }", 10, "followers[0].access_token.env",
      .secretInFile, "have a new one issued"),
    .init(
      "{ env: DHAN_ASHA_TOKEN }", "{ env: 9-lives }", 10, "followers[0].access_token.env", .badValue,
      "not the secret itself"),
    .init("store:", "# eyJhbGciOiJIUzI1NiJ9.topsecret\nstore:", 1, "", .secretInFile, "Take it out"),
    .init("./copytrade.db", "./eyJhbGciOiJIUzI1NiJ9.topsecret", 1, "", .secretInFile, "Take it out"),
    .init(
      "{ env: DHAN_ASHA_TOKEN }", "{ env: A, file: b }", 10, "followers[0].access_token", .contradiction, "Keep one"),
    .init(
      "    access_token: { file: ./ravi-token }", "    totp: { pin: 1234, secret: { file: b } }", 17,
      "followers[1].totp.pin", .secretInFile, "{ file: PATH }"),
    .init(
      "    access_token: { file: ./ravi-token }", "    totp: { pin: { file: a } }", 17, "followers[1].totp.secret",
      .missing, "{ file: PATH }"),
    .init(
      asha, asha + "    totp: { pin: { file: a }, secret: { file: b } }\n", 10, "followers[0].totp", .contradiction,
      "Keep one"),
  ]

  @Test("one mistake is told with its line, key and remedy", arguments: keys + values + sizings + outside)
  func one(mistake: MistakeCase) throws {
    #expect(ConfigurationCheck(text: SampleConfiguration.small).mistakes == [])
    let text = SampleConfiguration.small.replacing(mistake.replaced, with: mistake.by, maxReplacements: 1)
    #expect(text != SampleConfiguration.small)
    let check = ConfigurationCheck(text: text)
    let found = try #require(check.mistakes.first { $0.code == mistake.code && $0.key == mistake.key }, "\(check.text)")
    #expect(found.line == mistake.line)
    #expect(found.remedy.contains(mistake.remedy), "\(found.remedy)")
    #expect(check.exitStatus == .configuration)
    #expect(throws: ConfigurationFailure.self) { try check.configuration() }
    #expect(!check.text.contains("topsecret"))
    #expect(!check.text.contains("eyJ"))
  }

  @Test("no mistake brings another one with it", arguments: values + outside) func alone(mistake: MistakeCase) {
    let text = SampleConfiguration.small.replacing(mistake.replaced, with: mistake.by, maxReplacements: 1)
    let mistakes = ConfigurationCheck(text: text).mistakes
    #expect(mistakes.count == 1, "\(mistakes)")
  }

  @Test("a token is never repeated, wherever it was put (promise 13)") func tokensAreNotRepeated() {
    let token = "eyJhbGciOiJIUzUxMiJ9.canary"
    let lines = SampleConfiguration.whole.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices {
      let indentation = lines[index].prefix { $0 == " " || $0 == "-" }
      let key = lines[index].prefix { $0 != ":" }
      for changed in ["\(key): \(token)", "\(indentation)\(token): 1", "\(indentation)\(token)", "\(key): [\(token)]"] {
        var damaged = lines
        damaged[index] = changed[...]
        let check = ConfigurationCheck(text: damaged.joined(separator: "\n"))
        #expect(!check.isValid)
        #expect(!check.text.contains("canary"), "\(changed)")
        #expect(check.mistakes.allSatisfy { !$0.description.contains("canary") })
      }
    }
  }

  @Test("all mistakes are told at once, sorted by line") func all() {
    let text = SampleConfiguration.small
      .replacing("store:", with: "stor:").replacing("kind: dhan", with: "kind: dhan\n  kind: paper")
      .replacing("max_open_lots: 10", with: "max_open_lots: 0").replacing("name: ravi", with: "name: asha")
    let mistakes = ConfigurationCheck(text: text).mistakes
    #expect(mistakes.map(\.code) == [.missing, .unknownKey, .duplicateKey, .outOfRange, .duplicateFollower])
    #expect(mistakes.map(\.line) == [1, 1, 4, 15, 16])
    #expect(mistakes.map { $0.column ?? 0 } == [1, 1, 3, 22, 5])
  }

  @Test("without followers there is nothing to do", arguments: ["followers:\n", "followers: []\n", ""])
  func noFollowers(replacement: String) {
    let start = SampleConfiguration.small.range(of: "followers:")
    let text = SampleConfiguration.small[..<(start?.lowerBound ?? SampleConfiguration.small.endIndex)] + replacement
    let mistakes = ConfigurationCheck(text: String(text)).mistakes
    #expect(mistakes.map(\.key) == ["followers"])
    #expect(mistakes.map(\.code) == [.missing])
  }
}
