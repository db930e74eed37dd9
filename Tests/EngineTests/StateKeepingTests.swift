import Domain
import EventStore
import Ports
import Projections
import Reactors
import Synchronization
import Testing

@testable import Engine

private final class SteppingClock: WallClock {
  private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
  func now() -> Timestamp {
    time.withLock {
      $0 = $0 + .milliseconds(1)
      return $0
    }
  }
  func advance(_ step: Microseconds) { time.withLock { $0 = $0 + step } }
}

/// Days of a leader who buys and sells one lot, and of followers who copy.
private struct Days {
  let log = MemoryEventLog()
  let clock = SteppingClock()
  let engine: Engine
  private(set) var leaderOrders: [BrokerOrder] = []
  private(set) var followerOrders: [BrokerOrder] = []
  private let followers: [FollowerName] = ["asha", "ravi", "meera"]
  private let key: PositionKey

  init() throws {
    engine = try Engine(log: log, clock: clock)
    let expiry = Day(daysSinceEpoch: clock.now().indianDay.daysSinceEpoch + 60)
    let contract = ContractID(
      segment: .nseFNO, securityID: "47317",
      option: OptionTerms(expiry: expiry, strike: .rupees(24_000), type: .call))
    key = PositionKey(contract: contract, product: .margin)
    let settings = CopySettings(
      leader: "1000000001",
      followers: followers.map {
        FollowerSettings(name: $0, clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))
      })
    _ = try engine.start(version: "test", settings: settings)
    let lot = try #require(LotSize(65))
    _ = try engine.observe([
      .instrument(
        Instrument(
          contract: contract, underlying: "NIFTY", displayName: "NIFTY 24000 CALL", lotSize: lot, tickSize: Paise(5),
          freezeQuantity: Quantity(1_800))), .leaderBaseline([]),
    ])
    for name in followers { _ = try engine.observe([.followerBaseline(name, [])]) }
  }

  mutating func pass(_ days: Int, roundTrips: Int = 2) throws {
    for _ in 0..<days {
      for _ in 0..<roundTrips {
        try trade(.buy)
        try trade(.sell)
      }
      clock.advance(.seconds(86_400))
    }
  }

  mutating func trade(_ side: Side) throws {
    clock.advance(.seconds(60))
    var order = BrokerOrder(
      orderID: OrderID(stringLiteral: "1\(leaderOrders.count)"), correlationID: nil, key: key, side: side, type: .limit,
      validity: .day, quantity: Quantity(65), price: Paise(10_000), status: .pending, updatedAt: clock.now())
    let calls = try engine.observe([.leaderOrder(order, .stream)])
    order.filled = order.quantity
    order.averagePrice = order.price
    order.status = .traded
    leaderOrders.append(order)
    try fill(calls)
    try fill(try engine.observe([.leaderOrder(order, .stream)]))
  }

  private mutating func fill(_ calls: [Dispatch]) throws {
    for call in calls {
      guard case .place(let ticket) = call.call else { continue }
      let id = OrderID(stringLiteral: "2\(followerOrders.count)")
      _ = try engine.observe([.accepted(call.follower, call.requestID, id)])
      let order = BrokerOrder(
        orderID: id, correlationID: ticket.correlationID, key: ticket.key, side: ticket.side, type: .limit,
        validity: .day, quantity: ticket.terms.quantity, price: ticket.terms.price.limit, filled: ticket.terms.quantity,
        averagePrice: ticket.terms.price.limit, status: .traded, updatedAt: clock.now())
      followerOrders.append(order)
      _ = try engine.observe([.followerOrder(call.follower, order, .stream)])
    }
  }
}

@Suite("Keeping the state")
struct StateKeepingTests {
  @Test("Folding a long log on two cores gives the live state, after any event")
  func foldsOnTwoCores() throws {
    var days = try Days()
    try days.pass(12, roundTrips: 3)
    #expect(days.log.lastSequence.value > 1_000)
    #expect(try LogFold.state(of: days.log) == days.engine.state)
    for through in [1, 255, 256, 257, 511, 512, 777] {
      let half = try LogFold.state(of: days.log, through: SequenceNumber(Int64(through)))
      #expect(half.lastSequence.value == Int64(through))
      #expect(try LogFold.state(of: days.log, startingAt: half) == days.engine.state)
    }
  }

