import Domain
import Engine
import EventStore
import Ports
import Projections
import Reactors
import Synchronization
import Testing

private final class FixedClock: WallClock {
  private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
  func now() -> Timestamp { time.withLock { $0 } }
  func advance(_ step: Microseconds) { time.withLock { $0 = $0 + step } }
}

/// A log whose next commits can be made to fail, as a full disk makes them.
private final class FailingLog: EventLog {
  private let inner = MemoryEventLog()
  var failures = 0
  var isUnreadable = false
  var lastSequence: SequenceNumber { inner.lastSequence }
  var lastHash: EventHash { inner.lastHash }
  func head(of stream: StreamName) -> StreamVersion { inner.head(of: stream) }
  func append(_ batches: [AppendBatch]) throws -> [Result<AppendReceipt, EventStoreError>] {
    if failures > 0 {
      failures -= 1
      throw EventStoreError(.full, "The disk is full.")
    }
    return try inner.append(batches)
  }
  func read(
    from: SequenceNumber, through: SequenceNumber, limit: Int, _ body: (borrowing EventRow) throws -> Void
  ) throws -> Int {
    if isUnreadable { throw EventStoreError(.inputOutput, "The disk cannot be read.") }
    return try inner.read(from: from, through: through, limit: limit, body)
  }
  func latestSnapshot(kind: ShortText, format: Int) throws -> LogSnapshot? {
    try inner.latestSnapshot(kind: kind, format: format)
  }
  func saveSnapshot(kind: ShortText, format: Int, state: [UInt8]) throws {
    try inner.saveSnapshot(kind: kind, format: format, state: state)
  }
  func checkpointWhenIdle() throws {}
  func close() throws {}
}

