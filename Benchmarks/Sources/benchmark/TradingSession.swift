import Domain
import Engine
import EventStore
import Ports
import Projections
import Reactors

/// A session of the real engine: a leader who trades options day after day, followers who copy, and a broker that
/// accepts, modifies, cancels and fills.
final class TradingSession {
  let engine: Engine
  let clock = SessionClock()
  private(set) var leaderOrders = 0
  private(set) var contracts: [ContractID] = []
  private var random: SessionRandom
  private var held: [ContractID: Int64] = [:]
  private var prices: [ContractID: Int64] = [:]
  private var books: [OrderID: (follower: FollowerName, order: BrokerOrder)] = [:]
  private var resting: [OrderID] = []
  private var nextFollowerOrder: Int64 = 0
  private let followers: [FollowerSettings]

  static let lot: Int64 = 65
  static let leader: ClientID = "1000000001"

  init(log: any EventLog, followers count: Int, seed: UInt64) throws {
    engine = try Engine(log: log, clock: clock)
    random = SessionRandom(seed: seed)
    clock.set(engine.state.now)
    followers = (1...count).map { TradingSession.follower($0) }
    // Order numbers never come again, whichever log the session continues.
    nextFollowerOrder = engine.state.lastSequence.value
  }

  private static func follower(_ number: Int) -> FollowerSettings {
    let strategy: SizingStrategy =
      switch number % 4 {
      case 0: .fixedRatio(Ratio("1/2") ?? .one)
      case 1: .fixedRatio(.one)
      case 2: .fixedRatio(Ratio("2") ?? .one)
      default: .capitalProportional(.startOfDay)
      }
    return FollowerSettings(
      name: FollowerName(stringLiteral: "follower-\(number)"),
      clientID: ClientID(stringLiteral: "\(1_100_000_000 + number)"),
      sizing: Sizing(strategy: strategy, belowOneLot: .oneLot))
  }

  // MARK: - Days

  /// Begins a trading day at 09:15 in India: settings, baselines, funds and the contracts of the week.
  func openDay(_ day: Day, contracts count: Int) throws {
    clock.set(day.startInIndia + .seconds(9 * 3_600 + 15 * 60))
    let settings = CopySettings(leader: TradingSession.leader, followers: followers)
    send(try engine.start(version: "benchmark", settings: settings))
    var morning: [Observation] = [.leaderBaseline([]), .leaderFunds(funds())]
    for follower in followers {
      morning.append(.followerBaseline(follower.name, []))
      morning.append(.followerFunds(follower.name, funds()))
    }
    for observation in morning { try observe(observation) }
    let expiry = Day(daysSinceEpoch: day.daysSinceEpoch + (12 - day.daysSinceEpoch % 7) % 7)
    contracts = (0..<count).map { number in
      let strike = Int64(24_000 + number / 2 * 50)
      let type: OptionType = number % 2 == 0 ? .call : .put
      return ContractID(
        segment: .nseFNO,
        securityID: SecurityID(stringLiteral: "\(40_000 + Int(expiry.daysSinceEpoch) % 1_000 * 50 + number)"),
        option: OptionTerms(expiry: expiry, strike: .rupees(strike), type: type))
    }
    for (number, contract) in contracts.enumerated() {
      held[contract] = held[contract] ?? 0
      prices[contract] = prices[contract] ?? Int64.random(in: 2_000...30_000, using: &random) / 5 * 5
      let name = "NIFTY \(24_000 + number / 2 * 50) \(number % 2 == 0 ? "CALL" : "PUT")"
      guard let size = LotSize(TradingSession.lot) else { continue }
      try observe(
        .instrument(
          Instrument(
            contract: contract, underlying: "NIFTY", displayName: ShortText(stringLiteral: name), lotSize: size,
            tickSize: Paise(5), freezeQuantity: Quantity(1_800))))
    }
  }

  func closeDay() throws { try observe(.stopped) }

  private func funds() -> Funds {
    let start = Int64.random(in: 50_000_000...400_000_000, using: &random)
    return Funds(startOfDay: Paise(start), available: Paise(start - start / 10), utilised: Paise(start / 10))
  }

