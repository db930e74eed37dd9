import Domain
import Ports
import Projections
import Reactors
import TestSupport
import Testing

@testable import Engine

/// A leader who holds one lot under INTRADAY, and what is heard of him.
private struct Leader {
  static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  static let contract = NiftyCall.instrument.contract
  static let funds = Funds(startOfDay: .rupees(1), available: .rupees(1), utilised: .zero)
  var state = State()
  let intake: Intake

  init(asksQuotes: Bool = true) {
    let settings = NiftyCall.settings
    intake = Intake(settings: settings, contracts: NiftyCall.Directory(), asksQuotes: asksQuotes)
    let held = BaselinePosition(key: Leader.key(.intraday), quantity: Quantity(65))
    observe([
      .started(version: "test"), .configuration(settings), .leaderFunds(Leader.funds), .leaderBaseline([held]),
      .stream(.leader, isConnected: true, reason: ""),
    ])
  }

  static func key(_ product: ProductType) -> PositionKey { PositionKey(contract: contract, product: product) }

  mutating func observe(_ observations: [Observation], at time: Timestamp = now) {
    for observation in observations {
      guard let event = Recorder.event(for: observation, in: state) else { continue }
      state.apply(event, sequence: state.lastSequence.next, recordedAt: time)
    }
  }

  /// Folds the report; the quotes that it makes the service ask for.
  mutating func hear(
    _ report: AccountReport, of account: AccountRole = .leader, at time: Timestamp = now
  ) -> [Reading] {
    observe(intake.observations(report, of: account, in: state), at: time)
    return intake.quotes(for: report, of: account, in: state)
  }

  static func market(
    _ id: OrderID = "1", type: OrderType = .market, side: Side = .buy, product: ProductType = .margin,
    price: Int64 = 0, trigger: Int64 = 0, filled: Int64 = 0, reference: Int64 = 0, status: OrderStatus = .pending
  ) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: key(product), side: side, type: type, validity: .day,
      quantity: Quantity(130), price: Paise(price), triggerPrice: Paise(trigger), filled: Quantity(filled),
      averagePrice: filled > 0 ? Paise(10_000) : .zero, status: status, updatedAt: now,
      referencePrice: Paise(reference))
  }

  static func update(_ order: BrokerOrder, reference: Paise? = nil) -> AccountReport {
    .order(OrderUpdate(order: order, clientID: nil, referencePrice: reference))
  }
}

@Suite("Rule 19: a quote is asked for where nobody told a price") struct QuoteWishTests {
  private let wanted = [Reading.quote(Leader.contract)]

  @Test("a MARKET order that the stream or the book shows without any price needs one")
  func market() {
    var stream = Leader()
    #expect(stream.hear(Leader.update(Leader.market())) == wanted)
    var book = Leader()
    let orders = [Leader.market("1"), Leader.market("2"), Leader.market("3", type: .limit, price: 10_000)]
    #expect(book.hear(.book(orders, askedAt: Leader.now)) == wanted, "once, for all its orders")
  }

  @Test("nobody asks unless the accounts have a data plan, nor for a follower's order")
  func permission() {
    var without = Leader(asksQuotes: false)
    #expect(without.hear(Leader.update(Leader.market())) == [])
    var other = Leader()
    #expect(other.hear(Leader.update(Leader.market()), of: .follower("asha")) == [])
  }

  @Test(
    "a limit, a reference of the message, a fill, a trigger that is waited for, or the order's end need none",
    arguments: [
      Leader.market(type: .limit, price: 10_000), Leader.market(reference: 10_000),
      Leader.market(filled: 65, status: .partTraded), Leader.market(type: .stopLossMarket, trigger: 9_000),
      Leader.market(type: .stopLoss, price: 10_000, trigger: 9_000), Leader.market(status: .cancelled),
      Leader.market(status: .rejected),
    ])
  func priced(_ order: BrokerOrder) {
    var leader = Leader()
    #expect(leader.hear(Leader.update(order)) == [])
  }

