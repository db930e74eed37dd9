import Domain
import Projections
import Reactors
import Testing

/// Friday, 15 January 2027, 13:30 in India, and the days after it.
enum Days {
  static let friday = Day("2027-01-15")!
  static let monday = Day("2027-01-18")!
  static let session = TradingSession(open: TimeOfDay("09:15")!, close: TimeOfDay("15:40")!)

  /// A harness in a contract of that month, on a Friday on which both accounts were read.
  static func stage(_ ratio: String = "1", expiry: Day = Day("2027-01-26")!) -> Harness {
    var harness = Harness(ratio: ratio)
    harness.contract = ContractID(
      segment: .nseFNO, securityID: "58001", option: OptionTerms(expiry: expiry, strike: .rupees(24_000), type: .call))
    harness.observe(
      .instrument(
        Instrument(
          contract: harness.contract, underlying: "NIFTY", displayName: "NIFTY 26 JAN 24000 CALL",
          lotSize: LotSize(Harness.lot)!, tickSize: Paise(5), freezeQuantity: nil)))
    harness.observe(.tradingDay(friday))
    harness.observe(.restated(.leader, []))
    harness.observe(.restated(.follower("asha"), []))
    return harness
  }
}

extension Harness {
  /// Begins a day at `hour`, by an account that was read then.
  mutating func begin(_ day: Day, _ time: String = "09:30") {
    self.time = day.inIndia(at: TimeOfDay(time)!)
    // The exchange ends what it has, and nobody is told.
    for label in broker.keys where broker[label]?.status.isFinal == false && broker[label]?.afterMarket == false {
      broker[label]?.status = .expired
    }
    observe(.tradingDay(day))
  }

  func position(lots: Int64, of key: PositionKey? = nil) -> [BaselinePosition] {
    lots == 0 ? [] : [BaselinePosition(key: key ?? self.key, quantity: Quantity(lots * Harness.lot))]
  }

  /// What both accounts hold this morning, in lots; what the leader closed unseen is told first, as the intake does.
  mutating func restate(leader: Int64, asha: Int64) {
    restateLeader(leader)
    observe(.restated(.follower("asha"), position(lots: asha)))
  }

  mutating func restateLeader(_ lots: Int64) {
    for closed in state.leader.closedUnseen(position(lots: lots)) {
      observe(
        .leaderOrder(
          BrokerOrder(
            orderID: "unseen@1", correlationID: nil, key: closed.key, side: closed.quantity < .zero ? .sell : .buy,
            type: .market, validity: .day, quantity: closed.quantity.magnitude, price: .zero,
            filled: closed.quantity.magnitude, status: .traded,
            updatedAt: Timestamp(microseconds: state.tradingDay!.startInIndia.microseconds - 1)), .positions))
    }
    observe(.restated(.leader, position(lots: lots)))
  }

  mutating func open(_ calendar: MarketCalendar?) {
    guard var settings = state.settings else { return }
    settings.calendar = calendar
    observe(.configuration(settings))
  }

  func count(_ isMeant: (Event) -> Bool) -> Int { log.count(where: isMeant) }
}

@Suite("Rules: the next trading day") struct DayRules {
  @Test("a day begins once, with the first account that is read on it, and never goes back") func once() {
    var harness = Days.stage()
    let mark = harness.log.count
    harness.observe(.tradingDay(Days.friday))
    harness.observe(.tradingDay(Day("2027-01-14")!))
    #expect(harness.log.count == mark)
    harness.observe(.tradingDay(Days.monday))
    #expect(harness.state.tradingDay == Days.monday)
  }

  @Test("orders of yesterday are over, the leader's and ours, although no book says so; their lots work no longer")
  func ordersEnd() {
    var harness = Days.stage()
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    #expect(harness.ledger.open(.entry) == Quantity(195))
    harness.begin(Days.monday)
    #expect(harness.state.leader.orders["1"]?.order.status == .expired)
    #expect(harness.ledger.open(.entry) == .zero)
    #expect(harness.account.outbox.requests.isEmpty)
    harness.restate(leader: 0, asha: 0)
    #expect(harness.placements() == [3])
    #expect(harness.ends == [.skipped(.leaderEndedUnfilled)])
  }