@Suite("Engine") struct EngineTests {
  static let contract = ContractID(
    segment: .nseFNO, securityID: "47317",
    option: OptionTerms(expiry: Day(year: 2026, month: 12, day: 29)!, strike: .rupees(24_000), type: .call))
  static let key = PositionKey(contract: contract, product: .margin)
  static let settings = CopySettings(
    leader: "1000000001",
    followers: [
      FollowerSettings(
        name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(Ratio("1/2")!)))
    ])

  static func order(_ id: OrderID, at time: Timestamp, lots: Int64 = 4, filled: Int64 = 0) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: key, side: .buy, type: .limit, validity: .day,
      quantity: Quantity(lots * 65),
      price: Paise(10_000), filled: Quantity(filled * 65), status: .pending, updatedAt: time)
  }

  private static func started(_ log: any EventLog, _ clock: FixedClock) throws -> Engine {
    let engine = try Engine(log: log, clock: clock)
    _ = try engine.start(version: "test", settings: settings)
    _ = try engine.observe([
      .instrument(
        Instrument(
          contract: contract, underlying: "NIFTY", displayName: "NIFTY", lotSize: LotSize(65)!, tickSize: Paise(5),
          freezeQuantity: nil)), .leaderBaseline([]), .followerBaseline("asha", []),
    ])
    return engine
  }

  @Test("what is said twice in one commit stands twice in the log, each with an identity of its own")
  func saidTwice() throws {
    let log = MemoryEventLog()
    let engine = try Engine(log: log, clock: FixedClock())
    _ = try engine.start(version: "test", settings: EngineTests.settings)
    let before = log.lastSequence
    _ = try engine.observe(
      [true, false, true, false].map { .stream(.leader, isConnected: $0, reason: "reset by peer") })
    #expect(log.lastSequence.value == before.value + 4)
    #expect(Set(try log.events().map(\.draft.eventID)).count == Int(log.lastSequence.value))
  }

  @Test("promise 2: what leaves was durable first, with the observation that caused it, in one commit")
  func durableFirst() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    let before = log.lastSequence
    let dispatches = try engine.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    #expect(dispatches.count == 1)
    let written = try log.events(from: before.next)
    #expect(written.map(\.draft.type) == ["leader.order", "episode.opened", "placement.requested"])
    #expect(written[2].draft.causation == written[0].sequence)
    #expect(Set(written.map(\.draft.recordedAt)).count == 1)
  }

  @Test("promise 9: an append that cannot be made durable sends nothing and leaves nothing believed")
  func failedCommit() throws {
    let (log, clock) = (FailingLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    let (state, last) = (engine.state, log.lastSequence)
    log.failures = 1
    let order = EngineTests.order("1", at: clock.now())
    #expect(throws: EventStoreError.self) { try engine.observe([.leaderOrder(order, .stream)]) }
    #expect(engine.state == state)
    #expect(log.lastSequence == last)
    // The disk has room again: the same observation is taken as new, and sent once.
    clock.advance(.seconds(1))
    #expect(try engine.observe([.leaderOrder(order, .stream)]).count == 1)
    #expect(try engine.observe([.leaderOrder(order, .stream)]).isEmpty)
  }

  @Test("promise 9: a log that cannot be read either after a failed commit leaves nothing believed until it can")
  func unreadableAfterFailedCommit() throws {
    let (log, clock) = (FailingLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    let last = log.lastSequence
    log.failures = 1
    log.isUnreadable = true
    let order = EngineTests.order("1", at: clock.now())
    #expect(throws: EventStoreError.self) { try engine.observe([.leaderOrder(order, .stream)]) }
    #expect(!engine.isSound)
    // The log takes events again, but nothing may be decided from half a state.
    #expect(throws: EventStoreError.self) { try engine.observe([.leaderOrder(order, .stream)]) }
    #expect(log.lastSequence == last)
    log.isUnreadable = false
    #expect(try engine.observe([.leaderOrder(order, .stream)]).count == 1)
    #expect(engine.isSound)
  }

  @Test("rule 37: a state that was discarded takes the moments it waited for with it, so everything is looked at again")
  func looksAgain() throws {
    let (log, clock) = (FailingLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    log.failures = 1
    #expect(throws: EventStoreError.self) { try engine.observe([.stream(.leader, isConnected: true, reason: "")]) }
    clock.advance(.seconds(1))
    #expect(try #require(engine.nextDue) <= clock.now())
    _ = try engine.observe([.clock(due: "lane")])
    #expect(engine.nextDue.map { $0 > clock.now() } ?? true)
  }

  @Test("promise 4: a call that had left when the process ended is in doubt, and nothing else is sent for that child")
  func doubtAfterRestart() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    _ = try engine.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    let second = try Engine(log: log, clock: clock)
    #expect(second.state == engine.state)
    #expect(try second.start(version: "test", settings: EngineTests.settings).isEmpty)
    #expect(second.state.followers[0].outbox.requests.map(\.isInDoubt) == [true])
    // The leader doubles his order: the child in doubt is left alone, and its lots count as working.
    clock.advance(.seconds(1))
    #expect(try second.observe([.leaderOrder(EngineTests.order("1", at: clock.now(), lots: 2), .stream)]).isEmpty)
  }

  @Test("rule 29: absent in two clean readings five seconds apart, a placement is attempted again under its own label")
  func absentTwice() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let first = try EngineTests.started(log, clock)
    let sent = try first.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    let engine = try Engine(log: log, clock: clock)
    _ = try engine.start(version: "test", settings: EngineTests.settings)
    #expect(try engine.observe([.followerBookRead("asha", orders: 0)]).isEmpty)
    clock.advance(.seconds(2))
    #expect(
      try engine.observe([.followerBookRead("asha", orders: 0)]).isEmpty, "two readings, but not a settle time apart")
    clock.advance(.seconds(4))
    let again = try engine.observe([.followerBookRead("asha", orders: 0)])
    #expect(again == sent)
  }

  @Test("rule 29: proven absent and too old, an entry is withdrawn and not placed again") func absentAndOld() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let first = try EngineTests.started(log, clock)
    _ = try first.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    let engine = try Engine(log: log, clock: clock)
    clock.advance(.seconds(60))
    _ = try engine.start(version: "test", settings: EngineTests.settings)
    _ = try engine.observe([.followerBookRead("asha", orders: 0)])
    clock.advance(.seconds(6))
    #expect(try engine.observe([.followerBookRead("asha", orders: 0)]).isEmpty)
    #expect(engine.state.followers[0].outbox.requests.isEmpty)
    let reasons = try log.events().map(\.draft.type.string)
    #expect(reasons.contains("request.withdrawn"))
    #expect(reasons.filter { $0 == "placement.requested" }.count == 1)
  }

  @Test("promise 1: two crashes in recovery send nothing twice, and what waited in the lane goes on through it")
  func twoCrashes() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let first = try EngineTests.started(log, clock)
    let sent = try first.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    _ = try first.observe([.blocked(.follower("asha"), .deadToken, text: "DH-901")])
    clock.advance(.milliseconds(10))
    _ = try first.observe([.leaderOrder(EngineTests.order("2", at: clock.now()), .stream)])
    // One call left without an outcome, one request waits; the process dies three times.
    var engine = try Engine(log: log, clock: clock)
    for _ in 0..<3 {
      engine = try Engine(log: log, clock: clock)
      #expect(try engine.start(version: "test", settings: EngineTests.settings).isEmpty)
      #expect(engine.state.followers[0].outbox.requests.map(\.isInDoubt) == [true, false])
    }
    // The book is read once: what never left may leave now, what did stays in doubt.
    clock.advance(.seconds(1))
    let queued = try engine.observe([
      .readable(.follower("asha")), .followerBookRead("asha", orders: 0, askedAt: clock.now()),
    ])
    #expect(queued.count == 1 && queued != sent)
    clock.advance(.seconds(5))
    let again = try engine.observe([.followerBookRead("asha", orders: 0, askedAt: clock.now())])
    #expect(again == sent)
    // It dies with the second attempt on its way: again in doubt, and proven anew before a third.
    engine = try Engine(log: log, clock: clock)
    #expect(try engine.start(version: "test", settings: EngineTests.settings).isEmpty)
    clock.advance(.seconds(1))
    #expect(try engine.observe([.followerBookRead("asha", orders: 0, askedAt: clock.now())]).isEmpty)
  }

  @Test("a start from a snapshot gives the same state as a fold of the whole log") func snapshot() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    _ = try engine.observe([.leaderOrder(EngineTests.order("1", at: clock.now()), .stream)])
    try engine.saveSnapshot()
    clock.advance(.seconds(1))
    _ = try engine.observe([.leaderOrder(EngineTests.order("1", at: clock.now(), filled: 1), .stream)])
    let restarted = try Engine(log: log, clock: clock)
    #expect(restarted.state == engine.state)
    #expect(try LogFold.state(of: log) == engine.state)
  }

  @Test("rule 17: an old entry is not copied, and the log says so") func age() throws {
    let (log, clock) = (MemoryEventLog(), FixedClock())
    let engine = try EngineTests.started(log, clock)
    let old = Timestamp(microseconds: clock.now().microseconds - 60_000_000)
    #expect(try engine.observe([.leaderOrder(EngineTests.order("1", at: old, filled: 4), .book)]).isEmpty)
    #expect(try log.events().contains { $0.draft.type == "entry.forgone" })
  }
}
