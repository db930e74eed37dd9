import Foundation
import Testing

/// A service that ends in the middle of things, stands still, or is not alone.
@Suite("Signals in a burst", .timeLimit(.minutes(10))) struct SignalTests {
  private typealias Contract = LiveStage.Contract

  @Test("SIGTERM in a burst ends with 0, has recorded everything that was under way, and the next start goes on")
  func terminate() async throws {
    let stage = try await LiveStage.crashStage()
    let leader = DrawnLeader(stage, seed: 11)
    try await stage.startAndWait()
    for _ in 1...3 {
      for _ in 1...8 { try await leader.act() }
      #expect(try await stage.stop() == 0)
      let status = try await stage.status()
      #expect(status.mode == "stopped")
      // What waits in a lane has not left; what left has its outcome, and the log knows its number.
      let known = Set(
        try await stage.events("request.accepted", "follower.order").compactMap { $0.text("order_id") })
      let attempted = try await stage.accounts()
      for follower in status.followers {
        #expect(follower.in_doubt == 0, "\(follower)")
        let orders = try #require(attempted[follower.client_id]).orders.map(\.orderId)
        #expect(known.isSuperset(of: orders), "\(follower.name) has orders of which the log does not know")
      }
      try await stage.startAndWait()
    }
    try await leader.goFlat()
    try await stage.untilFlat()
    let verdict = try await CrashVerdict(of: stage)
    #expect(verdict.violations.isEmpty && verdict.doubted == 0, "\(verdict)")
  }

  @Test("rules 16 and 17: what stood still in a burst sends no entry of that time, every exit, and nothing twice")
  func standStill() async throws {
    let stage = try await LiveStage.crashStage(lines: ["entries: { max_age: 2s }"])
    let leader = DrawnLeader(stage, seed: 12)
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 65], "vikram": [Contract.call: 130]])

    for _ in 1...6 { try await leader.act() }
    try #require(stage.service).signal(SIGSTOP)
    _ = try await stage.leaderOrder("SELL", 130, of: Contract.call, at: "151.90")
    var missed: [String] = []
    for _ in 1...3 { missed.append(try await stage.leaderOrder("BUY", 60, of: Contract.bank, at: "310.60")) }
    // Broker times have whole seconds, and the age has to be passed.
    try await Task.sleep(for: .seconds(4))
    try #require(stage.service).signal(SIGCONT)
    try await stage.untilStatus("the entries of that time are forgone") { _ in
      let forgone = try await stage.events("entry.forgone").filter { $0.text("reason") == "too_old" }
      return Set(forgone.compactMap { $0.text("origin") }).isSuperset(of: missed)
    }
    let copied = try await stage.events("placement.requested").compactMap { $0.text("origin") }
    #expect(Set(copied).isDisjoint(with: missed), "an entry that was too old was sent")

    try await leader.goFlat()
    try await stage.untilFlat()
    let verdict = try await CrashVerdict(of: stage)
    #expect(verdict.violations.isEmpty, "\(verdict)")
  }
}

/// One store, one writer.
@Suite("Two services on one store", .timeLimit(.minutes(10))) struct TwoServicesTests {
  private typealias Contract = LiveStage.Contract

  /// That a second service is turned away, and told by whom.
  private func checkTurnedAway(_ stage: LiveStage) async throws {
    let holder = try #require(stage.service).identifier
    let second = try await stage.command("run")
    #expect(second.status == 75, "\(second)")
    #expect(second.diagnostics.contains("process \(holder) on "), "\(second)")
  }

  @Test("the second ends with 75 and names the first, which may stand still; after kill -9 the store is free at once")
  func second() async throws {
    let stage = try await LiveStage.crashStage()
    try await stage.startAndWait()
    try await checkTurnedAway(stage)
    try #require(stage.service).signal(SIGSTOP)
    try await checkTurnedAway(stage)
    try #require(stage.service).signal(SIGCONT)
    _ = try await stage.leaderOrder("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 65], "vikram": [Contract.call: 130]])
    // A process that stands still can be killed, and lets go of the store.
    try #require(stage.service).signal(SIGSTOP)
    try await stage.stop(SIGKILL)
    try await stage.startAndWait()
    try await checkTurnedAway(stage)
    _ = try await stage.leaderOrder("SELL", 130, of: Contract.call, at: "151.90")
    try await stage.untilFlat()
    let verdict = try await CrashVerdict(of: stage)
    #expect(verdict.violations.isEmpty, "\(verdict)")
  }

  @Test("of several that start at the same moment on a new store one lives, and the others end with 75")
  func race() async throws {
    let stage = try await LiveStage.crashStage()
    let all = try (1...4).map {
      try BackgroundProcess(Program.path, ["run"], name: "racer\($0)", in: stage.folder.path)
    }
    try await stage.until("all but one are gone") { all.count(where: \.isRunning) == 1 }
    try await stage.untilReady()
    #expect(all.count(where: \.isRunning) == 1)
    for process in all where !process.isRunning {
      #expect(try await process.end() == 75, "\(process.diagnostics)")
    }
    let starts = try await stage.events("service.started")
    #expect(starts.count == 1, "\(starts)")
    for process in all where process.isRunning {
      process.signal(SIGTERM)
      #expect(try await process.end() == 0)
    }
    try await stage.verifyLog()
  }
}
