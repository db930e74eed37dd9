import Daemon
import Domain
import Engine
import EventStore
import Ports
import Projections
import Reactors

/// A real engine over a real log, with a broker that does what the test says: what the reports are read from.
final class ReportSession {
  static let lot: Int64 = 65
  static let contract = ContractID(
    segment: .nseFNO, securityID: "47317",
    option: OptionTerms(expiry: Day(daysSinceEpoch: 20_816), strike: .rupees(24_000), type: .call))
  static let key = PositionKey(contract: contract, product: .margin)
  static let start = Timestamp(microseconds: 1_795_404_300_000_000)

  let log: any EventLog
  let engine: Engine
  let clock = SteppedClock(ReportSession.start)
  /// Whether the broker answers calls, and whether it fills what it takes.
  var answers = true
  var fills = true
  /// What the broker holds, by its own number.
  private(set) var book: [OrderID: (follower: FollowerName, order: BrokerOrder)] = [:]
  private(set) var sent: [Dispatch] = []
  private var nextOrder = 1

  static func follower(
    _ name: FollowerName, _ client: ClientID, ratio: String, limits: CopyLimits = CopyLimits(),
    rounding: ExitRounding = .byRisk
  ) -> FollowerSettings {
    guard let ratio = Ratio(ratio) else { preconditionFailure("The test writes a ratio.") }
    return FollowerSettings(
      name: name, clientID: client, sizing: Sizing(strategy: .fixedRatio(ratio), exitRounding: rounding), limits: limits
    )
  }

  static let pair = CopySettings(
    leader: "1000000001",
    followers: [
      follower("asha", "1000000002", ratio: "2/5"),
      follower("ravi", "1000000003", ratio: "1", limits: CopyLimits(maximumOpenLots: Lots(4))),
    ])

  init(_ log: any EventLog = MemoryEventLog(), settings: CopySettings = ReportSession.pair) throws {
    self.log = log
    engine = try Engine(log: log, clock: clock)
    answer(try engine.start(version: "test", settings: settings))
    try observe(.instrument(ReportSession.instrument))
    try observe(.leaderBaseline([]))
    for account in [AccountRole.leader] + settings.followers.map({ .follower($0.name) }) {
      try observe(.stream(account, isConnected: true, reason: ""))
      if account == .leader { try observe(.leaderBookRead(orders: 0, askedAt: clock.now())) }
    }
    for follower in settings.followers {
      try observe(.followerBaseline(follower.name, []))
      try observe(.followerBookRead(follower.name, orders: 0))
    }
  }

  static let instrument: Instrument = {
    guard let lot = LotSize(lot) else { preconditionFailure("65 is a lot size.") }
    return Instrument(
      contract: contract, underlying: "NIFTY", displayName: "NIFTY 29 DEC 24000 CALL", lotSize: lot,
      tickSize: Paise(5), freezeQuantity: nil)
  }()

  var state: State { engine.state }

  func observe(_ observation: Observation) throws {
    clock.set(clock.now() + .milliseconds(1))
    answer(try engine.observe([observation]))
  }

  /// An order of the leader, as the stream shows it.
  ///
  /// - Parameters:
  ///   - average: of what is filled, in paise; the limit when none is given.
  ///   - age: how long ago it changed by the broker's clock.
  func leader(
    _ id: OrderID, _ side: Side, lots: Int64, filled: Int64 = 0, price: Int64 = 15_235, average: Int64? = nil,
    status: OrderStatus? = nil, age: Microseconds = Microseconds(0)
  ) throws {
    try observe(
      .leaderOrder(
        BrokerOrder(
          orderID: id, correlationID: nil, key: ReportSession.key, side: side, type: .limit, validity: .day,
          quantity: Quantity(lots * ReportSession.lot), price: Paise(price),
          filled: Quantity(filled * ReportSession.lot), averagePrice: filled > 0 ? Paise(average ?? price) : .zero,
          status: status ?? (filled == lots ? .traded : filled > 0 ? .partTraded : .pending),
          updatedAt: Timestamp(microseconds: clock.now().microseconds - age.count)), .stream))
  }

