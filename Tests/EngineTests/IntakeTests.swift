import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

private enum Given {
  static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  static let instrument = NiftyCall.instrument
  static let key = NiftyCall.key
  static let follower = FollowerSettings(
    name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))
  static let settings = CopySettings(leader: "1000000001", followers: [follower])

  static func intake(freeze: Quantity? = nil) -> Intake {
    Intake(settings: settings, contracts: NiftyCall.Directory()) { _, _ in freeze }
  }

  static func state(_ observations: [Observation] = []) -> State {
    var state = State()
    for observation in [.started(version: "test"), .configuration(settings)] + observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: now)
    }
    return state
  }

  static func order(
    _ id: OrderID, filled: Int64 = 0, after seconds: Int64 = 0, status: OrderStatus = .pending, side: Side = .buy
  ) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: key, side: side, type: .limit, validity: .day, quantity: Quantity(65),
      price: Paise(10_000), filled: Quantity(filled), status: status, updatedAt: now + .seconds(seconds))
  }

  static func trade(_ id: ShortText, order: OrderID, units: Int64, side: Side = .buy) -> BrokerTrade {
    BrokerTrade(
      orderID: order, tradeID: id, key: key, side: side, quantity: Quantity(units), price: Paise(10_000), tradedAt: now)
  }

  static func position(net: Int64, carried: Int64) -> BrokerPosition {
    BrokerPosition(key: key, net: Quantity(net), carriedForward: Quantity(carried))
  }
}

@Suite("What was heard becomes observations") struct IntakeTests {
  @Test("the facts of a contract come before the order that needs them, once") func facts() {
    let report = AccountReport.order(
      OrderUpdate(order: Given.order("1"), clientID: nil, referencePrice: nil))
    let first = Given.intake().observations(report, of: .leader, in: Given.state())
    #expect(first == [.instrument(Given.instrument), .leaderOrder(Given.order("1"), .stream)])
    let later = Given.intake().observations(report, of: .leader, in: Given.state(first))
    #expect(later == [.leaderOrder(Given.order("1"), .stream)])
  }

  @Test(
    "the smaller of the file's and the configuration's freeze limit counts",
    arguments: [(1_000, 1_000), (9_000, 1_756)])
  func freeze(configured: Int64, counts: Int64) {
    let report = AccountReport.order(OrderUpdate(order: Given.order("1"), clientID: nil, referencePrice: nil))
    let seen = Given.intake(freeze: Quantity(configured)).observations(report, of: .leader, in: Given.state())
    guard case .instrument(let instrument)? = seen.first else {
      Issue.record("no facts")
      return
    }
    #expect(instrument.freezeQuantity == Quantity(counts))
  }

  @Test("a book is told oldest change first, whichever end the broker begins with", arguments: [false, true])
  func orderOfBook(newestFirst: Bool) {
    // The second and third changed in the same second: the book's own order tells.
    let book = [Given.order("1"), Given.order("2", after: 1), Given.order("3", after: 1), Given.order("4", after: 2)]
    #expect((newestFirst ? book.reversed() : book).inOrderOfChange.map(\.orderID) == ["1", "2", "3", "4"])
  }

  @Test("a reading is clean only when it shows every order of today that the log knows (rule 28)") func clean() {
    let state = Given.state([.followerOrder("asha", Given.order("1"), .stream)])
    func read(_ book: [BrokerOrder]) -> Bool {
      Given.intake().observations(.book(book, askedAt: Given.now), of: .follower("asha"), in: state)
        .contains(.followerBookRead("asha", orders: book.count, askedAt: Given.now))
    }
    #expect(read([Given.order("1"), Given.order("2")]))
    #expect(!read([Given.order("2")]))
    #expect(!read([]))
  }

  @Test("a reading that was asked for before a call left proves nothing about that call (rule 29)") func staleReading()
  {
    var state = Given.state([
      .leaderFunds(Funds(startOfDay: .rupees(900_000), available: .rupees(900_000), utilised: .zero)),
      .leaderBaseline([]),
      .followerBaseline("asha", []), .instrument(Given.instrument), .leaderOrder(Given.order("9"), .stream),
    ])
    for event in Decider.decide(&state, now: Given.now) where event.leaving != nil {
      guard let (name, request) = event.leaving,
        let doubt = Recorder.event(for: .doubted(name, request, text: "no reply"), in: state)
      else { continue }
      state.apply(doubt, sequence: state.lastSequence.next, recordedAt: Given.now)
    }
    #expect(state.isInDoubt("asha"))
    func read(askedAt: Timestamp) -> Int {
      Given.intake().observations(.book([], askedAt: askedAt), of: .follower("asha"), in: state).count
    }
    #expect(read(askedAt: Given.now + .milliseconds(-1)) == 0)
    #expect(read(askedAt: Given.now + .milliseconds(1)) == 1)
  }

