import Domain
import Projections
import Reactors
import Testing

/// The vectors of the options domain sheet, through the real recorder, folds and reactors. Where copying-rules.md overrides
/// a vector the test says which rule.
@Suite("Vectors: entry sizing") struct EntrySizingVectors {
  static func capital(_ follower: Int64, _ leader: Int64, below: BelowOneLotPolicy = .skip) -> Sizing {
    Sizing(
      strategy: .capitalProportional(.fixed(leader: .rupees(leader), follower: .rupees(follower))), belowOneLot: below)
  }

  @Test(
    "an entry takes floor(r × L) lots, exactly",
    arguments: [
      ("V1", 10, 500_000, 1_000_000, 5), ("V2", 7, 500_000, 1_000_000, 3), ("V4", 100, 290_000, 1_000_000, 29),
      ("V5", 3, 2_500_000, 1_000_000, 7),
    ] as [(String, Int64, Int64, Int64, Int64)])
  func floor(id: String, lots: Int64, follower: Int64, leader: Int64, expected: Int64) {
    var harness = Harness(EntrySizingVectors.capital(follower, leader))
    #expect(harness.steps([lots]) == [expected], "\(id)")
    #expect(harness.held == expected, "\(id)")
  }

  @Test("V3a: below one lot is skipped and says so") func belowOneLotSkips() {
    var harness = Harness(EntrySizingVectors.capital(500_000, 1_000_000))
    #expect(harness.steps([1]) == [0])
    #expect(harness.ends == [.skipped(.belowOneLot)])
  }

  @Test("V3b: one_lot raises the first allotment to one lot, never more") func belowOneLotRaised() {
    var harness = Harness(EntrySizingVectors.capital(500_000, 1_000_000, below: .oneLot))
    #expect(harness.steps([1]) == [1])
    #expect(harness.steps([1]) == [0])
    #expect(harness.steps([2]) == [1])
  }

  @Test(
    "the basis decides which money is capital",
    arguments: [("V6a", CapitalBasis.available, 15), ("V6b", .equity, 4)] as [(String, CapitalBasis, Int64)])
  func basis(id: String, basis: CapitalBasis, expected: Int64) {
    var harness = Harness(Sizing(strategy: .capitalProportional(basis)))
    harness.observe(
      .leaderFunds(
        Funds(startOfDay: .rupees(1_000_000), available: .rupees(200_000), utilised: .rupees(800_000))))
    harness.observe(
      .followerFunds(
        "asha", Funds(startOfDay: .rupees(400_000), available: .rupees(300_000), utilised: .rupees(100_000))))
    #expect(harness.steps([10]) == [expected], "\(id)")
  }

  @Test("start_of_day takes both accounts' day limits") func startOfDay() {
    var harness = Harness(Sizing(strategy: .capitalProportional(.startOfDay)))
    harness.observe(
      .leaderFunds(Funds(startOfDay: .rupees(1_000_000), available: .rupees(1), utilised: .zero)))
    harness.observe(
      .followerFunds("asha", Funds(startOfDay: .rupees(400_000), available: .rupees(1), utilised: .zero)))
    #expect(harness.steps([10]) == [4])
  }