  /// From flat to flat in one contract: up to three entries, then up to two exits.
  func roundTrip() throws {
    let contract = contracts[Int.random(in: 0..<contracts.count, using: &random)]
    let side: Side = random.chance(60) ? .buy : .sell
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      try leaderTrades(contract, side, lots: Int64.random(in: 1...5, using: &random) * 2)
    }
    let open = abs(held[contract] ?? 0)
    if open > 2, random.chance(50) { try leaderTrades(contract, side.opposite, lots: open / 2, mayCancel: false) }
    let rest = abs(held[contract] ?? 0)
    if rest > 0 { try leaderTrades(contract, side.opposite, lots: rest, mayCancel: false) }
  }

  // MARK: - The leader

  /// One order of the leader from its placement to its end, with everything that follows at the followers.
  func leaderTrades(_ contract: ContractID, _ side: Side, lots: Int64, mayCancel: Bool = true) throws {
    clock.advance(.seconds(Int64.random(in: 60...300, using: &random)))
    var order = newLeaderOrder(contract, side, lots: lots)
    try show(&order, .transit)
    try show(&order, .pending)
    if random.chance(15) {
      order.price = Paise(max(5, order.price.count + 5 * Int64.random(in: -10...10, using: &random)))
      try show(&order, .pending)
    }
    if mayCancel, random.chance(8) {
      try show(&order, .cancelled)
      try runLanes()
      return
    }
    order.averagePrice = order.price
    if lots > 1, random.chance(40) {
      order.filled = Quantity(lots / 2 * TradingSession.lot)
      try show(&order, .partTraded)
      try fillFollowers(completely: false)
    }
    order.filled = order.quantity
    try show(&order, .traded)
    try fillFollowers(completely: true)
    try runLanes()
    held[contract, default: 0] += side.sign * lots
  }

  /// One order of the leader that rests; the followers' requests leave and nobody answers yet.
  func leaderPlaces(_ contract: ContractID, lots: Int64) throws -> [Dispatch] {
    clock.advance(.seconds(20))
    var order = newLeaderOrder(contract, .buy, lots: lots)
    order.updatedAt = clock.brokerTime
    return try engine.observe([.leaderOrder(order, .stream)])
  }

  private func newLeaderOrder(_ contract: ContractID, _ side: Side, lots: Int64) -> BrokerOrder {
    leaderOrders += 1
    let price = max(50, (prices[contract] ?? 5_000) + 5 * Int64.random(in: -40...40, using: &random))
    prices[contract] = price
    return BrokerOrder(
      orderID: OrderID(stringLiteral: "\(112_000_000_000 + engine.state.lastSequence.value)"), correlationID: nil,
      key: PositionKey(contract: contract, product: .margin), side: side, type: .limit, validity: .day,
      quantity: Quantity(lots * TradingSession.lot), price: Paise(price), status: .pending, updatedAt: nil)
  }

  private func show(_ order: inout BrokerOrder, _ status: OrderStatus) throws {
    clock.advance(.milliseconds(Int64.random(in: 20...900, using: &random)))
    order.status = status
    order.updatedAt = clock.brokerTime
    try observe(.leaderOrder(order, .stream))
  }

  // MARK: - The followers' broker

  func observe(_ observation: Observation) throws { send(try engine.observe([observation])) }

  /// Answers calls until none is left, a reply and a picture each.
  func send(_ dispatches: [Dispatch]) {
    var calls = dispatches
    var next = 0
    while next < calls.count {
      calls += (try? answer(calls[next])) ?? []
      next += 1
    }
  }

  private func answer(_ call: Dispatch) throws -> [Dispatch] {
    clock.advance(Microseconds(Int64.random(in: 50...400, using: &random)))
    switch call.call {
    case .place(let ticket):
      nextFollowerOrder += 1
      let order = BrokerOrder(
        orderID: OrderID(stringLiteral: "\(212_000_000_000 + nextFollowerOrder)"), correlationID: ticket.correlationID,
        key: ticket.key, side: ticket.side, type: ticket.terms.price.type, validity: ticket.terms.validity,
        quantity: ticket.terms.quantity, price: ticket.terms.price.limit,
        triggerPrice: ticket.terms.price.trigger ?? .zero, status: .pending, updatedAt: clock.brokerTime)
      resting.append(order.orderID)
      let more = try engine.observe([.accepted(call.follower, call.requestID, order.orderID)])
      return try more + picture(order, of: call.follower)
    case .modify(let id, let terms):
      guard var order = books[id]?.order else { return [] }
      order.quantity = terms.quantity
      order.price = terms.price.limit
      order.triggerPrice = terms.price.trigger ?? .zero
      let more = try engine.observe([.accepted(call.follower, call.requestID, id)])
      return try more + picture(order, of: call.follower)
    case .cancel(let id):
      guard var order = books[id]?.order, !order.status.isFinal else { return [] }
      order.status = .cancelled
      let more = try engine.observe([.accepted(call.follower, call.requestID, id)])
      return try more + picture(order, of: call.follower)
    }
  }

  private func picture(_ order: BrokerOrder, of follower: FollowerName) throws -> [Dispatch] {
    var seen = order
    seen.updatedAt = clock.brokerTime
    books[order.orderID] = (follower, seen)
    return try engine.observe([.followerOrder(follower, seen, .stream)])
  }

  private func fillFollowers(completely: Bool) throws {
    for id in resting {
      guard let (follower, known) = books[id], !known.status.isFinal else { continue }
      var order = known
      let half = order.quantity.units / TradingSession.lot / 2 * TradingSession.lot
      order.filled = completely ? order.quantity : Quantity(max(order.filled.units, half))
      if order.filled == known.filled { continue }
      order.averagePrice = order.price
      order.status = order.filled == order.quantity ? .traded : .partTraded
      clock.advance(Microseconds(Int64.random(in: 50...2_000, using: &random)))
      send(try picture(order, of: follower))
    }
    let done = resting.filter { books[$0]?.order.status.isFinal != false }
    for id in done { books[id] = nil }
    resting.removeAll { books[$0] == nil }
  }

  private func runLanes() throws {
    var rounds = 0
    while let due = engine.state.nextDue, rounds < 1_000 {
      clock.set(max(due, clock.now() + .milliseconds(1)))
      try observe(.clock(due: "lane"))
      try fillFollowers(completely: true)
      rounds += 1
    }
  }
}
