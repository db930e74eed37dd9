import Domain
import Engine
import EventStore
import PaperExchange
import Projections
import Testing

@testable import Daemon

/// The whole engine on the paper exchange, with the engine dropped at chosen moments and started again from the log alone.
@Suite("Paper sessions") struct PaperSessionTests {
  static let copySettings: CopySettings = {
    func follower(_ name: FollowerName, _ client: ClientID) -> FollowerSettings {
      FollowerSettings(name: name, clientID: client, sizing: Sizing(strategy: .capitalProportional(.startOfDay)))
    }
    return CopySettings(
      leader: "1000000001", followers: [follower("asha", "1000000002"), follower("vikram", "1000000003")])
  }()

  /// Plays the bundled session, dropping the engine at `crashes` (time since the start) for `down`.
  static func play(
    crashes: [Microseconds] = [], down: Microseconds = .milliseconds(300), seed: UInt64 = 1,
    faults: PaperFaultPlan = PaperFaultPlan()
  ) throws -> (log: MemoryEventLog, exchange: PaperExchange) {
    var settings = PaperSettings(seed: seed)
    settings.faults = faults
    let clock = SteppedClock(PaperDemo.start)
    let session = PaperSession(
      exchange: PaperExchange(settings: settings, instruments: PaperDemo.instruments, accounts: PaperDemo.accounts),
      settings: copySettings, clock: clock)
    let log = MemoryEventLog()
    try session.start(log, version: "test")
    var crashes = crashes
    for step in PaperScript.demo.steps {
      while let crash = crashes.first, crash <= step.at {
        crashes.removeFirst()
        try session.advance(to: PaperDemo.start + crash)
        session.crash()
        try session.advance(to: PaperDemo.start + crash + down)
        try session.start(log, version: "test")
      }
      try session.advance(to: PaperDemo.start + step.at)
      if case .act(let action) = step.kind { try session.act(action) }
    }
    try session.advance(to: PaperDemo.start + PaperScript.demo.length + .seconds(30))
    return (log, session.exchange)
  }

  static func expectSync(_ outcome: (log: MemoryEventLog, exchange: PaperExchange), _ what: String) throws {
    let state = try LogFold.state(of: outcome.log)
    var books: [ClientID: HoldingsTable.Books] = [:]
    for account in outcome.exchange.accountIDs {
      books[account] = HoldingsTable.Books(
        positions: outcome.exchange.positions(of: account), orders: outcome.exchange.orderBook(of: account))
    }
    let table = HoldingsTable(status: StatusReport(state: state, now: outcome.exchange.now), books: books)
    #expect(table.isInSync, "\(what)\n\(table.text)")
    for account in state.followers {
      #expect(account.outbox.requests.isEmpty, "\(what): requests without an outcome: \(account.outbox.requests)")
      for (key, ledger) in account.ledgers {
        let actual =
          outcome.exchange.positions(of: account.settings.clientID).first { $0.key == key }?.quantity ?? .zero
        #expect(
          ledger.held + ledger.owner == actual, "\(what): the ledger of \(account.name) differs from the exchange")
      }
      let labels = outcome.exchange.orderBook(of: account.settings.clientID).compactMap(\.correlationID)
      #expect(labels.count == Set(labels).count, "\(what): a child was placed twice")
    }
  }

  @Test("promise 8: live state equals replayed state at every sequence, and reactors decide the same again")
  func replay() throws {
    let (log, _) = try PaperSessionTests.play(crashes: [.milliseconds(25_131)])
    var verifier = ReplayVerifier()
    var folded = State()
    for event in try log.events() {
      let decoded = try event.draft.payload.withUnsafeBytes { bytes in
        try event.draft.type.withBytes {
          try LogFold.decode(type: $0, version: event.draft.schemaVersion, payload: bytes)
        }
      }
      folded.apply(decoded, sequence: event.sequence, recordedAt: event.draft.recordedAt)
      verifier.take(
        decoded, sequence: event.sequence, recordedAt: event.draft.recordedAt, causation: event.draft.causation)
      _ = folded.takeTouched()
    }
    verifier.finish()
    #expect(verifier.failure == nil)
    #expect(verifier.decisions > 50)
    #expect(verifier.state == folded)
  }

  @Test("the session ends in sync without a crash, for every seed", arguments: UInt64(1)...20)
  func seeds(seed: UInt64) throws {
    try PaperSessionTests.expectSync(try PaperSessionTests.play(seed: seed), "seed \(seed)")
  }

  @Test(
    "promise 1: dropped at any moment, the engine goes on from the log and places nothing twice", arguments: 0..<100)
  func crashAnywhere(half: Int) throws {
    for offset in [0, 37, 131, 290] {
      let moment = Microseconds.milliseconds(Int64(half * 500 + offset))
      try PaperSessionTests.expectSync(try PaperSessionTests.play(crashes: [moment]), "crash at \(moment.count) µs")
    }
  }

  @Test(
    "with frames lost, doubled and out of order, and calls and replies lost, the ledger still agrees with the exchange",
    arguments: UInt64(1)...60)
  func faults(seed: UInt64) throws {
    var faults = PaperFaultPlan()
    (faults.updatesDropped, faults.updatesDuplicated, faults.updatesReordered) = (80, 80, 80)
    (faults.requestsLost, faults.repliesLost, faults.serverErrorsTaken, faults.serverErrorsNotTaken) = (30, 30, 20, 20)
    let outcome = try PaperSessionTests.play(
      crashes: seed % 2 == 0 ? [.milliseconds(Int64(seed) * 700)] : [], seed: seed, faults: faults)
    let state = try LogFold.state(of: outcome.log)
    for account in state.followers {
      let labels = outcome.exchange.orderBook(of: account.settings.clientID).compactMap(\.correlationID)
      #expect(labels.count == Set(labels).count, "seed \(seed): a child was placed twice")
      for (key, ledger) in account.ledgers {
        let actual =
          outcome.exchange.positions(of: account.settings.clientID).first { $0.key == key }?.quantity ?? .zero
        #expect(
          ledger.held + ledger.owner == actual,
          "seed \(seed): \(account.name) \(key) holds \(actual), log \(ledger.held)")
        let leaderIsFlat = (state.leader.positions[key]?.net ?? .zero) == .zero
        #expect(
          !leaderIsFlat || ledger.held == .zero || !ledger.isQuiet || !ledger.alerts.isEmpty,
          "seed \(seed): the leader is flat, \(account.name) holds \(ledger.held)")
      }
    }
  }

  @Test("dropped again and again, every two seconds, it still ends in sync") func crashOften() throws {
    let moments = (1...24).map { Microseconds.milliseconds(Int64($0) * 2_017) }
    try PaperSessionTests.expectSync(try PaperSessionTests.play(crashes: moments), "24 crashes")
  }
}