  @Test("V7: the tightest limit binds, and what it cuts is forgone") func limits() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio("0.8")!)),
      limits: CopyLimits(
        maximumLotsPerOrder: Lots(5), maximumLotsPerUnderlying: Lots(6), maximumOpenLots: Lots(8)))
    #expect(harness.steps([20]) == [5])
    #expect(harness.reasons == [.lotsPerOrder])
    // The next order finds one lot left in the underlying.
    #expect(harness.steps([10]) == [1])
    #expect(harness.reasons.last == .lotsPerUnderlying)
  }

  @Test("V7: the limit on all open lots binds across underlyings") func openLots() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumOpenLots: Lots(8)))
    #expect(harness.steps([6, 6]) == [6, 2])
    #expect(harness.reasons == [.openLots])
  }

  @Test(
    "premium at risk sizes longs",
    arguments: [
      ("V8a", 100_000, "1/10", 12_000, 65, 1), ("V8b", 100_000, "1/10", 16_000, 65, 0),
      ("V8c", 500_000, "1/10", 18_235, 30, 9),
    ] as [(String, Int64, String, Int64, Int64, Int64)])
  func premium(id: String, capital: Int64, share: String, price: Int64, lotSize: Int64, expected: Int64) {
    var harness = Harness(
      Sizing(
        strategy: .riskBased(.fixed(leader: .rupees(1), follower: .rupees(capital)), share: Ratio(share)!)),
      lotSize: lotSize)
    harness.leader("1", .buy, lots: 3, filled: 3, price: price)
    #expect(harness.held == expected, "\(id)")
    if expected == 0 { #expect(harness.ends == [.skipped(.premiumBudget)]) }
  }

  @Test(
    "promise 5: the premium of open longs stays within its share of the capital; what passes it is forgone, and exits are free"
  )
  func premiumLimit() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumPremium: Ratio("1/4")!))
    harness.observe(
      .followerFunds("asha", Funds(startOfDay: .rupees(400_000), available: .rupees(1), utilised: .zero)))
    // A lot costs 13,000 rupees at 200, and 13,650 at the limit five percent above; a lakh buys seven.
    harness.leader("1", .buy, lots: 10, filled: 10, price: 20_000)
    #expect(harness.held == 7)
    #expect(harness.reasons == [.premiumBudget])
    harness.leader("2", .buy, lots: 2, filled: 2, price: 20_000)
    #expect(harness.held == 7)
    #expect(harness.ends.last == .skipped(.premiumBudget))
    harness.leader("3", .sell, lots: 12, filled: 12, price: 20_000)
    #expect(harness.held == 0)
    harness.leader("4", .sell, lots: 9, filled: 9, price: 20_000)
    #expect(harness.held == -9, "a short costs no premium")
  }

  @Test("promise 5: of a capital that nobody knows no premium is spent") func premiumOfUnknownCapital() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumPremium: Ratio("1/4")!))
    #expect(harness.steps([2]) == [0])
    #expect(harness.reasons == [.premiumBudget])
  }

  @Test(
    "margin at risk sizes shorts, with a buffer of ten percent",
    arguments: [("V9a", 360_000, 148_000, 2), ("V9b", 162_000, 148_000, 0)] as [(String, Int64, Int64, Int64)])
  func margin(id: String, available: Int64, perLot: Int64, expected: Int64) {
    var harness = Harness(Sizing(strategy: .riskBased(.available, share: Ratio("9/10")!)))
    harness.observe(
      .followerFunds(
        "asha", Funds(startOfDay: .rupees(available), available: .rupees(available), utilised: .zero)))
    harness.observe(.margin("asha", harness.contract, perLot: .rupees(perLot)))
    harness.leader("1", .sell, lots: 3, filled: 3)
    #expect(harness.held == -expected, "\(id)")
    if expected == 0 { #expect(harness.ends == [.skipped(.insufficientMargin)]) }
  }

  @Test("a short is refused where no margin is known") func marginUnknown() {
    var harness = Harness(
      Sizing(strategy: .riskBased(.fixed(leader: .rupees(1), follower: .rupees(500_000)), share: Ratio("1/10")!)))
    #expect(harness.steps([-3]) == [0])
    #expect(harness.ends == [], "the broker is being asked")
    harness.time = harness.time + .seconds(3)
    harness.observe(.clock(due: "margin"))
    #expect(harness.placements() == [])
    #expect(harness.ends == [.skipped(.marginUnknown)])
  }

  @Test("a short waits for its margin, and is sized as soon as the broker has told it") func marginComes() {
    var harness = Harness(
      Sizing(strategy: .riskBased(.fixed(leader: .rupees(1), follower: .rupees(500_000)), share: Ratio("9/10")!)))
    #expect(harness.steps([-3]) == [0])
    harness.observe(.margin("asha", harness.contract, perLot: .rupees(148_000)))
    #expect(harness.held == -3)
  }

  @Test("fixed_lots takes the same lots for every entry order") func fixedLots() {
    var harness = Harness(Sizing(strategy: .fixedLots(Lots(2)), exitRounding: .lagging))
    #expect(harness.steps([10, 1, -5, -6]) == [2, 2, -1, -3])
  }

  @Test("V11: an undefined ratio enters nothing; exits are still allowed") func ratioUndefined() {
    var harness = Harness(Sizing(strategy: .capitalProportional(.startOfDay)))
    harness.observe(.leaderFunds(Funds(startOfDay: .zero, available: .zero, utilised: .zero)))
    harness.observe(
      .followerFunds("asha", Funds(startOfDay: .rupees(400_000), available: .rupees(1), utilised: .zero)))
    #expect(harness.steps([10]) == [0])
    #expect(harness.reasons == [.ratioUndefined])
    var holding = Harness(Sizing(strategy: .capitalProportional(.startOfDay)))
    holding.observe(.leaderFunds(Funds(startOfDay: .rupees(10), available: .zero, utilised: .zero)))
    holding.observe(.followerFunds("asha", Funds(startOfDay: .rupees(5), available: .zero, utilised: .zero)))
    #expect(holding.steps([10]) == [5])
    holding.observe(.leaderFunds(Funds(startOfDay: .zero, available: .zero, utilised: .zero)))
    #expect(holding.steps([-10]) == [-5])
  }
}

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