  @Test(
    "what the book still shows of yesterday is over as well, and is not copied, not even with entries.resting: copy")
  func staleBook() {
    var harness = Days.stage()
    guard var settings = harness.state.settings else { return }
    settings.entries.resting = .copy
    harness.observe(.configuration(settings))
    harness.begin(Days.monday, "08:00")
    let hours = harness.time - (Days.friday.inIndia(at: TimeOfDay("15:00")!))
    harness.leader("1", .buy, lots: 3, age: hours)
    #expect(harness.placements() == [])
    #expect(harness.state.leader.orders["1"]?.order.status == .expired)
  }

  @Test("an after-market order survives to its session, and is over when that is")
  func afterMarketSurvives() {
    var harness = Days.stage()
    guard var settings = harness.state.settings else { return }
    settings.entries.afterMarket = .copy
    harness.observe(.configuration(settings))
    harness.fillsAtOnce = false
    harness.time = Days.friday.inIndia(at: TimeOfDay("20:00")!)
    harness.leader("1", .buy, lots: 3, afterMarket: true)
    let label = harness.working[0].correlationID!
    // The broker shows ours as an after-market order too.
    harness.broker[label]?.afterMarket = true
    harness.observe(.followerOrder("asha", harness.broker[label]!, .book))
    harness.begin(Days.friday.next, "10:00")
    harness.begin(Days.monday, "08:00")
    harness.restate(leader: 0, asha: 0)
    #expect(harness.ledger.open(.entry) == Quantity(195), "Saturday and Sunday have no session")
    harness.time = Days.monday.inIndia(at: TimeOfDay("09:16")!)
    harness.fill(label)
    #expect(harness.held == 3)
    var late = Days.stage()
    late.time = Days.friday.inIndia(at: TimeOfDay("20:00")!)
    late.leader("1", .buy, lots: 3, afterMarket: true)
    late.begin(Days.monday.next)
    #expect(late.state.leader.orders["1"]?.order.status == .expired)
  }

  @Test("an exit whose order ended with the day is placed again, for what is held now") func exitAgain() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leaderTrades(-4)
    #expect(harness.placements() == [4, -4])
    harness.begin(Days.monday)
    #expect(harness.broker.count == 2, "what is held is read first")
    harness.restate(leader: 0, asha: 1)
    harness.runLanes()
    #expect(harness.placements() == [4, -4, -4, -1])
    harness.fillAll()
    #expect(harness.held == 0)
    #expect(harness.broker.values.filter { $0.status == .traded && $0.side == .sell }.map(\.quantity) == [Quantity(65)])
  }

  @Test("an exit that was refused yesterday is asked for once more") func refusedYesterday() {
    var harness = Days.stage()
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leaderTrades(-2)
    harness.rejectNewest()
    #expect(harness.openAlerts.contains(.exitRefused))
    harness.begin(Days.monday)
    harness.restate(leader: 0, asha: 2)
    harness.runLanes()
    harness.fillAll()
    #expect(harness.held == 0)
  }

  @Test(
    "rule 29: an entry in doubt at the close is never attempted again; positions say whether it filled, and it is ours",
    arguments: [0, 1, 2])
  func entryInDoubt(filled: Int64) {
    var harness = Days.stage()
    harness.acceptsAtOnce = false
    harness.leaderTrades(2)
    harness.doubtNewest()
    harness.acceptsAtOnce = true
    harness.begin(Days.monday)
    harness.observe(.followerBookRead("asha", orders: 0))
    harness.restate(leader: 2, asha: filled)
    harness.runLanes()
    #expect(harness.placements() == [2])
    #expect(harness.count { if case .requestAttempted = $0 { true } else { false } } == 0)
    #expect(harness.held == filled)
    #expect(harness.ledger.owner == .zero)
    harness.leaderTrades(-2)
    harness.runLanes()
    #expect(harness.held == 0, "exits follow what is held")
  }

  @Test("a resting entry that filled while nobody looked is ours, although its link had ended with the day")
  func filledUnseen() {
    var harness = Days.stage()
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    harness.begin(Days.monday)
    harness.fillsAtOnce = true
    harness.restate(leader: 0, asha: 3)
    harness.runLanes()
    #expect(harness.placements() == [3, -3], "the leader never got it, and holds nothing")
    #expect(harness.held == 0)
  }

  @Test("promise 1: an exit in doubt at the close is decided anew from what is held", arguments: [0, 2])
  func exitInDoubt(left: Int64) {
    var harness = Days.stage()
    harness.leaderTrades(2)
    harness.acceptsAtOnce = false
    harness.leaderTrades(-2)
    harness.doubtNewest()
    harness.acceptsAtOnce = true
    harness.begin(Days.monday)
    harness.restate(leader: 0, asha: left)
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(harness.broker.values.filter { $0.side == .sell }.count == (left == 0 ? 0 : 1))
  }

  @Test("what waited in a lane over the close is withdrawn, and decided anew where it is still wanted") func lane() {
    var harness = Days.stage()
    harness.leaderTrades(2)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leaderTrades(-2)
    #expect(harness.account.outbox.requests.count == 1)
    harness.begin(Days.monday)
    #expect(harness.log.contains { if case .requestWithdrawn(let it) = $0 { it.reason == .tooOld } else { false } })
    harness.observe(.readable(.follower("asha")))
    harness.restate(leader: 0, asha: 2)
    harness.runLanes()
    #expect(harness.held == 0)
  }
}

