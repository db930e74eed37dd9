import Foundation
import TestSupport
import Testing

/// No room for what has to be recorded.
@Suite("A full disk", .timeLimit(.minutes(10))) struct FullDiskTests {
  private typealias Contract = LiveStage.Contract

  @Test(
    "promises 2 and 9: on a full disk nothing is sent that was not recorded; with space again everything is caught up")
  func full() async throws {
    let stage = try await LiveStage.crashStage()
    // Well above what counts as low (rule 37): it has to become well again.
    let disk = try SmallDisk(at: stage.folder.path + "/disk", megabytes: 64)
    stage.store = "disk/copytrade.db"
    try stage.configure(LiveStage.followersOfCrashes)
    let leader = DrawnLeader(stage, seed: 21)
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 65], "vikram": [Contract.call: 130]])

    for round in 1...2 {
      for _ in 1...4 { try await leader.act() }
      disk.fill()
      try await stage.until("the log takes no events") {
        // What is freed for exits (rule 37) is taken as well.
        disk.fill()
        try await leader.act()
        return try unrecorded(stage) == round
      }
      if round == 1 { _ = try await stage.leaderOrder("SELL", 130, of: Contract.call, at: "151.90") }
      for _ in 1...4 { try await leader.act() }
      try await checkAllIsRecorded(stage)
      #expect(stage.service?.isRunning == true, "\(stage.log.suffix(2_000))")
      disk.free()
      try await stage.until("the log takes events again") { try await takesCommands(stage) }
      try await stage.untilReady()
    }

    try await leader.goFlat()
    try await stage.untilFlat()
    let verdict = try await CrashVerdict(of: stage)
    #expect(verdict.violations.isEmpty, "\(verdict)")
    withExtendedLifetime(disk) {}
  }

  /// How often the service said so.
  private func unrecorded(_ stage: LiveStage) throws -> Int {
    stage.log.matches(of: /the log takes no events/).count
  }

  /// Promise 2, while nothing can be recorded.
  private func checkAllIsRecorded(_ stage: LiveStage) async throws {
    // What left before has arrived by now or never does.
    try await Task.sleep(for: .milliseconds(500))
    let accounts = try await stage.accounts()
    let requested = Set(try await stage.events("placement.requested").compactMap { $0.text("correlation_id") })
    for client in [LiveStage.asha, LiveStage.vikram] {
      let labels = try #require(accounts[client]).orders.map(\.correlationId)
      #expect(requested.isSuperset(of: labels), "\(client): sent and not recorded")
    }
  }

  /// Whether an order of the operator is recorded. Where low space made it close only (rule 37), this is what ends that.
  private func takesCommands(_ stage: LiveStage) async throws -> Bool {
    try await stage.command("resume").status == 0
  }
}
