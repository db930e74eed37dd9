import Domain
import Testing

@testable import Daemon

/// The table of refusals that is built in, against the texts that are known (options-domain.md §3.4, dhan-api-v2.md §1.5).
@Suite("Market data: refusals") struct RefusalTableTests {
  private static func settings(_ market: String = "") throws -> CopySettings {
    let text = market.isEmpty ? "" : "market:\n" + market.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try ConfigurationCheck(text: text + SampleConfiguration.small).configuration().copySettings
  }

  @Test(
    "every text that is known means what the sheets say, with whatever the broker writes around it",
    arguments: [
      ("RMS:1:Margin Shortfall of Rs 20,000", RefusalMeaning.insufficientMargin, RefusalTreatment.retry),
      ("DH-906 Insufficient Funds", .insufficientMargin, .retry),
      ("RMS:Margin Exceeds, Required:9899.50", .insufficientMargin, .retry),
      ("RMS:1:Add Funds to place this order", .insufficientMargin, .retry),
      ("RMS:1:Order value exceeds the limit of the client", .insufficientMargin, .retry),
      ("Squaring off this position will result in margin shortfall", .hedgeBreak, .retry),
      ("RMS:1:LPP check failed for the order", .priceBand, .retry),
      ("The order price is outside of the Price Range", .priceBand, .retry),
      ("17070 : The Price is out of the current execution range", .priceBand, .retry),
      ("RMS:1:Rate Not Within Ckt Limit: circuit limit 120.00 to 180.00", .priceBand, .retry),
      ("Price is not multiple of tick size", .tick, .alarm),
      ("Quantity freeze: order quantity above freeze limit", .freezeQuantity, .retry),
      ("Order Quantity is more than the Maximum allowed", .freezeQuantity, .retry),
      ("RMS:1:BHEL is in Ban Period", .banPeriod, .skip),
      ("16052 Function not available", .orderTypeNotAllowed, .alarm),
      ("17181 Contract not traded. Market order not allowed", .orderTypeNotAllowed, .alarm),
      ("17182 Price is beyond mark-up price", .orderTypeNotAllowed, .alarm),
      ("RMS:1:Auto Square Off Block", .productCutoff, .skip),
      ("RMS:1:Intraday orders are not allowed after 15:10", .productCutoff, .skip),
      ("RMS:1:Exchange not enabled for the client", .accountBlocked, .stopAccount),
      ("RMS:1:Client not enabled", .accountBlocked, .stopAccount),
      ("RMS:1:Client is suspended", .accountBlocked, .stopAccount),
      ("Your account is deactivated", .accountBlocked, .stopAccount),
      ("RMS:1:Dormant account", .accountBlocked, .stopAccount),
      ("RMS:1:Kill Switch is active", .accountBlocked, .stopAccount),
      ("DH-903 Segment not activated", .accountBlocked, .stopAccount),
      ("DH-902 No access to trading APIs", .accountBlocked, .stopAccount),
      ("DH-906 Market is Closed! Want to place an offline order?", .marketClosed, .wait),
      ("DH-906 Trigger Price should be greater than Price", .badOrder, .alarm),
      ("DH-905 quantity is required", .badOrder, .alarm),
      ("DH-905 Missing required fields, bad values for parameters etc.", .badOrder, .alarm),
      ("DH-906 Incorrect request for order and cannot be processed", .badOrder, .alarm),
      ("DH-906 transactions blocked by RMS", .badOrder, .alarm),
      ("DH-906 Transaction has Failed", .badOrder, .alarm),
      ("RMS:1:Something that nobody has seen", .unknown, .alarm),
      ("", .unknown, .alarm),
    ])
  func known(text: String, meaning: RefusalMeaning, treatment: RefusalTreatment) throws {
    for market in ["", "calendar: always_open\n"] {
      let rule = try #require(try Self.settings(market).refusal(saying: text))
      #expect(rule.meaning == meaning && rule.treatment == treatment, "\(text): \(rule)")
    }
  }

  @Test("a person's own table replaces the built-in one") func own() throws {
    let settings = try Self.settings(
      """
      refusals:
        effective_from: 2026-11-01
        rules:
          - { says: the moon, means: ban_period, do: skip }
          - { says: [Seventh, HOUSE], means: price_band, do: wait }

      """)
    #expect(
      settings.refusals == [
        RefusalRule(says: ["the moon"], meaning: .banPeriod, treatment: .skip),
        RefusalRule(says: ["seventh", "house"], meaning: .priceBand, treatment: .wait),
      ])
  }

  @Test(
    "a mistake in the table is told with its place",
    arguments: [
      ("refusals: [{ says: x, means: margin, do: skip }]\n", "refusals[0].means"),
      ("refusals: [{ says: x, means: tick, do: again }]\n", "refusals[0].do"),
      ("refusals: [{ says: [], means: tick, do: skip }]\n", "refusals[0].says"),
      ("refusals: [{ means: tick, do: skip }]\n", "refusals[0].says"),
      ("refusals: [{ says: \"\", means: tick, do: skip }]\n", "refusals[0].says"),
      ("refusals: { effective_from: 2026-01-01 }\n", "refusals.rules"),
    ])
  func mistakes(text: String, key: String) throws {
    let check = ConfigurationCheck(text: "market:\n  \(text)" + SampleConfiguration.small)
    #expect(check.mistakes.map(\.key) == ["market.\(key)"], "\(check.mistakes)")
  }
}