  @Test("a stop-market that has triggered needs one, and a MARKET order that the broker has since rewritten")
  func rewritten() {
    var stop = Leader()
    _ = stop.hear(Leader.update(Leader.market(type: .stopLossMarket, trigger: 9_000)))
    let triggered = Leader.market(type: .stopLossMarket, trigger: 9_000, status: .triggered)
    #expect(stop.hear(Leader.update(triggered)) == wanted)
    var market = Leader()
    _ = market.hear(Leader.update(Leader.market()))
    #expect(market.hear(.book([Leader.market(type: .limit, price: 11_000)], askedAt: Leader.now)) == wanted)
  }

  @Test("a fresh quote is enough for five seconds, and a reference that the message brings for good")
  func fresh() {
    var leader = Leader()
    #expect(leader.hear(Leader.update(Leader.market())) == wanted)
    leader.observe(
      leader.intake.observations(.quotes([Leader.contract: Paise(10_000)]), of: .leader, in: leader.state))
    #expect(leader.state.quotes[Leader.contract]?.price == Paise(10_000))
    #expect(leader.hear(Leader.update(Leader.market("2"))) == [])
    let later = Leader.now + .seconds(6)
    #expect(leader.hear(Leader.update(Leader.market("3")), at: later) == wanted)
    #expect(leader.hear(Leader.update(Leader.market("4"), reference: Paise(10_000)), at: later) == [])
  }
}

@Suite("A rejection of what the exchange had accepted") struct DoubtfulRejectionTests {
  private func heard(after status: OrderStatus?, _ seen: OrderStatus = .rejected) -> (isDoubtful: Bool, State) {
    var leader = Leader()
    if let status { _ = leader.hear(Leader.update(Leader.market(type: .limit, price: 10_000, status: status))) }
    let report = Leader.update(Leader.market(type: .limit, price: 10_000, status: seen))
    let isDoubtful = leader.intake.isDoubtful(report, of: .leader, in: leader.state)
    _ = leader.hear(report)
    return (isDoubtful, leader.state)
  }

  @Test("ends nothing by the stream's word alone: a change of it may have come back (§6.5)") func accepted() {
    let (isDoubtful, state) = heard(after: .pending)
    #expect(isDoubtful && state.leader.orders["1"]?.order.status == .pending)
    var leader = Leader()
    _ = leader.hear(Leader.update(Leader.market(type: .limit, price: 10_000)))
    let rejected = Leader.market(type: .limit, price: 10_000, status: .rejected)
    _ = leader.hear(.book([rejected], askedAt: Leader.now))
    #expect(leader.state.leader.orders["1"]?.order.status == .rejected, "the book's word ends it")
  }

  @Test("is plain where the exchange never had it", arguments: [OrderStatus?.none, .transit]) func refused(
    before: OrderStatus?
  ) {
    let (isDoubtful, state) = heard(after: before)
    #expect(!isDoubtful && state.leader.orders["1"]?.order.status == .rejected)
    #expect(!heard(after: .pending, .cancelled).isDoubtful)
  }
}

@Suite("Rule 8: a conversion is looked up in the leader's positions") struct PositionsReadingTests {
  /// A sale under MARGIN while he holds INTRADAY: he may have converted.
  private func questioned() -> Leader {
    var leader = Leader()
    _ = leader.hear(Leader.update(Leader.market("1", side: .sell, reference: 10_000)))
    return leader
  }

  private func rows(_ net: Int64, _ product: ProductType) -> [BrokerPosition] {
    [BrokerPosition(key: Leader.key(product), net: Quantity(net), carriedForward: .zero)]
  }

