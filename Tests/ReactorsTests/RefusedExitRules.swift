import Domain
import Projections
import Reactors
import Testing

extension Harness {
  /// Fills what works and waits for no trigger.
  fileprivate mutating func fillLimits() {
    for order in working where order.triggerPrice == .zero { if let label = label(of: order.orderID) { fill(label) } }
    runLanes()
  }
}

/// Exits of several orders of which some are refused (rules 5, 16 and 24).
@Suite("Rule 5: refused exits") struct RefusedExitRules {
  /// Eight lots are held, and two orders of four are out for their exit.
  private func leaving() -> Harness {
    var harness = Harness(ratio: "1", freeze: 65 * 4)
    harness.leaderTrades(8)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 8, price: 11_000)
    return harness
  }

  @Test("where each of several orders is refused, none is tried again, and a person is called") func all() {
    var harness = leaving()
    let mark = harness.log.count
    harness.rejectNewest()
    harness.rejectNewest()
    harness.run(for: .seconds(60))
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.openAlerts.contains(.exitRefused))
    harness.leader("9", .sell, lots: 8, price: 11_000, status: .cancelled)
    harness.fillsAtOnce = true
    harness.leader("10", .sell, lots: 8, filled: 8)
    #expect(harness.held == 0, "another order of the leader's is another wish")
  }

  @Test(
    "what was refused of an exit does not hold back the rest of it: that shrinks, and grows again with the leader's")
  func theRest() {
    var harness = leaving()
    harness.rejectNewest()
    #expect(harness.openAlerts.contains(.exitRefused), "also while the other part rests")
    harness.leader("9", .sell, lots: 2, price: 11_000)
    harness.runLanes()
    #expect(harness.working.map(\.quantity.units) == [2 * 65])
    harness.leader("9", .sell, lots: 8, price: 11_000)
    harness.runLanes()
    harness.run(for: .seconds(2))
    #expect(harness.working.reduce(0) { $0 + $1.quantity.units } == 8 * 65, "he wanted something else meanwhile")
    #expect(!harness.openAlerts.contains(.exitRefused))
    harness.leader("9", .sell, lots: 8, price: 10_500)
    harness.run(for: .seconds(2))
    #expect(harness.working.allSatisfy { $0.price.count == 10_500 })
    harness.leader("9", .sell, lots: 8, filled: 8, price: 10_500)
    harness.fillAll()
    #expect(harness.held == 0)
  }

  /// Four lots are held, and their protective stop was refused in words that nobody knows.
  private func unprotected() -> Harness {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 4, price: 7_900, type: .stopLoss, trigger: 8_000)
    harness.rejectNewest("RMS:9:The moon is in the seventh house")
    return harness
  }

  @Test("a refused stop is asked for once more when the leader moves his, and only then", arguments: [true, false])
  func moved(trigger: Bool) {
    var harness = unprotected()
    let mark = harness.log.count
    harness.run(for: .seconds(60))
    #expect(harness.placements(since: mark).isEmpty && harness.openAlerts.contains(.exitRefused))
    harness.leader(
      "9", .sell, lots: 4, price: trigger ? 7_900 : 7_950, type: .stopLoss, trigger: trigger ? 8_100 : 8_000)
    #expect(harness.placements(since: mark) == [-4])
    #expect(harness.prices.last?.trigger == Paise(trigger ? 8_100 : 8_000))
    harness.run(for: .seconds(60))
    #expect(harness.placements(since: mark) == [-4] && !harness.openAlerts.contains(.exitRefused))
  }

  @Test("what was refused of a total takes nothing back of what works of it later") func workingStays() {
    var harness = unprotected()
    harness.leader("10", .sell, lots: 2, filled: 2)
    harness.fillLimits()
    #expect(harness.held == 2 && harness.working.map(\.quantity.units) == [2 * 65], "its stop is another one now")
    harness.leader("11", .buy, lots: 2, filled: 2)
    harness.observe(.leaderBookRead(orders: 4, askedAt: harness.time))
    harness.fillLimits()
    harness.run(for: .seconds(5))
    #expect(harness.held == 4 && harness.cancels == 0, "\(harness.story)")
    #expect(harness.working.map(\.quantity.units) == [4 * 65])
  }

  /// A stop for eight lots works, and the broker changes nothing of it any more.
  private func unchangeable() -> Harness {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(8)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 8, price: 7_900, type: .stopLoss, trigger: 8_000)
    harness.run(for: .seconds(1))
    harness.acceptsAtOnce = false
    return harness
  }

  @Test("rule 10: an exit that the broker does not make smaller is taken back, and what is left of it asked for anew")
  func notSmaller() {
    var harness = unchangeable()
    harness.leader("9", .sell, lots: 4, price: 7_900, type: .stopLoss, trigger: 8_000)
    #expect(harness.changes == [4])
    harness.acceptsAtOnce = true
    harness.refuseNewestChange("DH-906 The moon is in the seventh house")
    harness.run(for: .seconds(10))
    #expect(harness.cancels == 1 && harness.working.map(\.quantity.units) == [4 * 65], "\(harness.story)")
  }

  @Test(
    "a stop that is not changed while the leader trails his is told of, however often he moves",
    arguments: [true, false])
  func trailed(refused: Bool) {
    var harness = unchangeable()
    for step in 1...5 {
      harness.leader(
        "9", .sell, lots: 8, price: Int64(7_900 + 100 * step), type: .stopLoss, trigger: Int64(8_000 + 100 * step))
      harness.run(for: .seconds(1))
      if refused {
        harness.refuseNewestChange("DH-906 The moon is in the seventh house")
      } else if let request = harness.newestChange, let order = harness.working.last {
        harness.observe(.accepted("asha", request.requestID, order.orderID))
        harness.readTwice()
      }
      harness.run(for: .seconds(1))
    }
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("rule 14: a stop that is replaced when the leader is out is no stop again") func replacedStop() {
    var harness = unchangeable()
    harness.leader("9", .sell, lots: 8, filled: 8, price: 7_900, type: .limit, trigger: 8_000)
    for _ in 0..<30 where harness.cancels == 0 {
      harness.run(for: .seconds(3))
      harness.refuseNewestChange("DH-905 Modification limit reached")
    }
    harness.acceptsAtOnce = true
    for label in harness.broker.keys.sorted() where harness.broker[label]?.status == .pending {
      harness.cancelByBroker(label)
    }
    harness.run(for: .seconds(1))
    #expect(harness.working.map(\.triggerPrice) == [.zero], "\(harness.story)")
  }

  @Test("a refused stop of which the leader's was met leaves with him", arguments: [true, false])
  func met(told: Bool) {
    var harness = unprotected()
    if told { harness.leader("9", .sell, lots: 4, price: 7_900, status: .triggered, type: .limit, trigger: 8_000) }
    harness.leader("9", .sell, lots: 4, filled: 4, price: 7_900, type: .limit, trigger: 8_000)
    harness.run(for: .seconds(1))
    harness.fillAll()
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test("a refusal that comes when the leader has moved on is one of what nobody wants any more") func lateRefusal() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.acceptsAtOnce = false
    harness.leader("9", .sell, lots: 4, price: 7_900, type: .stopLoss, trigger: 8_000)
    let mark = harness.log.count
    harness.leader("9", .sell, lots: 4, price: 8_000, type: .stopLoss, trigger: 8_100)
    harness.refuseNewest()
    #expect(harness.placements(since: mark) == [-4])
    #expect(harness.prices.last?.trigger == Paise(8_100))
  }

  @Test("a MARKET exit that is refused is not asked for again because the leader's fills") func market() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 4, price: 0, status: .transit, type: .market, reference: 10_000)
    harness.rejectNewest("RMS:9:The moon is in the seventh house")
    let mark = harness.log.count
    harness.leader("9", .sell, lots: 4, filled: 4, price: 9_990, type: .market)
    harness.run(for: .seconds(60))
    #expect(harness.placements(since: mark).isEmpty && harness.openAlerts.contains(.exitRefused))
  }

  @Test("rule 10: what was refused of one exit leaves with the leader's next: both reach zero together")
  func nextOrder() throws {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(8)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 4, filled: 4)
    harness.rejectNewest()
    harness.leader("10", .sell, lots: 4)
    harness.fill(try #require(harness.working.first?.correlationID))
    harness.run(for: .seconds(5))
    #expect(harness.held == 2, "it filled ahead, and so the half that he has left is out")
    #expect(harness.working.map(\.open) == [harness.lotSize.quantity(of: Lots(2))])
    harness.leader("10", .sell, lots: 4, filled: 4)
    harness.fillAll()
    #expect(harness.held == 0 && !harness.openAlerts.contains(.exitRefused), "\(harness.story)")
  }

  @Test("rule 36: a resume catches up the exit of an old reversal, and opens nothing") func resumedReversal() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(-6)
    harness.fillsAtOnce = false
    harness.leader("9", .buy, lots: 10, filled: 10)
    harness.rejectNewest()
    harness.run(for: .seconds(30))
    harness.fillsAtOnce = true
    harness.observe(.operatorCommand(.running, nil))
    harness.run(for: .seconds(5))
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test("a person who resumes lets a refused exit be tried once more", arguments: [nil, "asha"] as [FollowerName?])
  func resumed(follower: FollowerName?) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leaderTrades(-4)
    harness.rejectNewest()
    let mark = harness.log.count
    harness.observe(.operatorCommand(.running, follower))
    #expect(harness.placements(since: mark) == [-4])
    harness.fillAll()
    #expect(harness.held == 0 && !harness.openAlerts.contains(.exitRefused))
  }
}
