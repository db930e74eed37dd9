import Domain
import Projections
import Reactors
import Testing

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
