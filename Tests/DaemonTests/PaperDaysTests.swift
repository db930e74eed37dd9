import Domain
import PaperExchange
import Projections
import Testing

@testable import Daemon

@Suite("Over the night") struct PaperDaysTests {
  @Test(
    "a service that runs over midnight and one that was stopped come out alike, expired contracts and all",
    arguments: [false, true])
  func night(isStopped: Bool) throws {
    let days = try PaperDays()
    try days.trades(.buy, 2, of: PaperDays.near)
    try days.trades(.buy, 4)
    try days.trades(.buy, 1, at: 9_000)
    #expect(days.ours(PaperDays.near) == 2)
    #expect(days.resting.count == 1)
    if isStopped { try days.session.stop() }
    try days.night()
    if isStopped { try days.session.start(days.log, version: "test") }
    try days.pass(5)
    #expect(days.ours(PaperDays.near) == 0)
    #expect(days.ours() == 4)
    #expect(days.resting.isEmpty)
    #expect(try days.count(.dayBegan) == 2)
    #expect(try days.count(.accountRestated) == 2, "where the log agrees, one event an account")
    #expect(days.state?.followers[0].outbox.requests.isEmpty == true)
    #expect(days.state?.followers[0].ledgers[days.key(PaperDays.near)]?.episode == nil)
    try days.trades(.sell, 4)
    #expect(days.held(PaperDays.asha) == 0)
    #expect(try days.replays())
  }

  @Test(
    "rule 6: what the leader closed while the service was stopped is closed the next morning, what he opened is not")
  func closedOvernight() throws {
    let days = try PaperDays()
    try days.trades(.buy, 4)
    try days.session.stop()
    try days.trades(.sell, 3)
    try days.night()
    try days.session.start(days.log, version: "test")
    try days.pass(10)
    #expect(days.held(PaperDays.leader) == 1)
    #expect(days.held(PaperDays.asha) == 1)
    #expect(days.ours() == 1)
    #expect(try days.replays())
  }

  @Test("an entry that was left resting and filled while the service was stopped is ours, and is looked after")
  func filledOvernight() throws {
    let days = try PaperDays()
    try days.trades(.buy, 2, at: 9_500)
    #expect(days.resting.count == 1)
    try days.session.stop()
    try days.session.act(
      .quote(
        PaperQuote(
          contract: PaperDays.far.contract, bid: Paise(9_400), ask: Paise(9_450), bidSize: Quantity(6_500),
          askSize: Quantity(6_500))))
    try days.night()
    try days.session.start(days.log, version: "test")
    try days.pass(5)
    #expect(days.held(PaperDays.asha) == 2)
    #expect(days.ours() == 2)
    try days.trades(.sell, 2)
    #expect(days.held(PaperDays.asha) == 0)
  }

  @Test("an after-market order placed in the evening is copied, survives the night and fills in its session")
  func afterMarket() throws {
    let days = try PaperDays(entries: EntrySettings(afterMarket: .copy))
    try days.until(PaperDays.wednesday, "15:40")
    try days.session.act(.endOfDay)
    try days.until(PaperDays.wednesday, "18:00")
    try days.trades(.buy, 2, at: 10_100, afterMarket: true)
    #expect(days.resting.map(\.afterMarket) == [true])
    try days.until(PaperDays.thursday, "08:00")
    #expect(days.state?.tradingDay == PaperDays.thursday)
    #expect(days.state?.followers[0].ledgers[days.key(PaperDays.far)]?.open(.entry) == Quantity(130))
    try days.until(PaperDays.thursday, "09:15")
    try days.session.act(.startOfDay)
    try days.quote()
    try days.pass(5)
    #expect(days.held(PaperDays.leader) == 2)
    #expect(days.ours() == 2)
  }

  @Test("an exit that is due at eight leaves with the opening") func opening() throws {
    guard let open = TimeOfDay("09:15"), let close = TimeOfDay("15:40") else { return }
    let days = try PaperDays(calendar: MarketCalendar(everyWeekday: TradingSession(open: open, close: close)))
    try days.trades(.buy, 4)
    try days.session.stop()
    try days.trades(.sell, 4)
    try days.until(PaperDays.wednesday, "15:40")
    try days.session.act(.endOfDay)
    try days.until(PaperDays.thursday, "08:00")
    try days.session.start(days.log, version: "test")
    try days.until(PaperDays.thursday, "09:14")
    #expect(days.held(PaperDays.asha) == 4)
    try days.session.act(.startOfDay)
    try days.quote()
    try days.until(PaperDays.thursday, "09:16")
    #expect(days.held(PaperDays.asha) == 0)
    #expect(try days.count(.requestRefused) == 0)
  }
}

@Suite("Rule 35 in a session") struct PaperBlindTests {
  @Test("blind, resting entries go and exits stay; seen again, the exits that were missed are done at once")
  func blind() throws {
    let days = try PaperDays()
    try days.trades(.buy, 4)
    try days.trades(.buy, 1, at: 9_000)
    try days.session.setStream(.leader, isConnected: false)
    days.session.unreadable = [.leader]
    try days.session.act(.silenceUpdates(true, account: PaperDays.leader))
    try days.pass(50)
    #expect(days.resting.count == 1)
    try days.pass(15)
    #expect(days.resting.isEmpty)
    #expect(days.state?.leader.blindSince != nil)
    let status = StatusReport(state: try #require(days.state), now: days.session.clock.now())
    #expect(status.text(.utc).contains("nobody sees what the leader does"))
    try days.trades(.sell, 4)
    #expect(days.held(PaperDays.asha) == 4)
    days.session.unreadable = []
    try days.pass(5)
    #expect(days.state?.leader.blindSince == nil)
    #expect(days.held(PaperDays.asha) == 0)
    #expect(days.resting.isEmpty, "with entries.resting: skip")
    #expect(try days.count(.leaderSight) == 2)
    #expect(try days.replays())
  }

  @Test(
    "a stream that is silently dead is noticed by the sweep, the follower's as well as the leader's",
    arguments: [PaperDays.leader, PaperDays.asha])
  func silentlyDead(account: ClientID) throws {
    let days = try PaperDays(entries: EntrySettings(maximumAge: .seconds(60)))
    try days.trades(.buy, 2)
    try days.pass(600)
    try days.session.act(.silenceUpdates(true, account: account))
    try days.trades(.sell, 2)
    try days.pass(20)
    #expect(days.held(PaperDays.asha) == 0)
    #expect(days.ours() == 0)
    try days.trades(.buy, 1)
    try days.pass(5)
    #expect(days.ours() == 1, "a suspected stream has its book read every second")
  }

  @Test("a reading a minute is enough: nothing is blind while books can be read without a stream") func readings()
    throws
  {
    let days = try PaperDays()
    try days.trades(.buy, 1, at: 9_000)
    try days.session.setStream(.leader, isConnected: false)
    try days.pass(300)
    #expect(days.resting.count == 1)
    #expect(try days.count(.leaderSight) == 0)
  }
}