@Suite("Rule 6: restated every morning") struct RestatementRules {
  @Test("where the log agrees, one event an account is all") func agrees() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restate(leader: 4, asha: 4)
    #expect(harness.log.count == mark + 2)
    harness.restate(leader: 4, asha: 4)
    #expect(harness.log.count == mark + 2, "once a day")
  }

  @Test(
    "implied exits are done: the follower leaves the fraction that the leader left while nobody looked",
    arguments: [(8, 4, -2), (8, 0, -4), (8, 2, -3)])
  func impliedExit(before: Int64, after: Int64, exit: Int64) {
    var harness = Days.stage("1/2")
    harness.leaderTrades(before)
    let mark = harness.log.count
    harness.begin(Days.monday)
    harness.restate(leader: after, asha: before / 2)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [exit])
    harness.leaderTrades(-after)
    #expect(harness.held == 0)
  }

  @Test("implied entries are reported and not entered; what is closed later is a fraction of the whole")
  func impliedEntry() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    let mark = harness.log.count
    harness.begin(Days.monday)
    harness.restate(leader: 8, asha: 4)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
    harness.leaderTrades(-4)
    #expect(harness.held == 2)
    harness.leaderTrades(-4)
    #expect(harness.held == 0)
  }

  @Test("a leader who went to the other side overnight: followers leave, and nothing is entered") func reversedUnseen()
  {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: -2, asha: 4)
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(harness.state.leader.positions[harness.key]?.net == Quantity(-130))
    harness.leaderTrades(2)
    #expect(harness.held == 0)
  }

  @Test("rule 8: what went from one product to the other overnight is a conversion and no exit") func converted() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    let mark = harness.log.count
    harness.begin(Days.monday)
    let sibling = PositionKey(contract: harness.contract, product: .intraday)
    #expect(harness.state.leader.closedUnseen(harness.position(lots: 4, of: sibling)) == [])
    harness.observe(.restated(.leader, harness.position(lots: 4, of: sibling)))
    harness.observe(.restated(.follower("asha"), harness.position(lots: 4)))
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
  }

  @Test(
    "rule 32: what others did counts as the owner's first, then as ours, and ours is an alert",
    arguments: [(6, 4, 0, false), (5, 4, -1, false), (2, 2, 0, true), (9, 4, 3, false)])
  func attribution(read: Int64, ours: Int64, ownersChange: Int64, isAlert: Bool) {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.ownerTrades(2)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restate(leader: 4, asha: read)
    #expect(harness.held == ours)
    #expect(harness.ledger.owner.units / 65 == (isAlert ? 0 : 2 + ownersChange))
    #expect(
      harness.log[mark...].contains { if case .alertRaised(let it) = $0 { it.kind == .closedByOthers } else { false } }
        == isAlert)
  }

  @Test("rule 33: no exit leaves before the follower's positions were read: the broker may have closed them overnight")
  func readFirst() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restateLeader(0)
    harness.runLanes()
    #expect(harness.held == 4)
    harness.observe(.restated(.follower("asha"), []))
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(!harness.log[mark...].contains { if case .requestAttempted = $0 { true } else { false } })
  }

  @Test("what an order of yesterday filled is in the positions: a book that shows it later says nothing")
  func countedOnce() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: 6, asha: 4)
    harness.leader(
      "77", .buy, lots: 2, filled: 2, age: harness.time - Days.friday.inIndia(at: TimeOfDay("15:00")!))
    #expect(harness.state.leader.positions[harness.key]?.net == Quantity(6 * 65))
    #expect(harness.state.leader.orders["77"] == nil)
  }
}

