import Foundation
import StopPoints
import TestSupport
import Testing

/// Death of the real service at every place that has a name.
@Suite("At every stop point", .timeLimit(.minutes(10))) struct StopPointTests {
  /// When a point is met, and the how manieth time.
  private enum Moment {
    /// While the store is new.
    case firstStart(Int)
    /// While orders are copied.
    case trading(Int)
    /// At the start after a death in a burst, with calls in doubt.
    case recovery(Int)
    case stop
  }

  private static func moment(of point: StopPoint) -> Moment {
    switch point {
    case .creatingStore: .firstStart(1)
    case .baseline: .firstStart(2)
    case .beforeCommit, .afterCommit: .trading(20)
    case .beforeCall, .beforeReplyIsRecorded, .callUnderWay, .replied: .trading(4)
    case .betweenCalls: .trading(2)
    case .checkpointing: .trading(1)
    case .folded, .started: .recovery(1)
    case .beforeBookIsRecorded: .recovery(2)
    case .savingSnapshot, .sealing, .stopped: .stop
    }
  }

  @Test(
    "promises 1, 2, 3 and 9: a service that dies there, and again while it recovers, doubles nothing and loses nothing",
    arguments: StopPoint.allCases)
  func death(at point: StopPoint) async throws {
    let number = UInt64(StopPoint.allCases.firstIndex(of: point) ?? 0)
    var random = SeededGenerator(seed: number)
    let stage = try await LiveStage.crashStage()
    let leader = DrawnLeader(stage, seed: number)
    try await die(at: point, stage, leader)

    // Now and then the second death comes before anything is recorded, now and then when all is well again.
    try stage.start()
    // What the leader did before anybody had a baseline is not copied (rule 6), and says nothing here.
    if case .firstStart = Self.moment(of: point) {} else { try await leader.act() }
    try await Task.sleep(for: .milliseconds(Int.random(in: 50...600, using: &random)))
    try await stage.stop(SIGKILL)

    try await stage.startAndWait()
    try await leader.act()
    try await leader.goFlat()
    try await stage.untilFlat()
    let verdict = try await CrashVerdict(of: stage)
    #expect(verdict.violations.isEmpty, "\(point): \(verdict)")
  }

  private func die(at point: StopPoint, _ stage: LiveStage, _ leader: DrawnLeader) async throws {
    let what = "at \(point.rawValue)"
    switch Self.moment(of: point) {
    case .firstStart(let time):
      try stage.start(dyingAt: point, time)
      try await stage.untilKilled(what)
    case .trading(let time):
      try stage.start(dyingAt: point, time)
      try await stage.untilReady()
      try await stage.untilKilled(what) {
        // The write-ahead log is emptied when it is long, in an idle moment.
        if point == .checkpointing, stage.writeAheadLog > 300 * 4_096 { return }
        for _ in 1...4 { try await leader.act() }
      }
    case .recovery(let time):
      try await stage.startAndWait()
      for _ in 1...8 { try await leader.act() }
      try await stage.stop(SIGKILL)
      try stage.start(dyingAt: point, time)
      try await stage.untilKilled(what)
    case .stop:
      try stage.start(dyingAt: point, 1)
      try await stage.untilReady()
      for _ in 1...8 { try await leader.act() }
      try await stage.stop(SIGTERM)
      #expect(stage.service?.wasKilled == true, "it was to be killed \(what)")
    }
  }
}
