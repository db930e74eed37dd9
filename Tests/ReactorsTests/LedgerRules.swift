import Domain
import Projections
import Reactors
import Testing

/// One test a rule, quoting its number; the vectors and properties stand in files of their own.
@Suite("Rules: ledger") struct LedgerRules {
  @Test(
    "rule 19: what is given back goes at a protected limit while the leader's price is new, and at the band's edge later",
    arguments: [(Int64(10), Int64(9_500)), (70, 8_000)])
  func trueUpPrice(seconds: Int64, price: Int64) {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 8, price: 10_000)
    harness.run(for: .seconds(seconds))
    harness.fillAll()
    harness.leader("1", .buy, lots: 8, price: 10_000, status: .cancelled)
    #expect(harness.prices.last == .limit(Paise(price)), "\(harness.story)")
    #expect(harness.working.map(\.quantity.units) == [4 * 65])
  }

  @Test("rule 1: a true-up is a link of its own and starts only when every other link of the key has settled")
  func ownLink() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.leader("2", .buy, lots: 4)
    harness.fill(harness.working[0].correlationID!)
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    #expect(harness.placements() == [2, 2], "the other link still works")
    harness.leader("2", .buy, lots: 4, status: .cancelled)
    #expect(harness.placements() == [2, 2, -2])
    let own = harness.ledger.links.last
    #expect(own?.leaderOrder == nil && own?.origin.ownPurpose == .trueUp)
  }

  @Test("rule 14: an exit of our own climbs on where its order had as many changes as the broker allows")
  func ownExitClimbsOn() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.fill(harness.working[0].correlationID!)
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    var prices: [Paise] = []
    for _ in 0..<60 {
      harness.run(for: .seconds(1))
      prices += harness.working.map(\.price)
    }
    #expect(zip(prices, prices.dropFirst()).allSatisfy { $0 >= $1 }, "\(prices)")
    #expect(prices[0] - prices[prices.count - 1] > Paise(20 * 4 * 5), "\(prices)")
  }

  @Test("rule 3: lots that a refusal cost are forgone until flat; the leader's next entry brings only its own")
  func forgone() {
    var harness = Harness(ratio: "1/2")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.refuseNewest()
    harness.acceptsAtOnce = true
    #expect(harness.steps([2]) == [1])
    #expect(harness.steps([-6]) == [-1])
    #expect(harness.held == 0)
    // Flat: the slate is clean.
    #expect(harness.steps([4]) == [2])
  }

  @Test("rule 4: a limit binds increases only and never an exit") func limitsBindIncreases() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumLotsPerOrder: Lots(2)))
    #expect(harness.steps([2, 2, 2]) == [2, 2, 2])
    #expect(harness.steps([-6]) == [-6])
  }

  @Test("rule 5: a refused exit is not tried again until another total is desired, and a person is called")
  func refusedExit() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.acceptsAtOnce = false
    harness.leader("800", .sell, lots: 2, filled: 2)
    harness.refuseNewest()
    let mark = harness.log.count
    harness.observe(.clock(due: "look"))
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.ledger.alerts.contains(.exitRefused))
    harness.acceptsAtOnce = true
    harness.leader("801", .sell, lots: 2, filled: 2)
    #expect(harness.held <= 2, "the new exit went out")
  }

  @Test("rule 5: a 200 to a modification is no outcome; the picture is, and the child waits for it")
  func modifyAccepted() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, price: 10_005)
    guard case .modificationRequested(let request)? = harness.log.last else {
      Issue.record("no modification was asked for")
      return
    }
    harness.observe(.accepted("asha", request.requestID, harness.working[0].orderID))
    harness.leader("1", .buy, lots: 4, price: 10_010)
    #expect(harness.modifications == [10_005], "nothing more is asked while the first is not seen")
    var seen = harness.working[0]
    seen.price = Paise(10_005)
    seen.updatedAt = harness.time
    harness.observe(.followerOrder("asha", seen, .stream))
    harness.run(for: .seconds(1))
    #expect(harness.modifications == [10_005, 10_010])
  }

  @Test("rule 5: a modification that the exchange refused late is not asked again; the next change is")
  func lateRefusal() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, price: 99_000)
    guard case .modificationRequested(let request)? = harness.log.last else { return }
    var order = harness.working[0]
    harness.observe(.accepted("asha", request.requestID, order.orderID))
    order.reason = "RMS: price beyond the band"
    order.updatedAt = harness.time
    harness.observe(.followerOrder("asha", order, .stream))
    #expect(harness.modifications == [99_000])
    harness.leader("1", .buy, lots: 4, price: 10_005)
    harness.run(for: .seconds(1))
    #expect(harness.modifications == [99_000, 10_005])
  }

  @Test(
    "rule 9: where an entry waits while an order rests that would turn the position, no episode is opened only to be closed"
  )
  func turningWhileWaiting() {
    var harness = Harness(ratio: "1")
    harness.observe(.started(version: "again"))
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .sell, lots: 3)
    let mark = harness.log.count
    harness.leader("2", .sell, lots: 9)
    harness.leader("2", .sell, lots: 10)
    let opened = harness.log[mark...].count { if case .episodeOpened = $0 { true } else { false } }
    #expect(opened <= 1)
  }

  @Test(
    "rule 32: a trade of the owner's that turns up late and is older gives ours back: his other one closed his own lots",
    arguments: [1, -1] as [Int64])
  func ownerTradeComesLate(sign: Int64) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(5 * sign)
    harness.run(for: .seconds(10))
    let bought = harness.time
    harness.run(for: .seconds(10))
    harness.ownerTrades(-5 * sign)
    #expect(harness.held == 0)
    harness.run(for: .seconds(2))
    harness.ownerTrades(5 * sign, at: bought)
    #expect(harness.held == 5 * sign && harness.ledger.owner == .zero)
    let mark = harness.log.count
    harness.leaderTrades(-5 * sign)
    #expect(harness.placements(since: mark) == [-5 * sign])
    #expect(harness.held == 0 && harness.ledger.owner == .zero && harness.ledger.episode == nil)
  }

  @Test("rule 32: what the owner buys after he closed ours is his, and stays") func ownerBuysAfterwards() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(5)
    harness.run(for: .seconds(10))
    harness.ownerTrades(-5)
    harness.run(for: .seconds(10))
    harness.ownerTrades(5)
    #expect(harness.held == 0 && harness.ledger.owner == Quantity(5 * 65))
    #expect(harness.steps([-5]) == [0])
  }

  @Test("rule 32: ours that came back after the leader had left are closed all the same") func ownerTradeComesTooLate()
  {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(5)
    harness.run(for: .seconds(10))
    let bought = harness.time
    harness.run(for: .seconds(10))
    harness.ownerTrades(-5)
    #expect(harness.steps([-5]) == [0])
    harness.run(for: .seconds(2))
    harness.ownerTrades(5, at: bought)
    harness.run(for: .seconds(2))
    #expect(harness.held == 0 && harness.ledger.owner == .zero, "\(harness.story)")
    #expect(harness.placements() == [5, -5])
  }
}