@Suite("Vectors: children, partial fills, modifications") struct ChildVectors {
  @Test(
    "a quantity above the freeze limit goes out in whole lots, largest first",
    arguments: [
      ("V37", 60, 65, 1800, [1755, 1755, 390]), ("V38", 45, 30, 600, [600, 600, 150]),
      ("V39", 45, 30, 900, [900, 450]),
      ("V40", 51, 20, 1000, [1000, 20]), ("V41", 31, 60, 1800, [1800, 60]), ("V41", 31, 60, 1200, [1200, 660]),
      ("V42", 24, 120, 2800, [2760, 120]), ("V43", 24, 25, 600, [600]), ("V43", 25, 25, 600, [600, 25]),
    ] as [(String, Int64, Int64, Int64, [Int64])])
  func freeze(id: String, lots: Int64, lotSize: Int64, freeze: Int64, expected: [Int64]) {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), lotSize: lotSize, freeze: freeze)
    harness.leaderTrades(lots)
    #expect(harness.placements().map { $0 * lotSize } == expected, "\(id)")
    let labels = Set(harness.broker.keys)
    #expect(labels.count == expected.count, "every child has a label of its own (rule 24)")
  }

  @Test("V44: a freeze limit below one lot sends nothing and says why") func freezeBelowLot() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), lotSize: 700, freeze: 600)
    harness.leaderTrades(1)
    #expect(harness.placements().isEmpty)
    #expect(harness.ends == [.skipped(.freezeBelowLot)])
  }

  @Test("V45: mode fill sends the difference of the cumulative target") func partialFills() {
    var harness = Harness(ratio: "3/10", mode: .fill)
    var sent: [Int64] = []
    for filled: Int64 in [3, 5, 9, 10] {
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 10, filled: filled)
      sent.append(harness.placements(since: mark).reduce(0, +))
    }
    #expect(sent == [0, 1, 1, 1])
  }

  @Test("V46: mode fill keeps what it has when the leader cancels the rest") func fillThenCancel() {
    var harness = Harness(ratio: "1/2", mode: .fill)
    var sent: [Int64] = []
    for filled: Int64 in [1, 2, 3, 5] {
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 8, filled: filled)
      sent.append(harness.placements(since: mark).reduce(0, +))
    }
    #expect(sent == [0, 1, 0, 1])
    let mark = harness.log.count
    harness.leader("1", .buy, lots: 8, filled: 5, status: .cancelled)
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.held == 2)
  }

  /// Leader quantity before and after, follower's lots filled before; the totals of the modifications and whether the rest
  /// is cancelled.
  @Test(
    "a leader's change of quantity becomes a new total of the follower's order",
    arguments: [
      ("V47", 20, 0, [6], false), ("V49", 8, 1, [2], false), ("V50", 2, 0, [], true), ("V48", 5, 2, [], true),
    ] as [(String, Int64, Int64, [Int64], Bool)])
  func quantity(id: String, changed: Int64, filled: Int64, totals: [Int64], cancels: Bool) {
    var harness = Harness(ratio: "3/10")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10)
    if filled > 0 { harness.fill(harness.working[0].correlationID!, lots: filled) }
    let mark = harness.log.count
    harness.leader("1", .buy, lots: changed)
    let seen = harness.log[mark...].compactMap { event -> Int64? in
      if case .modificationRequested(let request) = event { request.terms.quantity.units / 65 } else { nil }
    }
    #expect(seen == totals, "\(id)")
    let cancelled = harness.log[mark...].contains { if case .cancellationRequested = $0 { true } else { false } }
    #expect(cancelled == cancels, "\(id)")
    #expect(harness.held == filled, "\(id)")
  }

  @Test("V48: the excess after a reduction is trimmed or kept by policy, once the leader's order is over")
  func excess() {
    for policy in [TrueUpPolicy.trim, .keep] {
      var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("3/10")!)), trueUp: policy)
      harness.fillsAtOnce = false
      harness.leader("1", .buy, lots: 10)
      harness.fill(harness.working[0].correlationID!, lots: 2)
      harness.leader("1", .buy, lots: 5)
      let mark = harness.log.count
      harness.leader("1", .buy, lots: 5, filled: 5)
      #expect(harness.placements(since: mark) == (policy == .trim ? [-1] : []))
      harness.fillAll()
      #expect(harness.held == (policy == .trim ? 1 : 2))
    }
  }

  @Test("V51: the leader cancels half filled; what the follower got beyond its share is trimmed") func trimmed() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10)
    harness.fill(harness.working[0].correlationID!, lots: 3)
    harness.leader("1", .buy, lots: 10, filled: 4)
    let mark = harness.log.count
    harness.leader("1", .buy, lots: 10, filled: 4, status: .cancelled)
    #expect(harness.log[mark...].contains { if case .cancellationRequested = $0 { true } else { false } })
    #expect(harness.placements(since: mark) == [-1])
    harness.fillAll()
    #expect(harness.held == 2)
    #expect(harness.steps([-4]) == [-2])
  }
}
