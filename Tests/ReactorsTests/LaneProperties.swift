import Domain
import Foundation
import Projections
import Reactors
import Testing

/// Random bursts of a leader against full lanes and replies that come late or not at all. That decisions never undo each other
/// is asserted where they are made.
@Suite("Properties: full lanes and lost replies") struct LaneProperties {
  @Test(
    "rules 11, 27 and 39: whatever waits, is on its way or in doubt, a look comes to an end, and no exit passes the holding",
    arguments: UInt64(0)..<20)
  func bursts(ten: UInt64) {
    for seed in (ten * 10 + 1)...(ten * 10 + 10) {
      // One seed alone, as a failure names it.
      if let only = ProcessInfo.processInfo.environment["COPYTRADE_SEED"], only != "\(seed)" { continue }
      var burst = LeaderBurst(seed: seed)
      for _ in 0..<70 { burst.act() }
      #expect(
        burst.violations.isEmpty, "\(burst.violations.prefix(3)) – COPYTRADE_SEED=\(seed)\n\(burst.harness.story)")
    }
  }
}

/// A leader who does more in a second than an account may call, and a broker who is slow.
struct LeaderBurst {
  private static let market: Int64 = 15_200
  private static let buys: [Int64] = [14_000, 14_150, 15_230]
  private static let sells: [Int64] = [16_000, 14_150, 14_000, 15_190]

  var harness: Harness
  var violations: [String] = []
  private var random: SeededRandom
  private var resting: [BrokerOrder] = []
  private var placed = 0
  private var read = 0
  private var waiting: [RequestID: Event] = [:]
  /// Calls that left and have no answer, oldest first.
  private var calls: [Event] = []

  init(seed: UInt64) {
    random = SeededRandom(seed)
    harness = Harness(ratio: random.pick(["1/2", "1", "7/3"]))
    harness.acceptsAtOnce = false
    harness.fillsAtOnce = false
  }

  mutating func act() {
    switch random.below(12) {
    case 0...4: place()
    case 5...6: change()
    case 7:
      harness.time = harness.time + .milliseconds(Int64(random.below(400)))
      harness.observe(.clock(due: "test"))
    default: answer()
    }
    let ledger = harness.ledger
    if ledger.open(.exit) > ledger.held.magnitude {
      violations.append("exits of \(ledger.open(.exit)) work against a holding of \(ledger.held)")
    }
  }

  // MARK: - The leader

  private mutating func place() {
    let side = random.pick([Side.buy, .buy, .sell])
    let price = random.pick(side == .buy ? Self.buys : Self.sells)
    placed += 1
    var order = BrokerOrder(
      orderID: OrderID(stringLiteral: "1\(100_000_000_000 + placed)"), correlationID: nil, key: harness.key, side: side,
      type: .limit, validity: .day, quantity: lots(1 + random.below(3)), price: Paise(price), status: .pending,
      updatedAt: harness.time)
    show(order)
    guard side == .buy ? price > Self.market : price < Self.market else { return resting.append(order) }
    order.filled = order.quantity
    order.averagePrice = order.price
    order.status = .traded
    show(order)
  }

  private mutating func change() {
    guard !resting.isEmpty else { return place() }
    let index = random.below(resting.count)
    if random.chance(50) {
      resting[index].price = Paise(random.pick(resting[index].side == .buy ? Self.buys : Self.sells))
    } else {
      resting[index].quantity = lots(1 + random.below(4))
    }
    if random.chance(20) { resting[index].status = .cancelled }
    show(resting[index])
    resting.removeAll(where: \.status.isFinal)
  }

  private mutating func show(_ order: BrokerOrder) {
    var order = order
    order.updatedAt = harness.time
    harness.observe(.leaderOrder(order, .stream))
  }

  private func lots(_ count: Int) -> Quantity { harness.lotSize.quantity(of: Lots(Int64(count))) }

  // MARK: - The broker

  /// Answers the oldest call that has no answer, or loses the reply.
  private mutating func answer() {
    collect()
    guard !calls.isEmpty else { return }
    let call = calls.removeFirst()
    let isLost = random.chance(20)
    switch call {
    case .placementRequested(let request):
      if isLost { return lose(request.requestID) }
      harness.place(request)
      if random.chance(60) { harness.fill(request.correlationID) }
    case .modificationRequested(let request):
      if isLost { lose(request.requestID) } else { harness.modify(request) }
    case .cancellationRequested(let request):
      if isLost { lose(request.requestID) } else { harness.cancel(request) }
    default: break
    }
  }

  private mutating func lose(_ request: RequestID) { harness.observe(.doubted("asha", request, text: "timeout")) }

  private mutating func collect() {
    for event in harness.log[read...] {
      switch event {
      case .placementRequested(let request): take(event, request.requestID, leaves: request.leavesAtOnce)
      case .modificationRequested(let request): take(event, request.requestID, leaves: request.leavesAtOnce)
      case .cancellationRequested(let request): take(event, request.requestID, leaves: request.leavesAtOnce)
      case .requestAttempted(let attempt):
        if let event = waiting.removeValue(forKey: attempt.requestID) { calls.append(event) }
      default: break
      }
    }
    read = harness.log.count
  }

  private mutating func take(_ event: Event, _ request: RequestID, leaves: Bool) {
    if leaves { calls.append(event) } else { waiting[request] = event }
  }
}
