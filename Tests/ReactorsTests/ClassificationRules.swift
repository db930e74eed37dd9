import Domain
import Projections
import Reactors
import Testing

@Suite("Rules: entry or exit") struct ClassificationRules {
  @Test("rule 6: nothing is decided before a baseline exists") func noBaseline() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), baseline: false)
    harness.leader("1", .buy, lots: 2, filled: 2)
    #expect(harness.placements().isEmpty)
    harness.observe(.leaderBaseline([BaselinePosition(key: harness.key, quantity: Quantity(130))]))
    harness.observe(.followerBaseline("asha", []))
    harness.leader("1", .buy, lots: 2, filled: 2)
    #expect(harness.placements().isEmpty, "an order from before the first start is never copied")
    #expect(harness.steps([2]) == [2])
  }

  @Test("rule 6: inherited lots are owed nothing, and a decrease is a fraction of the whole") func inherited() {
    let key = PositionKey(contract: Harness.nifty, product: .margin)
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one), exitRounding: .lagging),
      positions: [BaselinePosition(key: key, quantity: Quantity(4 * 65))])
    #expect(harness.steps([-1]) == [0])
    #expect(harness.steps([3]) == [3])
    // Leader 3 inherited and 3 entered: half of it leaves, then the rest.
    #expect(harness.steps([-3]) == [-1])
    #expect(harness.steps([-3]) == [-2])
    #expect(harness.held == 0)
  }

  @Test("rule 6: a follower that was out of the configuration does the exits of meanwhile, and has his stops again")
  func rejoins() throws {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(8)
    let settings = try #require(harness.state.settings)
    var without = settings
    without.followers = []
    harness.observe(.configuration(without))
    harness.leader("9", .sell, lots: 4, filled: 4)
    harness.leader("10", .sell, lots: 4, price: 7_900, type: .stopLoss, trigger: 8_000)
    #expect(harness.held == 8)
    harness.observe(.configuration(settings))
    harness.fillsAtOnce = false
    harness.runLanes()
    #expect(harness.placements().suffix(2).sorted() == [-4, -4], "\(harness.placements()) \(harness.story)")
    #expect(harness.prices.contains { $0.trigger == Paise(8_000) })
  }

  @Test("rule 6: who comes back does no exits from before it joined, and no reversal that is old") func rejoinsLate()
    throws
  {
    var harness = Harness(ratio: "1")
    let settings = try #require(harness.state.settings)
    var without = settings
    without.followers = []
    var alone = Harness(
      Sizing(strategy: .fixedRatio(Ratio("1")!)), baseline: false)
    alone.observe(.configuration(without))
    alone.observe(.leaderBaseline([]))
    alone.leader("1", .buy, lots: 8, filled: 8)
    alone.leader("2", .sell, lots: 4, filled: 4)
    alone.observe(.configuration(settings))
    alone.observe(.followerBaseline("asha", []))
    alone.leader("3", .buy, lots: 8, filled: 8)
    let held = alone.held
    alone.observe(.configuration(without))
    alone.observe(.configuration(settings))
    alone.runLanes()
    #expect(held == 8 && alone.held == 8, "\(alone.story)")
    harness.leaderTrades(4)
    harness.observe(.configuration(without))
    harness.leader("9", .sell, lots: 8, filled: 8)
    harness.run(for: .seconds(25))
    harness.observe(.configuration(settings))
    harness.runLanes()
    harness.run(for: .seconds(5))
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test("rule 6: a follower who joins in mid-position owes nothing for what stands, and leaves with the leader")
  func joins() {
    var harness = Harness(ratio: "1")
    #expect(harness.steps([5, -1]) == [5, -1])
    var settings = harness.state.settings!
    settings.followers.append(
      FollowerSettings(
        name: "vikram", clientID: "1000000003",
        sizing: Sizing(strategy: .fixedRatio(.one), exitRounding: .lagging)))
    harness.observe(.configuration(settings))
    harness.observe(.followerBaseline("vikram", []))
    func held() -> Int64 { (harness.state.followers[1].ledgers[harness.key]?.held.units ?? 0) / 65 }
    #expect(held() == 0)
    harness.leaderTrades(2)
    #expect(held() == 2)
    // Four stood when vikram came and two were added: half of the six leave, then the rest.
    harness.leaderTrades(-3)
    #expect(held() == 1)
    harness.leaderTrades(-3)
    #expect(held() == 0)
    #expect(harness.held == 0)
  }

  @Test("rule 7: an order is judged by the filled position alone; resting orders are not summed") func alone() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("50", .sell, lots: 2, price: 11_000)
    // The first sell rests; the second is still judged against two lots held, closes nothing that is left to close, and
    // opens nothing.
    harness.leader("51", .sell, lots: 2, price: 12_000)
    #expect(harness.placements() == [2, -2])
    // The leader takes the first back: the lots are free for the second.
    harness.leader("50", .sell, lots: 2, price: 11_000, status: .cancelled)
    #expect(harness.placements() == [2, -2, -2])
  }

  @Test(
    "rule 17: a reversal that is seen long after is closed and not opened; our own close makes no old entry young",
    arguments: [9, 11])
  func reversalSeenLate(seconds: Int64) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(5)
    harness.leader("9", .sell, lots: 10, filled: 10, age: .seconds(seconds))
    harness.runLanes()
    harness.fillAll()
    #expect(harness.held == (seconds < 10 ? -5 : 0), "\(harness.story)")
  }

  @Test("two reversals that are seen together are followed, and nobody is told of lots that were left long ago")
  func reversedTwice() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(10)
    harness.fillsAtOnce = false
    harness.leader("8", .sell, lots: 20, filled: 20, age: .seconds(20))
    harness.leader("9", .buy, lots: 20, filled: 20)
    for _ in 0..<3 {
      harness.runLanes()
      harness.fillAll()
    }
    harness.run(for: .seconds(20))
    #expect(harness.placements() == [5, -5, 5] && harness.held == 5, "\(harness.story)")
    #expect(!harness.alertsRaised.contains(.notFlat))
  }

  @Test("rule 9: the opening part of a reversal waits until the closing part is filled") func reversalWaits() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("50", .sell, lots: 5, filled: 5)
    #expect(harness.placements() == [2, -2])
    harness.fill(harness.working[0].correlationID!, lots: 1)
    #expect(harness.placements() == [2, -2])
    harness.fill(harness.working[0].correlationID!, lots: 2)
    #expect(harness.placements() == [2, -2, -3])
  }

  @Test("an order first seen already TRADED is copied while it is fresh") func firstSeenTraded() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4, age: .seconds(5))
    #expect(harness.held == 2)
  }

  @Test("rule 17: an entry older than the limit is forgone; an exit has no age") func age() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4, age: .seconds(11))
    #expect(harness.placements().isEmpty)
    #expect(harness.ends == [.tooOld])
    harness.leader("2", .buy, lots: 4, filled: 4)
    harness.leader("3", .sell, lots: 8, filled: 8, age: .seconds(3_600))
    #expect(harness.held == 0)
    #expect(harness.placements() == [2, -2])
  }

  @Test("rule 21: an entry against an opposite position of the follower's owner is skipped") func ownerOpposite() {
    let key = PositionKey(contract: Harness.nifty, product: .margin)
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), owner: [BaselinePosition(key: key, quantity: Quantity(-65))])
    #expect(harness.steps([2]) == [0])
    #expect(harness.ends == [.skipped(.ownerHoldsOpposite)])
    #expect(harness.ledger.owner == Quantity(-65))
  }

  @Test("a leader order that its broker rejects takes the follower's order back") func leaderRejected() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    harness.leader("1", .buy, lots: 2, status: .rejected)
    #expect(harness.working.isEmpty)
    #expect(harness.ends == [.skipped(.leaderEndedUnfilled)])
  }

  @Test("promise 3: anything that is not an option is recorded and skipped with its reason") func notAnOption() {
    var harness = Harness(ratio: "1")
    let future = PositionKey(
      contract: ContractID(segment: .nseFNO, securityID: "35000", option: nil), product: .margin)
    harness.observe(
      .leaderOrder(
        BrokerOrder(
          orderID: "1", correlationID: nil, key: future, side: .buy, type: .limit, validity: .day,
          quantity: Quantity(65),
          price: Paise(100), status: .pending, updatedAt: harness.time), .stream))
    #expect(harness.ends == [.skipped(.notAnOption)])
    #expect(harness.placements().isEmpty)
  }

  @Test("promise 7: neither age nor close-only, nor that nobody sees the leader, keeps an exit back; an entry they do")
  func exitsGo() {
    for hindrance in [Observation.operatorCommand(.closeOnly, nil), .leaderSight(blindSince: Timestamp.earliest), nil] {
      var harness = Harness(ratio: "1")
      harness.leaderTrades(4)
      if let hindrance { harness.observe(hindrance) }
      harness.leader("8", .buy, lots: 1, filled: 1, age: .seconds(3_600))
      #expect(harness.held == 4)
      harness.leader("9", .sell, lots: 5, filled: 5, age: .seconds(3_600))
      #expect(harness.held == 0, "\(harness.story)")
    }
  }

  @Test(
    "promise 11: lots that the owner trades by hand are never touched, and his trades touch ours only beyond his own")
  func ownersLots() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.ownerTrades(3)
    #expect(harness.ledger.owner == Quantity(195))
    harness.ownerTrades(-1)
    #expect(harness.ledger.owner == Quantity(130) && harness.held == 2)
    #expect(harness.steps([-2]) == [-2])
    #expect(harness.ledger.owner == Quantity(130))
  }
}
