import Domain

/// The bundled session: contracts, accounts and a script of 50 seconds.
///
/// The leader has Rs 50 lakh, the followers asha and vikram 30 % and 20 % of it. Every leader order of the script is a
/// size that both can copy in whole lots or whose copies end unfilled, and the quotes carry enough for all three. At
/// its end the leader holds ten lots of one contract and nothing else.
public enum PaperDemo {
  /// Wednesday, 25 November 2026, 10:00 in India.
  public static let start = Timestamp(microseconds: 1_795_581_000_000_000)

  public static let names: [String: ClientID] = ["leader": "1000000001", "asha": "1000000002", "vikram": "1000000003"]

  public static let accounts = [
    PaperAccount(clientID: "1000000001", startOfDay: .rupees(5_000_000)),
    PaperAccount(clientID: "1000000002", startOfDay: .rupees(1_500_000)),
    PaperAccount(clientID: "1000000003", startOfDay: .rupees(1_000_000)),
  ]

  public static let instruments = [
    option(
      "47317", .nseFNO, "NIFTY", "NIFTY 29 DEC 24000 CALL", day: 29, strike: 24_000, .call, lot: 65, freeze: 1_756),
    option("47318", .nseFNO, "NIFTY", "NIFTY 29 DEC 24000 PUT", day: 29, strike: 24_000, .put, lot: 65, freeze: 1_756),
    option(
      "52110", .nseFNO, "BANKNIFTY", "BANKNIFTY 29 DEC 52000 PUT", day: 29, strike: 52_000, .put, lot: 30, freeze: 600),
    option(
      "874512", .bseFNO, "SENSEX", "SENSEX 31 DEC 80000 CALL", day: 31, strike: 80_000, .call, lot: 20, freeze: 1_000),
  ]

  private static func option(
    _ id: SecurityID, _ segment: ExchangeSegment, _ underlying: Underlying, _ name: ShortText, day: Int, strike: Int64,
    _ type: OptionType, lot: Int64, freeze: Int64
  ) -> Instrument {
    guard let expiry = Day(year: 2026, month: 12, day: day), let lotSize = LotSize(lot) else {
      preconditionFailure("The contracts of the demonstration are written wrongly.")
    }
    return Instrument(
      contract: ContractID(
        segment: segment, securityID: id, option: OptionTerms(expiry: expiry, strike: .rupees(strike), type: type)),
      underlying: underlying, displayName: name, lotSize: lotSize, tickSize: Paise(5), freezeQuantity: Quantity(freeze))
  }

  public static let text = """
    # A leader trades options on three indices for fifty seconds; asha and vikram follow.
    # when    who     what
    0s        market  NIFTY29DEC24000CE 151.90/152.30 size 6500/260
    0s        market  NIFTY29DEC24000PE 138.00/138.40 size 6500
    0s        market  BANKNIFTY29DEC52000PE 310.00/310.60 size 3000
    0s        market  SENSEX31DEC80000CE 455.00/455.80 size 2000

    1s        say     "Entry: ten lots, filled in parts."
    2s        leader  buy 10 lots NIFTY29DEC24000CE MARGIN at 152.35 as entry
    4s        market  NIFTY29DEC24000CE 152.00/152.35 size 6500/195
    5s        market  NIFTY29DEC24000CE 152.05/152.35 size 6500/6500

    7s        say     "A resting order: new price, new quantity, cancelled."
    7s        leader  buy 5 lots BANKNIFTY29DEC52000PE MARGIN at 300.00 as resting
    9s        leader  modify resting price 302.00
    11s       leader  modify resting quantity 10 lots
    13s       leader  cancel resting

    15s       say     "Scale in by ten lots, and out by ten."
    15s       leader  buy 10 lots NIFTY29DEC24000CE MARGIN at 152.50 as more
    17s       fault   vikram duplicate-updates 4
    18s       leader  sell 10 lots NIFTY29DEC24000CE MARGIN at 152.00 as less

    21s       say     "A short: ten lots sold to open."
    21s       leader  sell 10 lots SENSEX31DEC80000CE MARGIN at 455.00 as short

    23s       say     "An INTRADAY order rests. The service is killed with a reply outstanding."
    23s       leader  buy 10 lots BANKNIFTY29DEC52000PE INTRADAY at 309.00 as day
    24.9s     fault   asha lose-reply 1
    25s       leader  modify day price 309.50
    25.05s    crash
    26s       leader  modify day quantity 20 lots
    30s       market  BANKNIFTY29DEC52000PE 308.60/309.20 size 3000

    32s       say     "INTRADAY and MARGIN of one contract: two positions."
    32s       leader  buy 5 lots BANKNIFTY29DEC52000PE MARGIN at 309.40 as overnight
    34s       fault   asha reorder-updates 2
    35s       leader  sell 20 lots BANKNIFTY29DEC52000PE INTRADAY at market as day-out

    38s       say     "A reversal: five lots long become ten short with one order."
    38s       leader  sell 15 lots BANKNIFTY29DEC52000PE MARGIN at 308.00 as reversal
    41s       leader  buy 10 lots BANKNIFTY29DEC52000PE MARGIN at 309.80 as cover

    43s       say     "The short is bought back."
    43s       market  SENSEX31DEC80000CE 454.60/455.40 size 2000
    43s       leader  buy 10 lots SENSEX31DEC80000CE MARGIN at 455.80 as buy-back

    46s       say     "Two orders that the leader's broker rejects: above the freeze quantity, and beyond the funds."
    46s       leader  buy 28 lots NIFTY29DEC24000PE MARGIN at 120.00 as frozen
    48s       leader  sell 45 lots SENSEX31DEC80000CE MARGIN at 480.00 as too-much
    50s       say     "The leader holds ten lots of NIFTY29DEC24000CE."
    """

  public static let script: PaperScript = {
    do {
      return try PaperScript(text, instruments: instruments, accounts: names)
    } catch {
      preconditionFailure("The bundled session cannot be read. \(error)")
    }
  }()
}

extension PaperScript {
  /// The bundled session; ``PaperDemo`` has its contracts and accounts.
  public static var demo: PaperScript { PaperDemo.script }
}
