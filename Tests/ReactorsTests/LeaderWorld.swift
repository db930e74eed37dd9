import Domain
import Foundation
import Projections
import Reactors
import Testing

/// A leader, a market and a checker around the harness.
struct LeaderWorld {
  var harness: Harness
  var random: SeededRandom
  var orders: [OrderID: BrokerOrder] = [:]
  var violations: [String] = []
  private var next = 1
  private var checked = 0
  private var heldBefore: Int64 = 0
  private let isErratic: Bool
  private let mixesTypes: Bool
  /// Whether the broker takes orders twice.
  private let doubles: Bool

  init(_ harness: Harness, random: SeededRandom, mixesTypes: Bool = false, doubles: Bool = false) {
    self.mixesTypes = mixesTypes
    self.doubles = doubles
    self.harness = harness
    self.random = random
    isErratic = self.random.chance(25)
    self.harness.fillsAtOnce = false
  }

  private var live: [BrokerOrder] { orders.values.filter { !$0.status.isFinal }.sorted { $0.orderID < $1.orderID } }

  mutating func act() {
    // Time passes now and then, so that ladders climb and pauses end.
    if random.chance(15) { harness.run(for: .milliseconds(Int64(random.below(4_000)))) }
    if doubles, random.chance(10) { double() }
    switch random.below(10) {
    case 0...2: place()
    case 3...5: fillLeader()
    case 6: modify()
    case 7: cancel()
    default: fillFollower()
    }
    check()
  }

  private mutating func place() {
    guard live.count < 4 else { return }
    let id = OrderID(stringLiteral: "1\(100_000_000_000 + next)")
    next += 1
    let side = random.pick([Side.buy, .sell])
    // Mostly buys below and sells above; some leaders place both anywhere, across each other too.
    let spread = isErratic ? 0 : 100
    let price = side == .buy ? 10_000 - spread - 5 * random.below(20) : 9_900 + 2 * spread + 5 * random.below(20)
    var order = BrokerOrder(
      orderID: id, correlationID: nil, key: harness.key, side: side, type: .limit, validity: .day,
      quantity: lots(1 + random.below(9)), price: Paise(Int64(price)), status: random.pick([.transit, .pending]),
      updatedAt: harness.time)
    if mixesTypes { changeType(&order) }
    show(order)
  }

  /// Makes some of the orders MARKET orders or stops on either side of the market.
  private mutating func changeType(_ order: inout BrokerOrder) {
    switch random.below(5) {
    case 0:
      order.type = .market
      order.price = .zero
      order.referencePrice = random.chance(80) ? Paise(10_000) : .zero
    case 1, 2:
      order.type = random.chance(50) ? .stopLoss : .stopLossMarket
      order.triggerPrice = Paise(order.side == .buy ? 10_400 : 9_600)
      order.price = order.type == .stopLossMarket ? .zero : Paise(order.side == .buy ? 10_450 : 9_550)
    default: break
    }
  }

  private mutating func fillLeader() {
    guard !live.isEmpty else { return }
    var order = random.pick(live)
    let open = (order.quantity - order.filled).units / harness.lotSize.units
    order.filled += lots(1 + random.below(Int(open)))
    order.averagePrice = order.price > .zero ? order.price : Paise(10_000)
    // Brokers show a stop that has triggered as a limit, some of them.
    if order.type == .stopLoss, random.chance(50) { order.type = .limit }
    order.status = order.filled == order.quantity ? .traded : .partTraded
    show(order)
  }

  private mutating func modify() {
    guard !live.isEmpty else { return }
    var order = random.pick(live)
    if random.chance(50), order.price > .zero {
      order.price = Paise(order.price.count + Int64(5 * (random.below(5) - 2)))
    } else {
      let least = Int(order.filled.units / harness.lotSize.units)
      order.quantity = lots(max(1, least + 1 + random.below(8)))
    }
    show(order)
  }

  private mutating func cancel() {
    guard !live.isEmpty else { return }
    var order = random.pick(live)
    order.status = order.filled == .zero && random.chance(20) ? .rejected : .cancelled
    show(order)
  }