  @Test(
    "a row of a book that was asked for within five seconds after the order ended does not bring it back, since books lag; a later one does"
  )
  func outlivedRow() {
    let ended = Given.order("1", after: 1, status: .cancelled)
    let row = Given.order("1", after: 1)
    for account in [AccountRole.leader, .follower("asha")] {
      let seen = account == .leader ? Observation.leaderOrder(ended, .stream) : .followerOrder("asha", ended, .stream)
      let state = Given.state([.instrument(Given.instrument), seen])
      func told(askedAfter: Microseconds) -> Int {
        Given.intake().observations(.book([row], askedAt: Given.now + askedAfter), of: account, in: state).count {
          $0 == .leaderOrder(row, .book) || $0 == .followerOrder("asha", row, .book)
        }
      }
      #expect(told(askedAfter: .milliseconds(5_900)) == 0)
      #expect(told(askedAfter: .milliseconds(6_100)) == 1)
    }
  }

  @Test("a baseline that is older than what the log knows is not taken: a fill would count twice or never")
  func staleBaseline() {
    let reading = BaselineReading(holdings: [], book: [Given.order("1")])
    let fresh = Given.intake().observations(.baseline(reading), of: .leader, in: Given.state())
    #expect(fresh.last == .leaderBaseline([]))
    let ahead = Given.state([.leaderOrder(Given.order("1", filled: 65, status: .traded), .stream)])
    #expect(Given.intake().observations(.baseline(reading), of: .leader, in: ahead) == [])
  }

  @Test("an account that cannot be read is blocked until it has a baseline, and not any more afterwards")
  func unreadable() {
    let report = AccountReport.unreadBeforeBaseline(text: "no answer")
    let before = Given.intake().observations(report, of: .follower("asha"), in: Given.state())
    #expect(before == [.blocked(.follower("asha"), .noReading, text: "no answer")])
    let state = Given.state([.followerBaseline("asha", [])])
    #expect(Given.intake().observations(report, of: .follower("asha"), in: state) == [])
  }

  @Test("a stream that kept quiet about what the book shows for seconds has missed it") func missed() {
    let state = Given.state([.stream(.leader, isConnected: true, reason: "")])
    func isMissed(after seconds: Int64, askedAfter asked: Int64) -> Bool {
      Given.intake().isMissed(
        [Given.order("1", after: seconds)], askedAt: Given.now + .seconds(asked), of: .leader, in: state)
    }
    #expect(isMissed(after: 1, askedAfter: 10))
    #expect(!isMissed(after: -1, askedAfter: 10), "from before the stream")
    #expect(!isMissed(after: 9, askedAfter: 10), "it may still come")
  }
}

@Suite("Rule 6: a baseline tells of one moment") struct BaselineReadingTests {
  private func round(
    _ positions: [BrokerPosition], _ trades: [BrokerTrade] = [], _ book: [BrokerOrder] = []
  ) -> BaselineReading.Round { BaselineReading.Round(positions: positions, trades: trades, book: book) }

  @Test("what was carried forward and what was traded today add up, although the positions lag") func addsUp() {
    let bought = round(
      [Given.position(net: 195, carried: 130)], [Given.trade("1", order: "1", units: 65)],
      [Given.order("1", filled: 65, status: .traded)])
    #expect(
      BaselineReading(bought, bought)?.holdings == [BaselinePosition(key: Given.key, quantity: Quantity(195))])
    var lagging = bought
    lagging.positions = [Given.position(net: 130, carried: 130)]
    #expect(BaselineReading(lagging, lagging) == nil, "positions that contradict the trades may only lag")
    #expect(
      BaselineReading(lagging, lagging, trustsPositions: true)?.holdings
        == [BaselinePosition(key: Given.key, quantity: Quantity(130))])
  }

  @Test("what moves between the two readings is no baseline, whatever it is") func moves() {
    let before = round([Given.position(net: 65, carried: 65)])
    var trades = before
    trades.trades = [Given.trade("1", order: "1", units: 65)]
    var book = before
    book.book = [Given.order("1", filled: 65)]
    for after in [round([]), trades, book] {
      #expect(BaselineReading(before, after, trustsPositions: true) == nil)
    }
    #expect(BaselineReading(before, before) != nil)
  }

  @Test("a book that shows fewer fills than the trades is read again") func bookLags() {
    let lags = round(
      [Given.position(net: 65, carried: 0)], [Given.trade("1", order: "1", units: 65)],
      [Given.order("1", filled: 0)])
    #expect(BaselineReading(lags, lags) == nil)
  }

  @Test("a trade that stands twice in the book counts once, and flat positions are none") func doubled() {
    let trades = [
      Given.trade("1", order: "1", units: 65), Given.trade("1", order: "1", units: 65),
      Given.trade("2", order: "2", units: 65, side: .sell),
    ]
    let book = [
      Given.order("1", filled: 65, status: .traded), Given.order("2", filled: 65, status: .traded, side: .sell),
    ]
    let flat = round([Given.position(net: 0, carried: 0)], trades, book)
    #expect(BaselineReading(flat, flat)?.holdings == [])
  }
}

