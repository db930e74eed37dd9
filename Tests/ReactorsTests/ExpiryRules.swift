import Domain
import Projections
import Reactors
import Testing

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
