import Domain
import Engine
import EventStore
import Logging
import Ports
import Projections
import Synchronization
import TestSupport
import Testing

private final class FixedClock: WallClock {
  func now() -> Timestamp { Timestamp(microseconds: 1_795_404_300_000_000) }
}

@Suite("What the desk makes of messages that come together") struct EngineDeskTests {
  private func order(_ status: OrderStatus, filled: Int64) -> BrokerOrder {
    BrokerOrder(
      orderID: "1", correlationID: nil, key: NiftyCall.key, side: .buy, type: .limit, validity: .day,
      quantity: Quantity(65), price: Paise(10_000), filled: Quantity(filled), status: status,
      updatedAt: FixedClock().now())
  }

  private func desk() throws -> EngineDesk {
    try EngineDesk(
      log: MemoryEventLog(),
      intake: Intake(settings: NiftyCall.settings, contracts: NiftyCall.Directory()),
      outside: EngineDesk.Outside(perform: { _ in }, read: { _, _ in }), clock: FixedClock(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test("a book that was asked for before an order ended does not bring it back, also where both come in one turn")
  func olderBook() throws {
    var desk = try desk()
    try desk.start(version: "test")
    try desk.turn([.report(.leader, .baseline(BaselineReading(holdings: [], book: [order(.pending, filled: 0)])))])
    let asked = FixedClock().now()
    let ended = AccountReport.order(
      OrderUpdate(order: order(.cancelled, filled: 0), clientID: nil, referencePrice: nil))
    try desk.turn([ended, .book([order(.pending, filled: 0)], askedAt: asked)].map { .report(.leader, $0) })
    #expect(desk.state.leader.orders["1"]?.order.status == .cancelled)
  }

  @Test("rule 6: a baseline is judged by what the stream told just before it, also where both come in one turn")
  func olderBaseline() throws {
    var desk = try desk()
    try desk.start(version: "test")
    let stream = AccountReport.order(OrderUpdate(order: order(.traded, filled: 65), clientID: nil, referencePrice: nil))
    let older = BaselineReading(holdings: [], book: [order(.pending, filled: 0)])
    try desk.turn([stream, .baseline(older)].map { .report(.leader, $0) })
    #expect(!desk.state.leader.hasBaseline, "the trade would count neither as held nor as filled")
    let held = BaselinePosition(key: NiftyCall.key, quantity: Quantity(65))
    let newer = BaselineReading(holdings: [held], book: [order(.traded, filled: 65)])
    try desk.turn([.report(.leader, .baseline(newer))])
    #expect(desk.state.leader.positions[NiftyCall.key]?.net == Quantity(65))
  }
}