  private mutating func fillFollower() {
    guard !harness.working.isEmpty else { return }
    let order = random.pick(harness.working)
    guard let label = harness.label(of: order.orderID) else { return }
    let filled = order.filled.units / harness.lotSize.units
    let open = order.quantity.units / harness.lotSize.units - filled
    harness.fill(label, lots: filled + Int64(1 + random.below(Int(open))))
  }

  /// A second order appears under the label of one that the broker has or had, filled or not.
  private mutating func double() {
    let labels = harness.broker.keys.sorted()
    guard !labels.isEmpty, let order = harness.broker[random.pick(labels)], let label = order.correlationID else {
      return
    }
    let size = order.quantity.units / harness.lotSize.units
    let filled = random.pick([0, 0, size, Int64(random.below(Int(size) + 1))])
    harness.appears(label, order.side, lots: size, filled: filled, price: order.price.count)
  }

  /// Signed lots of everything that filled for the follower.
  var filledByBroker: Int64 {
    harness.account.orders.values.reduce(0) { $0 + $1.order.side.sign * $1.order.filled.units } / harness.lotSize.units
  }

  private mutating func show(_ order: BrokerOrder) {
    var seen = order
    seen.updatedAt = harness.time + .milliseconds(1)
    orders[order.orderID] = seen
    harness.observe(.leaderOrder(seen, .stream))
    if random.chance(20) { harness.observe(.leaderOrder(seen, .book)) }
  }

  private func lots(_ count: Int) -> Quantity { harness.lotSize.quantity(of: Lots(Int64(count))) }

  /// The leader cancels what rests and trades back to zero; the market fills the follower's orders until nothing works.
  mutating func goFlat() {
    for var order in live {
      order.status = .cancelled
      show(order)
      check()
    }
    let net = orders.values.reduce(0) { $0 + $1.side.sign * $1.filled.units } / harness.lotSize.units
    if net != 0 {
      let id = OrderID(stringLiteral: "1\(100_000_000_000 + next)")
      let quantity = lots(Int(abs(net)))
      show(
        BrokerOrder(
          orderID: id, correlationID: nil, key: harness.key, side: net > 0 ? .sell : .buy, type: .limit, validity: .day,
          quantity: quantity, price: Paise(net > 0 ? 10_150 : 9_850), filled: quantity, averagePrice: Paise(10_000),
          status: .traded, updatedAt: harness.time))
    }
    check()
    for _ in 0..<50 where !harness.working.isEmpty || !harness.queued.isEmpty {
      harness.runLanes()
      harness.fillAll()
      check()
    }
  }

  var endsMissing: [LinkOrigin] {
    harness.ledger.links.filter { $0.end == nil }.map(\.origin)
  }

  // MARK: - Invariants

  private mutating func check() {
    // A surplus turns positions and crosses orders before anybody can know of it.
    guard !doubles else { return }
    let ledger = harness.ledger
    let held = ledger.held.units
    if held * heldBefore < 0 { violations.append("the position flipped from \(heldBefore) to \(held)") }
    heldBefore = held
    // A stop that waits is in nobody's way.
    let open = ledger.links.flatMap(\.children).filter { $0.open > .zero && $0.asked.price.trigger == nil }
    let buys = open.filter { $0.side == .buy }.map(\.asked.price.limit).max()
    let sells = open.filter { $0.side == .sell }.map(\.asked.price.limit).min()
    if let buys, let sells, buys >= sells { violations.append("own orders cross: buy \(buys), sell \(sells)") }
    if ledger.open(.exit) > ledger.held.magnitude {
      violations.append("exits of \(ledger.open(.exit)) work against a holding of \(ledger.held)")
    }
    for event in harness.log[checked...] { checkRequest(event) }
    checked = harness.log.count
  }

  private mutating func checkRequest(_ event: Event) {
    guard case .placementRequested(let request) = event, request.purpose == .entry else { return }
    // At the moment of the request: what is filled and works never passes the target that the decision states.
    let trimmed = harness.ledger.openings.reduce(0) { $0 + $1.trimmed.units } / harness.lotSize.units
    if request.why.filled + request.why.working > request.why.target + Lots(trimmed) {
      violations.append("an entry was asked for beyond the target: \(request.why)")
    }
  }
}
