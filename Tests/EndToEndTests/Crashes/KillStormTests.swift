import Foundation
import Testing

/// `scripts/kill-storm 300 --seed 7` makes a long one of the short ones that everybody runs.
@Suite("Kill storms", .timeLimit(.minutes(40))) struct KillStormTests {
  private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  private static var storms: [KillStorm] {
    guard let restarts = number("KILL_STORM_RESTARTS") else {
      return [KillStorm(restarts: 25, seed: 1), KillStorm(restarts: 25, seed: 2)]
    }
    return [KillStorm(restarts: restarts, seed: UInt64(number("KILL_STORM_SEED") ?? 1))]
  }

  @Test(
    "promises 1, 2, 3 and 9: kills at any moment, with replies lost, double no order and lose none", arguments: storms)
  func storm(_ storm: KillStorm) async throws {
    var storm = storm
    let stage = try await LiveStage.crashStage()
    do {
      let verdict = try await storm.run(stage)
      print(storm.summary(verdict))
      #expect(verdict.violations.isEmpty, "\(verdict)")
      if !verdict.violations.isEmpty { keep(stage) }
    } catch {
      keep(stage)
      throw error
    }
  }

  /// What is needed to find the cause, where `scripts/kill-storm` says.
  private func keep(_ stage: LiveStage) {
    guard let folder = ProcessInfo.processInfo.environment["KILL_STORM_KEEP"] else { return }
    try? FileManager.default.copyItem(atPath: stage.folder.path, toPath: folder)
  }
}

extension KillStorm {
  /// The figures, as `scripts/kill-storm` prints them.
  func summary(_ verdict: CrashVerdict) -> String {
    """
    kill storm: seed \(seed), \(restarts) restarts, \(leaderOrders) orders of the leader
    kill storm: \(verdict.orders) orders of followers under \(verdict.labels) labels, \(verdict.surplus) surplus
    kill storm: \(verdict.doubted) requests in doubt, \(verdict.settled) settled, \(verdict.attemptedAgain) of them by a second attempt
    kill storm: \(verdict.violations.isEmpty ? "leader, followers and log agree" : "does not hold: \(verdict.violations)")
    """
  }
}