  /// A trade that the follower's owner makes by hand: signed lots.
  func ownerTrades(_ follower: FollowerName, _ lots: Int64, price: Int64 = 15_000) throws {
    let units = Quantity(abs(lots) * ReportSession.lot)
    try observe(
      .followerOrder(
        follower,
        BrokerOrder(
          orderID: takeNumber("3"), correlationID: nil, key: ReportSession.key, side: lots > 0 ? .buy : .sell,
          type: .limit, validity: .day, quantity: units, price: Paise(price), filled: units,
          averagePrice: Paise(price), status: .traded, updatedAt: clock.now()), .stream))
  }

  func stop() throws {
    try observe(.stopped)
    try log.close()
  }

  private func takeNumber(_ first: String) -> OrderID {
    defer { nextOrder += 1 }
    return OrderID(stringLiteral: "\(first)\(100_000_000_000 + nextOrder)")
  }

  // MARK: - The broker

  private func answer(_ dispatches: [Dispatch]) {
    sent += dispatches
    guard answers else { return }
    for dispatch in dispatches {
      do { try answer(dispatch) } catch { preconditionFailure("The log of a test failed: \(error)") }
    }
  }

  private func answer(_ dispatch: Dispatch) throws {
    switch dispatch.call {
    case .place(let ticket):
      let id = takeNumber("2")
      try observe(.accepted(dispatch.follower, dispatch.requestID, id))
      let order = BrokerOrder(
        orderID: id, correlationID: ticket.correlationID, key: ticket.key, side: ticket.side, type: .limit,
        validity: .day, quantity: ticket.terms.quantity, price: ticket.terms.price.limit, status: .pending,
        updatedAt: clock.now())
      try show(order, dispatch.follower)
      if fills { try fill(id) }
    case .modify(let id, let terms):
      guard var order = book[id]?.order, !order.status.isFinal else { return }
      try observe(.accepted(dispatch.follower, dispatch.requestID, id))
      order.quantity = terms.quantity
      order.price = terms.price.limit
      try show(order, dispatch.follower)
      if fills { try fill(id) }
    case .cancel(let id):
      guard var order = book[id]?.order, !order.status.isFinal else { return }
      try observe(.accepted(dispatch.follower, dispatch.requestID, id))
      order.status = .cancelled
      try show(order, dispatch.follower)
    }
  }

  private func show(_ order: BrokerOrder, _ follower: FollowerName) throws {
    var order = order
    order.updatedAt = clock.now()
    book[order.orderID] = (follower, order)
    try observe(.followerOrder(follower, order, .stream))
  }

  /// Fills an order of a follower up to `lots` in all, or completely.
  ///
  /// - Parameter average: the average of all that is filled then; its limit when none is given.
  func fill(_ id: OrderID, lots: Int64? = nil, average: Paise? = nil) throws {
    guard let (follower, known) = book[id], !known.status.isFinal else { return }
    var order = known
    order.filled = lots.map { Quantity($0 * ReportSession.lot) } ?? order.quantity
    order.averagePrice = average ?? order.price
    order.status = order.filled == order.quantity ? .traded : .partTraded
    try show(order, follower)
  }

  /// Rejects or cancels an order of a follower from outside.
  func end(_ id: OrderID, _ status: OrderStatus, reason: String = "") throws {
    guard let (follower, known) = book[id], !known.status.isFinal else { return }
    var order = known
    order.status = status
    order.reason = reason
    try show(order, follower)
  }

  /// The only order of a follower that can still fill.
  func restingOrder(of follower: FollowerName) -> OrderID? {
    let resting = book.filter { $1.follower == follower && !$1.order.status.isFinal }
    return resting.count == 1 ? resting.first?.key : nil
  }

  /// Lets time pass before the next event.
  func wait(_ time: Microseconds) { clock.set(clock.now() + time) }

  func fillAll() throws {
    for id in book.keys.sorted() { try fill(id) }
  }
}

extension ReportSession {
  /// One leader order from placement to its end, and back: the follower is flat again, then holds a new episode.
  static func tradingDay(_ log: any EventLog = MemoryEventLog()) throws -> ReportSession {
    let session = try ReportSession(log)
    session.fills = false
    try session.leader("1001", .buy, lots: 10)
    try session.leader("1001", .buy, lots: 10, filled: 10)
    try session.fillAll()
    session.fills = true
    try session.leader("1002", .sell, lots: 10, filled: 10)
    try session.leader("1003", .buy, lots: 5, filled: 5)
    return session
  }
}
