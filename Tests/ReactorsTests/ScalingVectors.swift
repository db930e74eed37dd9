import Domain
import Projections
import Reactors
import Testing

@Suite("Vectors: scaling") struct ScalingVectors {
  @Test(
    "scaling in follows the cumulative lots with the ratio of the episode",
    arguments: [
      ("V12", "2/5", [1, 1, 1, 1, 1], [0, 0, 1, 0, 1]), ("V13", "1/2", [3, 3, 3], [1, 2, 1]),
      ("V14", "3/10", [2, 2, -1, -3], [0, 1, 0, -1]),
    ] as [(String, String, [Int64], [Int64])])
  func scalingIn(id: String, ratio: String, leader: [Int64], follower: [Int64]) {
    var harness = Harness(ratio: ratio)
    #expect(harness.steps(leader) == follower, "\(id)")
  }

  static let table: [(String, String, Int64, [Int64], [ExitRounding: [Int64]])] = [
    (
      "V15", "3/7", 7, [1, 1, 1, 1, 1, 1, 1],
      [.lagging: [0, 0, 1, 0, 1, 0, 1], .nearest: [0, 1, 0, 1, 0, 1, 0], .leading: [1, 0, 1, 0, 1, 0, 0]]
    ),
    ("V16", "3/7", 7, [2, 2, 3], [.lagging: [0, 1, 2], .nearest: [1, 1, 1], .leading: [1, 1, 1]]),
    ("V17", "5/2", 2, [1, 1], [.lagging: [2, 3], .nearest: [2, 3], .leading: [3, 2]]),
    ("V18", "1/10", 10, [5, 5], [.lagging: [0, 1], .nearest: [0, 1], .leading: [1, 0]]),
    ("V19", "5/2", 4, [1, 1, 1, 1], [.lagging: [2, 3, 2, 3], .nearest: [2, 3, 2, 3], .leading: [3, 2, 3, 2]]),
    ("V20", "2/3", 3, [1, 1, 1], [.lagging: [0, 1, 1], .nearest: [1, 0, 1], .leading: [1, 1, 0]]),
    ("V21", "3/10", 10, [3, 3, 3, 1], [.lagging: [0, 1, 1, 1], .nearest: [1, 1, 1, 0], .leading: [1, 1, 1, 0]]),
  ]

  @Test("scaling out reaches zero together with the leader, whatever the rounding", arguments: ScalingVectors.table)
  func scalingOut(
    id: String, ratio: String, held: Int64, exits: [Int64], expected: [ExitRounding: [Int64]]
  ) {
    for rounding in [ExitRounding.lagging, .nearest, .leading] {
      for sign: Int64 in [1, -1] {
        var harness = Harness(ratio: ratio, rounding: rounding)
        harness.leaderTrades(held * sign)
        #expect(harness.steps(exits.map { -$0 * sign }).map { -$0 * sign } == expected[rounding], "\(id) \(rounding)")
        #expect(harness.held == 0, "\(id) \(rounding)")
      }
    }
  }

  @Test("by_risk lags for long positions and leads for short ones") func byRisk() {
    var long = Harness(ratio: "3/7", rounding: .byRisk)
    #expect(long.steps([7, -2, -2, -3]) == [3, 0, -1, -2])
    var short = Harness(ratio: "3/7", rounding: .byRisk)
    #expect(short.steps([-7, 2, 2, 3]) == [-3, 1, 1, 1])
  }

  @Test(
    "mixed histories, shorts and reversals",
    arguments: [
      ("V22", "3/10", [10, -4, 6, -12], [[3], [-1], [1], [-3]]),
      ("V23", "3/10", [10, -5, 5, -10], [[3], [-1], [1], [-3]]),
      ("V24", "2/5", [-10, 5, 5], [[-4], [2], [2]]),
      ("V25", "1/2", [6, -10, 4], [[3], [-3, -2], [2]]),
      ("V27", "3/10", [-2, 2], [[], []]),
    ] as [(String, String, [Int64], [[Int64]])])
  func mixed(id: String, ratio: String, leader: [Int64], follower: [[Int64]]) {
    var harness = Harness(ratio: ratio)
    for (trade, expected) in zip(leader, follower) {
      let mark = harness.log.count
      harness.leaderTrades(trade)
      #expect(harness.placements(since: mark) == expected, "\(id), leader \(trade)")
    }
    #expect(harness.held == 0, "\(id)")
  }

  @Test("V26: a reversal closes, then opens with a ratio of its own") func freshRatio() {
    var harness = Harness(Sizing(strategy: .capitalProportional(.startOfDay)))
    harness.observe(.leaderFunds(Funds(startOfDay: .rupees(100), available: .zero, utilised: .zero)))
    harness.observe(.followerFunds("asha", Funds(startOfDay: .rupees(50), available: .zero, utilised: .zero)))
    harness.leaderTrades(4)
    harness.observe(.followerFunds("asha", Funds(startOfDay: .rupees(25), available: .zero, utilised: .zero)))
    let mark = harness.log.count
    harness.leaderTrades(-9)
    #expect(harness.placements(since: mark) == [-2, -1])
    #expect(harness.held == -1)
  }

  @Test("V28: lots that the owner closed by hand are not closed again") func closedByHand() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(6)
    harness.ownerTrades(-2)
    #expect(harness.held == 1)
    #expect(harness.log.contains { if case .alertRaised(let a) = $0 { a.kind == .closedByOthers } else { false } })
    #expect(harness.steps([-6]) == [-1])
    #expect(harness.held == 0)
  }

  @Test("V29: after the broker's square-off nothing is sent, and nothing flips") func squaredOff() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(6)
    harness.ownerTrades(-3)
    #expect(harness.steps([-6]) == [0])
    #expect(harness.held == 0)
  }

  @Test("V30: a working exit is part of the exit") func workingExit() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(6)
    harness.fillsAtOnce = false
    harness.leader("800", .sell, lots: 4, filled: 4)
    #expect(harness.working.map { $0.quantity.units / 65 } == [2])
    #expect(harness.steps([-2]) == [-1])
    harness.fillAll()
    #expect(harness.held == 0)
  }
}
