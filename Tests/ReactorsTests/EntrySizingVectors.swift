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
