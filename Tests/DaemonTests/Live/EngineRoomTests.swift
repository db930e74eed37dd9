import Domain
import Engine
import EventStore
import Foundation
import Logging
import Ports
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// A clock that somebody sets forward, as a machine's is that was paused.
private final class JumpingClock: WallClock {
  private let ahead = Mutex(Microseconds(0))
  func now() -> Timestamp { SystemClock().now() + ahead.withLock { $0 } }
  func jump(_ step: Microseconds) { ahead.withLock { $0 = step } }
}

/// A room with an outside that only notes what it is asked for.
private final class Stage: Sendable {
  let room = EngineRoom()
  let folder = NSTemporaryDirectory() + "copytrade-room-\(UUID().uuidString)"
  let calls = Mutex<[Dispatch]>([])
  let readings = Mutex<[Reading]>([])
  let reconnected = Mutex<[AccountRole]>([])
  let clock = JumpingClock()
  /// Whether calls are answered at once.
  let answers: Bool

  private static let settings = CopySettings(
    leader: "1000000001",
    followers: [FollowerSettings(name: "asha", clientID: "1000000002", sizing: Sizing(strategy: .fixedRatio(.one)))])

  init(answers: Bool) throws {
    self.answers = answers
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var store: String { folder + "/log.db" }

  func run() async throws -> EngineRoom.Rest {
    let outside = EngineRoom.Outside(
      perform: { [self] dispatch in
        // Promise 2: what may leave can be read from the disk by anybody.
        let isDurable = (try? log().contains { $0.event.asks(for: dispatch.requestID) }) ?? false
        #expect(isDurable)
        calls.withLock { $0.append(dispatch) }
        if answers { answer(dispatch) }
      },
      read: { [self] _, reading in readings.withLock { $0.append(reading) } },
      reconnect: { [self] account in reconnected.withLock { $0.append(account) } })
    return try await room.run(
      store: store, intake: Intake(settings: Self.settings, contracts: NiftyCall.Directory()), outside: outside,
      clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// What another process would find on the disk.
  func log() throws -> [LogEntry] {
    let reader = try SQLiteEventReader(path: store)
    defer { reader.close() }
    var entries: [LogEntry] = []
    try LogWalk.entries(of: reader) { entries.append($0) }
    return entries
  }

  func answer(_ dispatch: Dispatch) {
    room.post(.report(.follower(dispatch.follower), .outcome(dispatch.requestID, .accepted("900"))))
  }

  /// Both accounts hold nothing, and the leader places an order.
  func trade() {
    let funds = Funds(startOfDay: .rupees(1_000_000), available: .rupees(1_000_000), utilised: .zero)
    for account in [AccountRole.leader, .follower("asha")] {
      room.post(.report(account, .funds(funds)))
      room.post(.report(account, .baseline(BaselineReading(holdings: [], book: []))))
    }
    room.post(
      .report(
        .leader,
        .order(
          OrderUpdate(
            order: BrokerOrder(
              orderID: "1", correlationID: nil, key: NiftyCall.key,
              side: .buy, type: .limit, validity: .day, quantity: Quantity(130), price: Paise(10_000),
              status: .pending, updatedAt: SystemClock().now()), clientID: "1000000001", referencePrice: nil))))
  }

  func untilCalls(_ count: Int) async throws {
    for _ in 0..<1_000 where calls.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(10)) }
    #expect(calls.withLock { $0.count } == count)
  }
}

@Suite("The engine's room", .timeLimit(.minutes(2))) struct EngineRoomTests {
  @Test("a leader's order becomes a call, books are read, and a stop ends the log in order")
  func copies() async throws {
    let stage = try Stage(answers: true)
    async let rest = stage.run()
    stage.trade()
    try await stage.untilCalls(1)
    guard case .place(let ticket)? = stage.calls.withLock({ $0.first?.call }) else {
      Issue.record("no placement")
      return
    }
    #expect(ticket.terms.quantity == Quantity(130))
    #expect(stage.readings.withLock { $0.contains(.book) })
    stage.room.post(.stop(takesEntriesBack: false))
    #expect(try await rest.restingOrders == 1)
    #expect(try stage.log().last?.sequence.value == stage.room.lastSequence)
  }

  @Test("a stop waits for the outcome of what is in flight") func waits() async throws {
    let stage = try Stage(answers: false)
    async let rest = stage.run()
    stage.trade()
    try await stage.untilCalls(1)
    stage.room.post(.stop(takesEntriesBack: false))
    try await Task.sleep(for: .milliseconds(300))
    let before = stage.room.lastSequence
    for dispatch in stage.calls.withLock({ $0 }) { stage.answer(dispatch) }
    #expect(try await rest.unansweredCalls == 0)
    #expect(stage.room.lastSequence > before, "the outcome was recorded before the end")
  }

  @Test("what the leader does after a stop was asked for is not copied any more") func acceptsNothing() async throws {
    let stage = try Stage(answers: true)
    async let rest = stage.run()
    stage.room.post(.stop(takesEntriesBack: false))
    stage.trade()
    #expect(try await rest.restingOrders == 0)
    #expect(stage.calls.withLock { $0.isEmpty })
  }

  @Test("an operator's command is answered when it is durable, and an unknown follower is named") func commands()
    async throws
  {
    let stage = try Stage(answers: true)
    async let rest = stage.run()
    func give(_ mode: OperatorMode, _ follower: FollowerName?) async -> CommandReply {
      await withCheckedContinuation { waiting in
        stage.room.post(.command(.mode(mode, follower)) { waiting.resume(returning: $0) })
      }
    }
    guard case .recorded(let sequence) = await give(.halted, nil) else {
      Issue.record("not recorded")
      return
    }
    #expect(try stage.log().last.map { $0.sequence >= sequence } == true)
    #expect(await give(.halted, "nobody") == .unknownFollower("nobody"))
    stage.room.post(.stop(takesEntriesBack: false))
    _ = try await rest
  }

  @Test("rule 33: after ten minutes without a turn every stream counts as gone, and every book is read before an exit")
  func wakesUp() async throws {
    let stage = try Stage(answers: true)
    async let rest = stage.run()
    stage.trade()
    for account in [AccountRole.leader, .follower("asha")] {
      stage.room.post(.report(account, .stream(isConnected: true, reason: "")))
    }
    try await stage.untilCalls(1)
    stage.readings.withLock { $0 = [] }
    stage.clock.jump(.seconds(600))
    for _ in 0..<1_000 where stage.reconnected.withLock({ $0.count }) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(stage.reconnected.withLock { $0 } == [.leader, .follower("asha")])
    for _ in 0..<1_000 where stage.readings.withLock({ $0.count { $0 == .book } }) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    let gone = try stage.log().count {
      if case .streamChanged(let it) = $0.event { !it.isConnected && it.reason.contains("stopped") } else { false }
    }
    #expect(gone == 2)
    // What the leader did meanwhile is not copied before his book was read, and then by its age.
    stage.room.post(.stop(takesEntriesBack: false))
    _ = try await rest
  }

  @Test("a store that somebody else writes to ends the room with what holds it") func inUse() async throws {
    let stage = try Stage(answers: true)
    let other = try SQLiteEventLog(path: stage.store)
    await #expect(throws: EventStoreError.self) { try await stage.run() }
    try other.close()
  }
}

extension Event {
  fileprivate func asks(for request: RequestID) -> Bool {
    switch self {
    case .placementRequested(let asked): asked.requestID == request
    case .modificationRequested(let asked): asked.requestID == request
    case .cancellationRequested(let asked): asked.requestID == request
    default: false
    }
  }
}