@Suite("Rules: expiry") struct ExpiryRules {
  @Test(
    "after the expiry day positions are closed without an order, for leader, follower and owner, recorded in one event")
  func expired() {
    var harness = Days.stage(expiry: Days.friday)
    harness.leaderTrades(4)
    harness.ownerTrades(1)
    let mark = harness.log.count
    harness.time = Days.friday.inIndia(at: TimeOfDay("23:00")!)
    harness.observe(.clock(due: "test"))
    #expect(harness.held == 4, "not before a new day begins")
    harness.begin(Days.monday)
    #expect(harness.held == 0)
    #expect(harness.ledger.owner == .zero)
    #expect(harness.state.leader.positions[harness.key]?.net ?? .zero == .zero)
    guard case .dayBegan(let began)? = harness.log[mark...].first(where: { $0.type == .dayBegan }) else {
      Issue.record("no day")
      return
    }
    #expect(began.expired.map(\.account) == [.leader, .follower("asha")])
    #expect(began.expired.map(\.quantity.units) == [260, 260])
    // The broker may still show them; they come back for nobody.
    harness.restate(leader: 4, asha: 5)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
    #expect(harness.held == 0)
    #expect(harness.ledger.episode == nil)
    #expect(harness.openAlerts == [])
  }

  @Test("on the expiry day itself everything goes on") func expiryDay() {
    var harness = Days.stage(expiry: Days.monday)
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: 4, asha: 4)
    harness.leaderTrades(-4)
    #expect(harness.held == 0)
    #expect(harness.placements() == [4, -4])
  }
}

@Suite("Rules: the exchange is closed") struct SessionRules {
  @Test("an exit that is due before the opening leaves with it, and not sooner: a refusal would not be tried again")
  func exitWaits() {
    var harness = Days.stage()
    harness.open(MarketCalendar(everyWeekday: Days.session))
    harness.leaderTrades(4)
    harness.begin(Days.monday, "08:00")
    harness.restate(leader: 0, asha: 4)
    #expect(harness.held == 4)
    let opening = Days.monday.inIndia(at: TimeOfDay("09:15")!)
    #expect(harness.state.nextDue == opening)
    harness.run(for: Microseconds((opening - harness.time).count + 1_000_000))
    #expect(harness.held == 0)
    #expect(harness.ends.allSatisfy { $0 == .copied(Lots(4)) })
  }

  @Test("rule 17: an entry that waits for the opening becomes too old; an after-market order is copied at once")
  func entries() {
    var harness = Days.stage()
    harness.open(MarketCalendar(everyWeekday: Days.session))
    guard var settings = harness.state.settings else { return }
    settings.entries.afterMarket = .copy
    harness.observe(.configuration(settings))
    harness.begin(Days.monday, "08:00")
    harness.restate(leader: 0, asha: 0)
    harness.leader("1", .buy, lots: 2)
    harness.run(for: .seconds(60))
    #expect(harness.account.outbox.requests.isEmpty)
    harness.leader("2", .buy, lots: 3, afterMarket: true)
    #expect(harness.broker.count == 1)
  }

  @Test("the hours are those of the broker's clock, and the weekend has none") func hours() {
    let session = MarketCalendar(everyWeekday: Days.session)
    #expect(session.isOpen(at: Days.friday.inIndia(at: TimeOfDay("09:15")!)))
    #expect(!session.isOpen(at: Days.friday.inIndia(at: TimeOfDay("15:40")!)))
    #expect(!session.isOpen(at: Days.friday.next.inIndia(at: TimeOfDay("12:00")!)))
    #expect(
      session.nextOpening(after: Days.friday.inIndia(at: TimeOfDay("15:40")!))
        == Days.monday.inIndia(at: TimeOfDay("09:15")!))
    var harness = Days.stage()
    harness.open(session)
    // Our clock shows 08:00; the broker's 09:30.
    harness.begin(Days.monday, "08:00")
    harness.observe(.brokerClock(ahead: .seconds(-5_400)))
    harness.restate(leader: 0, asha: 0)
    harness.leader("1", .buy, lots: 2, age: .seconds(-5_400))
    #expect(harness.broker.count == 1)
  }
}
