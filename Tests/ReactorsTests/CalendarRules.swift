import Domain
import Projections
import Reactors
import Testing

/// The days after Friday, 15 January 2027, as ``Days`` has them, with a calendar.
private enum Dates {
  static let saturday = Day("2027-01-16")!
  static let tuesday = Day("2027-01-19")!

  static func calendar(
    holidays: [Day] = [], copies: Bool = false, cutoff: Microseconds? = .seconds(600), settlement: Int64? = 4
  ) -> MarketCalendar {
    MarketCalendar(
      hours: [DatedSession(from: Day("2026-08-03")!, session: Days.session)], holidays: holidays,
      specialSessions: [
        SpecialSession(
          day: saturday, session: TradingSession(open: TimeOfDay("18:00")!, close: TimeOfDay("19:00")!), copies: copies)
      ], expiryCutoff: cutoff, physicalSettlementDays: settlement)
  }

  static func stage(
    expiry: String = "2027-01-26", isStock: Bool = false, _ calendar: MarketCalendar = calendar()
  ) -> Harness {
    var harness = Days.stage(expiry: Day(expiry)!)
    harness.open(calendar)
    guard isStock else { return harness }
    harness.observe(
      .instrument(
        Instrument(
          contract: harness.contract, underlying: "RELIANCE", displayName: "RELIANCE JAN CALL",
          lotSize: LotSize(Harness.lot)!, tickSize: Paise(5), freezeQuantity: nil, isStockOption: true)))
    return harness
  }
}

@Suite("Rules: holidays and special sessions") struct HolidayRules {
  @Test("nothing is placed on a holiday: an exit leaves with the next opening, an entry becomes too old")
  func holiday() {
    var harness = Dates.stage(Dates.calendar(holidays: [Days.monday]))
    harness.leaderTrades(4)
    harness.begin(Days.monday, "10:00")
    harness.restate(leader: 4, asha: 4)
    let mark = harness.broker.count
    harness.leaderTrades(2)
    harness.run(for: .seconds(60))
    harness.leaderTrades(-6)
    harness.run(for: .seconds(3_600))
    #expect(harness.broker.count == mark)
    #expect(harness.held == 4)
    #expect(harness.state.nextDue == Dates.tuesday.inIndia(at: TimeOfDay("09:15")!))
    harness.begin(Dates.tuesday, "08:30")
    harness.restate(leader: 0, asha: 4)
    harness.run(for: .seconds(2_600))
    #expect(harness.held == 4)
    harness.run(for: .seconds(200))
    #expect(harness.held == 0)
    #expect(harness.broker.count == mark + 1)
  }

  @Test("entries of a special session are forgone with the reason, and exits go out; with copy: true both do")
  func special() {
    var harness = Dates.stage()
    harness.leaderTrades(4)
    harness.begin(Dates.saturday, "18:10")
    harness.restate(leader: 4, asha: 4)
    harness.leaderTrades(2)
    #expect(harness.reasons == [.specialSession])
    #expect(harness.held == 4)
    harness.leaderTrades(-6)
    #expect(harness.held == 0)

    var copying = Dates.stage(Dates.calendar(copies: true))
    copying.begin(Dates.saturday, "18:10")
    copying.restate(leader: 0, asha: 0)
    copying.leaderTrades(2)
    #expect(copying.held == 2)
  }

  @Test("a reversal in a special session closes and does not open") func reversal() {
    var harness = Dates.stage()
    harness.leaderTrades(4)
    harness.begin(Dates.saturday, "18:10")
    harness.restate(leader: 4, asha: 4)
    harness.leaderTrades(-6)
    #expect(harness.held == 0)
    #expect(harness.reasons == [.specialSession])
  }

  @Test("an after-market entry is not copied into a special session") func afterMarket() {
    var harness = Dates.stage()
    guard var settings = harness.state.settings else { return }
    settings.entries.afterMarket = .copy
    harness.observe(.configuration(settings))
    harness.begin(Dates.saturday, "12:00")
    harness.restate(leader: 0, asha: 0)
    harness.leader("1", .buy, lots: 3, afterMarket: true)
    #expect(harness.broker.isEmpty)
    #expect(harness.reasons == [.specialSession])
    harness.time = Dates.saturday.inIndia(at: TimeOfDay("20:00")!)
    harness.leader("2", .buy, lots: 3, afterMarket: true)
    #expect(harness.broker.count == 1)
  }

