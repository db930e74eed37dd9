import Domain
import Engine
import Logging
import Ports
import Projections
import Reactors
import SimulationKit
import Synchronization
import TestSupport
import Testing

@testable import EventStore

/// A desk whose log lies on a simulated disk, and an outside that notes what leaves.
final class DeskOnDisk {
  private final class Clock: WallClock {
    let time = Mutex(Timestamp(microseconds: 1_795_404_300_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
  }
  private final class Calls: Sendable {
    let all = Mutex<[Dispatch]>([])
  }

  let store: StoreOnDisk
  private(set) var desk: EngineDesk
  private let clock = Clock()
  private let calls = Calls()
  private var nextOrder = 1

  init(seed: UInt64) throws {
    let store = StoreOnDisk(seed: seed)
    self.store = store
    let calls = calls
    let space = SimulatedReserve(store.disk, store: StoreOnDisk.path)
    desk = try EngineDesk(
      log: store.open(),
      intake: Intake(settings: NiftyCall.settings, contracts: NiftyCall.Directory()),
      outside: EngineDesk.Outside(perform: { call in calls.all.withLock { $0.append(call) } }, read: { _, _ in }),
      clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, space: space,
      limits: SpaceLimits(low: 16 << 10, enough: 32 << 10), reopen: { try space.opening(store.open) })
    try desk.start(version: "test")
    let funds = Funds(startOfDay: .rupees(1_000_000), available: .rupees(1_000_000), utilised: .zero)
    try turn(
      [AccountRole.leader, .follower("asha")].flatMap { account in
        [AccountReport.funds(funds), .baseline(BaselineReading(holdings: [], book: []))].map { .report(account, $0) }
      })
  }

  var sent: [Dispatch] { calls.all.withLock { $0 } }
  var state: State { desk.state }

  func turn(_ messages: [EngineDesk.Message] = []) throws {
    try desk.turn(messages)
    clock.time.withLock { $0 = $0 + .milliseconds(250) }
  }

  /// Turns for some seconds.
  func pass(seconds: Int) throws { for _ in 0..<(seconds * 4) { try turn() } }

  /// The leader's order, filled at once: signed lots.
  func leaderTrades(_ lots: Int64) throws {
    let quantity = Quantity(abs(lots) * 65)
    let order = BrokerOrder(
      orderID: OrderID(stringLiteral: "\(nextOrder)"), correlationID: nil, key: NiftyCall.key,
      side: lots > 0 ? .buy : .sell, type: .limit, validity: .day, quantity: quantity, price: Paise(10_000),
      filled: quantity, averagePrice: Paise(10_000), status: .traded, updatedAt: clock.now())
    nextOrder += 1
    try turn([.report(.leader, .order(OrderUpdate(order: order, clientID: "1000000001", referencePrice: nil)))])
  }

  /// The broker takes the newest call and fills it.
  func brokerFills() throws {
    guard let call = sent.last, case .place(let ticket) = call.call else { return }
    let id = OrderID(stringLiteral: "9\(sent.count)")
    let order = BrokerOrder(
      orderID: id, correlationID: ticket.correlationID, key: ticket.key, side: ticket.side,
      type: ticket.terms.price.type, validity: ticket.terms.validity, quantity: ticket.terms.quantity,
      price: ticket.terms.price.limit, filled: ticket.terms.quantity, averagePrice: ticket.terms.price.limit,
      status: .traded, updatedAt: clock.now())
    try turn([
      .report(.follower("asha"), .outcome(call.requestID, .accepted(id))),
      .report(
        .follower("asha"),
        .order(OrderUpdate(order: order, clientID: "1000000002", referencePrice: nil))),
    ])
  }

  /// Signed lots of every placement that left.
  var placed: [Int64] {
    sent.compactMap { dispatch in
      guard case .place(let ticket) = dispatch.call else { return nil }
      return ticket.side.sign * ticket.terms.quantity.units / 65
    }
  }

  /// What is on the disk, read by another process.
  func events() throws -> [Event] {
    let reader = try SQLiteEventReader(path: StoreOnDisk.path, vfs: store.disk.vfsName)
    defer { reader.close() }
    var events: [Event] = []
    try reader.read(from: .first) { events.append(try LogFold.decode($0)) }
    return events
  }
}