@Suite("Rule 39: when accounts are read") struct ReadingScheduleTests {
  private let funds = Funds(startOfDay: .rupees(900_000), available: .rupees(900_000), utilised: .zero)
  private func at(_ seconds: Int64) -> Timestamp { Given.now + .seconds(seconds) }

  @Test("money first, then what is held, then the book; each is asked for once until it came back") func order() {
    var plan = ReadingSchedule(.leader)
    var state = Given.state()
    #expect(plan.due(at: at(0), in: state) == [.funds])
    #expect(plan.due(at: at(1), in: state) == [])
    plan.finished(.funds, at: at(1))
    state = Given.state([.leaderFunds(funds)])
    #expect(plan.due(at: at(1), in: state) == [.baseline])
    plan.finished(.baseline, at: at(2))
    #expect(plan.due(at: at(2), in: state) == [], "it failed, and is tried again a second later")
    #expect(plan.due(at: at(3), in: state) == [.baseline])
    state = Given.state([.leaderFunds(funds), .leaderBaseline([])])
    #expect(plan.due(at: at(4), in: state) == [.book])
  }

  @Test(
    "the book is read every fifteen seconds while the stream is open, every second while it is gone or suspect",
    arguments: [(true, false, 15), (false, false, 1), (true, true, 1)])
  func interval(isConnected: Bool, isSuspect: Bool, seconds: Int64) {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .stream(.leader, isConnected: isConnected, reason: ""),
    ])
    _ = plan.due(at: at(0), in: state)
    plan.finished(.book, at: at(0))
    plan.finished(.funds, at: at(0))
    if isSuspect { plan.suspectStream(at: at(0)) }
    #expect(plan.next(at: at(0), in: state) == at(seconds))
    plan.readBookNow()
    #expect(plan.due(at: at(0), in: state) == [.book], "a stream was opened")
  }

  @Test("after a start a follower's book is read every second until it was read whole: no entry goes out before")
  func afterAStart() throws {
    var state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .followerFunds("asha", funds), .followerBaseline("asha", []),
      .started(version: "test"), .stream(.follower("asha"), isConnected: true, reason: ""),
    ])
    var plan = ReadingSchedule(.follower("asha"))
    plan.finished(.funds, at: at(1))
    plan.finished(.book, at: at(1))
    #expect(plan.next(at: at(1), in: state) == at(2))
    let read = try #require(Recorder.event(for: .followerBookRead("asha", orders: 0, askedAt: at(1)), in: state))
    state.apply(read, sequence: state.lastSequence.next, recordedAt: at(2))
    #expect(plan.next(at: at(2), in: state) == at(16))
  }

  @Test("an account whose token is dead is asked every fifteen seconds") func deadToken() {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([.blocked(.leader, .deadToken, text: "DH-901")])
    _ = plan.due(at: at(0), in: state)
    plan.finished(.funds, at: at(0))
    #expect(plan.next(at: at(0), in: state) == at(15))
  }

  @Test("the money is read once a minute") func money() {
    var plan = ReadingSchedule(.leader)
    let state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .stream(.leader, isConnected: true, reason: ""),
    ])
    #expect(Set(plan.due(at: at(0), in: state)) == [.book, .funds])
    plan.finished(.funds, at: at(0))
    #expect(!plan.due(at: at(59), in: state).contains(.funds))
    #expect(plan.due(at: at(60), in: state).contains(.funds))
  }

  @Test(
    "an order that the broker has is looked for after 3.8 seconds, then every second, until somebody tells that it reached the exchange",
    arguments: [false, true])
  func firstPicture(isShownInTransit: Bool) throws {
    var state = Given.state([
      .leaderFunds(funds), .leaderBaseline([]), .followerFunds("asha", funds), .followerBaseline("asha", []),
      .stream(.follower("asha"), isConnected: true, reason: ""), .instrument(Given.instrument),
      .leaderOrder(Given.order("9"), .stream),
    ])
    func observe(_ observation: Observation) {
      guard let event = Recorder.event(for: observation, in: state) else { return }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: at(1))
    }
    let placed = Decider.decide(&state, now: at(1)).compactMap {
      if case .placementRequested(let request) = $0 { request } else { nil }
    }
    let request = try #require(placed.first)
    var plan = ReadingSchedule(.follower("asha"))
    plan.finished(.funds, at: at(1))
    plan.finished(.book, at: at(1))
    #expect(plan.next(at: at(1), in: state) == at(16))
    observe(.accepted("asha", request.requestID, "1"))
    var order = Given.order("1", status: .transit)
    order.correlationID = request.correlationID
    if isShownInTransit { observe(.followerOrder("asha", order, .stream)) }
    let looked = at(1) + .milliseconds(3_800)
    #expect(plan.next(at: at(1), in: state) == looked)
    #expect(plan.due(at: looked, in: state) == [.book])
    plan.finished(.book, at: looked)
    #expect(plan.next(at: looked, in: state) == looked + .seconds(1))
    order.status = .pending
    observe(.followerOrder("asha", order, .book))
    #expect(plan.next(at: looked, in: state) == looked + .seconds(15))
  }
}