  @Test("an after-market order lives over a holiday until its session is over") func overnight() {
    let placed = Days.friday.inIndia(at: TimeOfDay("18:00")!)
    let order = BrokerOrder(
      orderID: "1", correlationID: nil, key: PositionKey(contract: Harness.nifty, product: .margin), side: .buy,
      type: .limit, validity: .day, quantity: Quantity(65), price: Paise(100), status: .pending, afterMarket: true,
      updatedAt: placed)
    let calendar = Dates.calendar(holidays: [Days.monday])
    #expect(!order.isOver(before: Days.monday, calendar))
    #expect(!order.isOver(before: Dates.tuesday, calendar))
    #expect(order.isOver(before: Dates.tuesday.next, calendar))
    #expect(order.isOver(before: Dates.tuesday, nil))
  }
}

@Suite("Rules: expiring contracts") struct ExpiringRules {
  @Test("no entry in the last ten minutes of a contract, and exits until the close") func cutoff() {
    var harness = Dates.stage(expiry: "2027-01-15")
    harness.time = Days.friday.inIndia(at: TimeOfDay("15:29")!)
    harness.leaderTrades(2)
    #expect(harness.held == 2)
    harness.time = Days.friday.inIndia(at: TimeOfDay("15:30")!)
    harness.leaderTrades(2)
    #expect(harness.held == 2)
    #expect(harness.reasons == [.expiryCutoff])
    harness.time = Days.friday.inIndia(at: TimeOfDay("15:39")!)
    harness.leaderTrades(-4)
    #expect(harness.held == 0)
  }

  @Test("an entry that rests when the last minutes begin stays as long as the leader's") func resting() {
    var harness = Dates.stage(expiry: "2027-01-15")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    harness.time = Days.friday.inIndia(at: TimeOfDay("15:31")!)
    harness.observe(.clock(due: "test"))
    #expect(harness.working.count == 1)
    harness.leader("1", .buy, lots: 5)
    #expect(harness.working.map(\.quantity) == [Quantity(2 * Harness.lot)])
    #expect(harness.reasons == [.expiryCutoff])
    harness.leader("1", .buy, lots: 5, status: .cancelled)
    #expect(harness.working.isEmpty)
  }

  @Test(
    "a stock option is not opened from the fourth trading day before its expiry on; an index option is, and exits go out",
    arguments: [
      ("2027-01-18", true, true), ("2027-01-19", true, false), ("2027-01-25", true, false),
      ("2027-01-19", false, true), ("2027-01-25", false, true),
    ])
  func physicalSettlement(day: String, isStock: Bool, isCopied: Bool) {
    var harness = Dates.stage(expiry: "2027-01-25", isStock: isStock)
    harness.leaderTrades(4)
    #expect(harness.held == 4)
    harness.begin(Day(day)!)
    harness.restate(leader: 4, asha: 4)
    harness.leaderTrades(2)
    #expect(harness.held == (isCopied ? 6 : 4))
    #expect(harness.reasons == (isCopied ? [] : [.physicalSettlement]))
    harness.leaderTrades(-6)
    #expect(harness.held == 0)
  }

  @Test(
    "no order of any kind is for a contract whose expiry is past, with a calendar or without", arguments: [true, false])
  func expired(hasCalendar: Bool) {
    var harness = Days.stage(expiry: Days.friday)
    if hasCalendar { harness.open(Dates.calendar()) }
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: 0, asha: 0)
    let mark = harness.log.count
    harness.leaderTrades(2)
    harness.leaderTrades(-2)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
    #expect(harness.reasons == [.contractExpired])
    #expect(harness.account.outbox.requests.isEmpty)
  }

  @Test("what waits for the opening of a contract that expires meanwhile is withdrawn") func waiting() {
    var harness = Dates.stage(expiry: "2027-01-15")
    harness.leaderTrades(4)
    harness.time = Days.friday.inIndia(at: TimeOfDay("15:45")!)
    harness.leaderTrades(-4)
    #expect(harness.account.outbox.requests.count == 1)
    harness.begin(Days.monday)
    harness.restate(leader: 0, asha: 0)
    harness.runLanes()
    #expect(harness.account.outbox.requests.isEmpty)
    #expect(harness.broker.values.filter { $0.side == .sell }.isEmpty)
  }
}
