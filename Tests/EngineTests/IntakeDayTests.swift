import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

@Suite("Rule 6: the morning's reading") struct IntakeDayTests {
  /// Monday, 30 November 2026, 08:00 in India; the contract expires on 29 December.
  private let day = Day(year: 2026, month: 11, day: 30) ?? Day(daysSinceEpoch: 0)
  private var morning: Timestamp { day.startInIndia + .seconds(8 * 3_600) }
  private var friday: Timestamp { day.startInIndia + .seconds(-2 * 86_400 - 10 * 3_600) }
  private let settings = CopySettings(
    leader: "1000000001",
    followers: [FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))])
  private var intake: Intake { Intake(settings: settings, contracts: NiftyCall.Directory()) }

  private func order(_ id: OrderID, filled: Int64, at time: Timestamp, status: OrderStatus = .traded) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: NiftyCall.key, side: .buy, type: .limit, validity: .day,
      quantity: Quantity(260), price: Paise(10_000), filled: Quantity(filled), averagePrice: Paise(10_000),
      status: status, updatedAt: time)
  }

  private func fold(_ observations: [Observation], at time: Timestamp, into state: inout State) {
    for observation in observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: time)
    }
  }

  /// Friday ended with the leader long four lots.
  private func overnight() -> State {
    var state = State()
    fold(
      [
        .started(version: "test"), .configuration(settings), .tradingDay(friday.indianDay),
        .instrument(NiftyCall.instrument), .leaderBaseline([]), .followerBaseline("asha", []),
        .leaderOrder(order("1", filled: 260, at: friday), .stream),
      ], at: friday, into: &state)
    fold([.tradingDay(day)], at: morning, into: &state)
    return state
  }

  private func reading(_ lots: Int64, _ book: [BrokerOrder] = []) -> AccountReport {
    .baseline(
      BaselineReading(
        holdings: lots == 0 ? [] : [BaselinePosition(key: NiftyCall.key, quantity: Quantity(lots * 65))], book: book))
  }

  @Test("what the log says and the reading does not show was closed unseen: it is told as an order of its own")
  func closedUnseen() {
    var state = overnight()
    let told = intake.restatement(reading(1), of: .leader, in: state)
    guard case .leaderOrder(let closing, .positions)? = told.first else {
      Issue.record("no order")
      return
    }
    #expect(closing.side == .sell)
    #expect(closing.filled == Quantity(195))
    #expect(told.last == .restated(.leader, [BaselinePosition(key: NiftyCall.key, quantity: Quantity(65))]))
    fold(told, at: morning, into: &state)
    #expect(state.leader.positions[NiftyCall.key]?.net == Quantity(65))
    #expect(intake.restatement(reading(1), of: .leader, in: state) == [], "once a day")
  }

  @Test("an order of the day that the book shows explains a difference; nothing is told twice") func explained() {
    var state = overnight()
    let book = [order("2", filled: 260, at: morning)]
    fold(intake.observations(reading(8, book), of: .leader, in: state), at: morning, into: &state)
    #expect(
      intake.restatement(reading(8, book), of: .leader, in: state)
        == [.restated(.leader, [BaselinePosition(key: NiftyCall.key, quantity: Quantity(520))])])
  }

  @Test("yesterday's orders need not stand in the book of today; a fill of today that it lacks makes the reading old")
  func upToDate() {
    var state = overnight()
    #expect(!intake.restatement(reading(4), of: .leader, in: state).isEmpty)
    fold([.leaderOrder(order("3", filled: 65, at: morning), .stream)], at: morning, into: &state)
    #expect(intake.restatement(reading(4), of: .leader, in: state) == [])
  }

  @Test("the book of a new day is clean without yesterday's orders, and our own clock alone begins no day (rule 28)")
  func clean() {
    var state = overnight()
    fold(
      [.followerOrder("asha", order("7", filled: 0, at: morning, status: .pending), .book)], at: morning, into: &state)
    #expect(!state.isClean([], of: "asha"))
    // Our clock jumps over midnight; no account was read on a new day.
    fold([.clock(due: "test")], at: morning + .seconds(86_400), into: &state)
    #expect(!state.isClean([], of: "asha"))
    #expect(state.isClean(["7"], of: "asha"))
  }

  @Test("rule 33: a book that was asked for before the stream was lost is no reading of what happened since")
  func stale() {
    var state = overnight()
    fold(
      [
        .restated(.leader, []), .restated(.follower("asha"), []),
        .stream(.follower("asha"), isConnected: true, reason: ""),
      ],
      at: morning, into: &state)
    func isRead(askedAt: Timestamp) -> Bool {
      intake.observations(.book([], askedAt: askedAt), of: .follower("asha"), in: state)
        .contains { if case .followerBookRead = $0 { true } else { false } }
    }
    #expect(!isRead(askedAt: morning + .seconds(-600)))
    #expect(isRead(askedAt: morning + .seconds(1)))
  }

  @Test("positions are read again with every day: at once in a market that is always open, else from eight on")
  func schedule() {
    var plan = ReadingSchedule(.leader)
    var state = overnight()
    let funds = Funds(startOfDay: .rupees(1), available: .rupees(1), utilised: .zero)
    fold([.leaderFunds(funds), .stream(.leader, isConnected: true, reason: "")], at: morning, into: &state)
    let night = day.startInIndia + .seconds(60)
    #expect(plan.due(at: night, in: state).contains(.baseline))
    var withHours = settings
    if let open = TimeOfDay("09:15"), let close = TimeOfDay("15:40") {
      withHours.calendar = MarketCalendar(everyWeekday: TradingSession(open: open, close: close))
    }
    fold([.configuration(withHours)], at: morning, into: &state)
    plan = ReadingSchedule(.leader)
    #expect(!plan.due(at: night, in: state).contains(.baseline))
    #expect(plan.due(at: morning, in: state).contains(.baseline))
    fold([.restated(.leader, [])], at: morning, into: &state)
    plan.finished(.baseline, at: morning)
    #expect(!plan.due(at: morning + .seconds(60), in: state).contains(.baseline))
  }

  @Test("the freeze limit is that of the trading day: a service that runs through the end of a month takes the new one")
  func freezeOfTheDay() throws {
    let july = try #require(Day("2026-07-01"))
    let intake = Intake(settings: settings, contracts: NiftyCall.Directory()) { _, day in
      Quantity(day < july ? 900 : 600)
    }
    func limit(on day: Day) -> Quantity? {
      var state = State()
      fold([.started(version: "test"), .configuration(settings), .tradingDay(day)], at: morning, into: &state)
      guard case .instrument(let seen)? = intake.facts(of: NiftyCall.instrument.contract, state).first else {
        return nil
      }
      return seen.freezeQuantity
    }
    #expect(limit(on: Day(daysSinceEpoch: july.daysSinceEpoch - 1)) == Quantity(900))
    #expect(limit(on: july) == Quantity(600))
  }
}