  @Test("they are read at once, then every second until the question is settled, of the leader alone") func schedule() {
    var plan = ReadingSchedule(.leader)
    var other = ReadingSchedule(.follower("asha"))
    let leader = questioned()
    func at(_ seconds: Int64) -> Timestamp { Leader.now + .seconds(seconds) }
    #expect(leader.state.leader.unsettled == ["1"])
    #expect(plan.due(at: at(0), in: leader.state).contains(.positions))
    #expect(!plan.due(at: at(0), in: leader.state).contains(.positions), "it is on its way")
    plan.finished(.positions, at: at(1))
    #expect(!plan.due(at: at(1), in: leader.state).contains(.positions))
    #expect(plan.due(at: at(2), in: leader.state).contains(.positions))
    #expect(!other.due(at: at(2), in: leader.state).contains(.positions))
    #expect(!plan.due(at: at(9), in: Leader().state).contains(.positions), "nothing is in question")
  }

  @Test("a question that comes while a reading is on its way is read for as soon as that one is back") func later() {
    var plan = ReadingSchedule(.leader)
    var leader = questioned()
    _ = plan.due(at: Leader.now, in: leader.state)
    _ = leader.hear(Leader.update(Leader.market("2", side: .sell, reference: 10_000)))
    plan.finished(.positions, at: Leader.now)
    #expect(plan.due(at: Leader.now, in: leader.state).contains(.positions))
  }

  @Test("open positions are told, flat rows are not, and rows of one key add up") func told() {
    let leader = questioned()
    let read = rows(65, .margin) + rows(0, .intraday) + rows(65, .margin)
    #expect(
      leader.intake.observations(.positions(read, after: leader.state.lastSequence), of: .leader, in: leader.state)
        == [.leaderPositions([BaselinePosition(key: Leader.key(.margin), quantity: Quantity(130))])])
  }

  @Test("a reading that was asked for before the order was known settles nothing, nor does a follower's") func stale() {
    let leader = questioned()
    let before = SequenceNumber(leader.state.lastSequence.value - 1)
    let read = rows(65, .margin)
    #expect(leader.intake.observations(.positions(read, after: before), of: .leader, in: leader.state) == [])
    let last = leader.state.lastSequence
    #expect(
      leader.intake.observations(.positions(read, after: last), of: .follower("asha"), in: leader.state) == [])
  }

  @Test(
    "the reading settles under which product the order counts",
    arguments: [(65, .margin), (0, .intraday)] as [(Int64, ProductType)])
  func settles(held: Int64, product: ProductType) {
    var leader = questioned()
    // What is still held under INTRADAY was not converted.
    let report = AccountReport.positions(
      rows(held, .intraday) + rows(65 - held, .margin), after: leader.state.lastSequence)
    leader.observe(leader.intake.observations(report, of: .leader, in: leader.state))
    _ = Decider.decide(&leader.state, now: Leader.now)
    #expect(leader.state.leader.unsettled.isEmpty)
    #expect(leader.state.leader.orders["1"]?.product == product)
  }
}

@Suite("Option chains are read where an entry waits for Greeks") struct ChainWishTests {
  @Test("once in three seconds, by the leader's account, as long as somebody waits") func schedule() {
    var plan = ReadingSchedule(.leader)
    var other = ReadingSchedule(.follower("asha"))
    var leader = Leader()
    leader.observe([.instrument(NiftyCall.instrument)])
    let wanted = Event.greeksWanted(GreeksWanted(contracts: [Leader.contract], follower: "asha"))
    leader.state.apply(wanted, sequence: leader.state.lastSequence.next, recordedAt: Leader.now)
    let reading = Reading.optionChain(ChainSeries(underlying: "NIFTY", expiry: Day("2026-12-29")!))
    func at(_ milliseconds: Int64) -> Timestamp { Leader.now + .milliseconds(milliseconds) }
    #expect(plan.due(at: at(0), in: leader.state).contains(reading))
    #expect(!plan.due(at: at(1), in: leader.state).contains(reading), "it is on its way")
    plan.finished(reading, at: at(200))
    #expect(!plan.due(at: at(3_000), in: leader.state).contains(reading))
    #expect(plan.due(at: at(3_400), in: leader.state).contains(reading))
    plan.finished(reading, at: at(3_500))
    #expect(!plan.due(at: at(9_000), in: leader.state).contains(reading), "nobody waits any more")
    #expect(!other.due(at: at(0), in: leader.state).contains(reading))
  }
}