  @Test("A payload that cannot be read ends a fold on two cores with the event's sequence")
  func damageEndsTheFold() throws {
    var days = try Days()
    try days.pass(6)
    let last = days.log.lastSequence
    #expect(last.value > 300)
    let draft = EventDraft(
      stream: "service", eventID: EventID(high: 1, low: 1), type: "clock.observed", schemaVersion: 1,
      recordedAt: days.clock.now(), occurredAt: days.clock.now(), causation: nil, correlation: nil,
      payload: Array("{}".utf8))
    _ = try days.log.append([draft], expecting: ["service": days.log.head(of: "service")])
    #expect { try LogFold.state(of: days.log) } throws: { error in
      (error as? EventStoreError)?.sequence == last.next
    }
  }

  @Test("A snapshot gives back the state it was made from")
  func snapshotRoundTrip() throws {
    var days = try Days()
    try days.pass(2)
    try days.trade(.buy)
    let bytes = try SnapshotEncoder.encode(days.engine.state)
    #expect(try SnapshotDecoder.decode(State.self, from: bytes) == days.engine.state)
    try days.engine.saveSnapshot()
    #expect(try Snapshots.restoredState(of: days.log) == days.engine.state)
  }

  @Test("A damaged snapshot is an error and never a trap")
  func damagedSnapshot() throws {
    var days = try Days()
    try days.pass(1, roundTrips: 1)
    let bytes = try SnapshotEncoder.encode(days.engine.state)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: (any Error).self) { try SnapshotDecoder.decode(State.self, from: Array(bytes[..<length])) }
    }
    for place in stride(from: 0, to: bytes.count, by: 5) {
      var damaged = bytes
      damaged[place] ^= 0xA5
      _ = try? SnapshotDecoder.decode(State.self, from: damaged)
    }
  }

  @Test("Orders that were over days ago are forgotten, younger ones and open ones are not")
  func forgetsFinishedDays() throws {
    var days = try Days()
    try days.pass(3)
    #expect(days.engine.state.leader.orders.count == days.leaderOrders.count)
    try days.pass(9)
    let state = days.engine.state
    // The last day and the four before it, four leader orders each.
    #expect(state.leader.orders.count == 20)
    #expect(days.leaderOrders.suffix(20).allSatisfy { state.leader.orders[$0.orderID] != nil })
    #expect(state.followers.allSatisfy { $0.orders.count == 20 })
  }

  @Test("A forgotten order that is shown again changes no position")
  func shownAgain() throws {
    var days = try Days()
    try days.pass(9)
    // The day has begun, and has forgotten what it forgets, before anything is shown again.
    _ = try days.engine.observe([.clock(due: "look")])
    let before = days.engine.state
    let first = try #require(days.leaderOrders.first)
    let copy = try #require(days.followerOrders.first)
    var again = first
    again.reason = "shown again"
    var copyAgain = copy
    copyAgain.reason = "shown again"
    #expect(try days.engine.observe([.leaderOrder(again, .book), .followerOrder("asha", copyAgain, .book)]).isEmpty)
    let after = days.engine.state
    #expect(after.leader.positions == before.leader.positions)
    #expect(after.leader.orders == before.leader.orders)
    #expect(after.followers.map(\.ledgers) == before.followers.map(\.ledgers))
    #expect(after.followers.map(\.orders) == before.followers.map(\.orders))
  }

  @Test("An open position keeps what its end needs, however many days it lasts")
  func keepsOpenPositions() throws {
    var days = try Days()
    try days.trade(.buy)
    days.clock.advance(.seconds(20 * 86_400))
    _ = try days.engine.observe([.clock(due: "look")])
    let opening = try #require(days.leaderOrders.first)
    #expect(days.engine.state.leader.orders[opening.orderID] != nil)
    try days.trade(.sell)
    #expect(days.engine.state.followers.allSatisfy { $0.ledgers.values.allSatisfy { $0.held == .zero } })
    #expect(days.followerOrders.count == 6)
  }
}
