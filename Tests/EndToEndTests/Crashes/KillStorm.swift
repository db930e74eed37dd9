import Foundation
import TestSupport

/// A service that is killed again and again, at moments that nobody chose, while the leader trades and replies get lost.
struct KillStorm {
  /// What the simulator does to calls of followers, drawn once for each life.
  private static let faults = [
    #""kind":"hang","taken":true,"on":"place""#, #""kind":"reset","taken":true,"on":"place""#,
    #""kind":"half_reply","taken":true,"on":"place""#, #""kind":"reset","taken":false,"on":"place""#,
    #""kind":"take_late","delay":"1s","on":"place""#, #""kind":"hang","taken":true,"on":"modify""#,
    #""kind":"reset","taken":true,"on":"cancel""#, #""kind":"server_error","taken":true,"on":"place""#,
    #""kind":"hang","on":"reads","delay":"1s""#, #""kind":"reset","on":"handshake""#,
  ]
  /// Calls of one account in an hour that are left to entries (rule 39), with room for modifications and exits.
  private static let leaderActs = 550

  let restarts: Int
  let seed: UInt64
  private(set) var leaderOrders = 0

  init(restarts: Int, seed: UInt64) {
    self.restarts = restarts
    self.seed = seed
  }

  /// Storms, lets the leader go flat, and looks at what came of it.
  mutating func run(_ stage: LiveStage) async throws -> CrashVerdict {
    var random = SeededGenerator(seed: seed)
    let leader = DrawnLeader(stage, seed: seed)
    let actsPerLife = max(1, min(6, Self.leaderActs / max(restarts, 1)))
    // What the leader did before anybody had a baseline is not copied (rule 6), and says nothing here.
    try await stage.startAndWait()
    try await stage.stop(SIGKILL)
    for _ in 0..<restarts {
      if random.chance(30) {
        let client = random.pick([LiveStage.asha, LiveStage.vikram])
        try await stage.fault("\(random.pick(Self.faults)),\"account\":\"\(client)\"")
      }
      try await live(stage, leader, acts: actsPerLife, &random)
    }
    try await stage.endFaults()
    try await stage.startAndWait()
    try await leader.goFlat()
    try await stage.untilFlat()
    leaderOrders = leader.orders
    return try await CrashVerdict(of: stage)
  }

  /// One life of the service: the leader acts at moments of his own, until the kill comes. Some lives are counted from the
  /// process's start, and end before it knows what the last one left behind.
  private func live(
    _ stage: LiveStage, _ leader: DrawnLeader, acts: Int, _ random: inout SeededGenerator
  ) async throws {
    let life = Int.random(in: 50...900, using: &random)
    let moments = (0..<acts).map { _ in Int.random(in: 0...life, using: &random) }.sorted()
    try stage.start()
    if random.chance(65) { try await stage.untilListening() }
    let born = ContinuousClock.now
    for moment in moments {
      try await Task.sleep(until: born + .milliseconds(moment))
      try await leader.act()
    }
    try await Task.sleep(until: born + .milliseconds(life))
    try await stage.stop(SIGKILL)
  }
}
