import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 7: what looks like an opening and may be none") struct OpeningQuestionRules {
  @Test(
    "rule 7: what closes an order whose fill is told late opens nothing; the leader's book tells",
    arguments: [CopyMode.placement, .fill], [Side.buy, .sell])
  func fillToldLate(mode: CopyMode, side: Side) {
    var harness = Harness(ratio: "1/2", mode: mode)
    harness.leader("1", side, lots: 10)
    harness.leader("2", side.opposite, lots: 10)
    harness.leader("2", side.opposite, lots: 10, filled: 10)
    let mark = harness.log.count
    #expect(harness.held == 0, "\(harness.story)")
    // A book that was asked for before tells nothing.
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time + .milliseconds(-5)))
    harness.run(for: .milliseconds(300))
    harness.leader("1", side, lots: 10, filled: 10)
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.run(for: .seconds(20))
    #expect(harness.placements(since: mark) == [] && harness.held == 0, "\(harness.story)")
  }

  @Test(
    "rule 7: an entry that still waits for its margin waits for the book too, when an older order is told of after it")
  func toldInTheWrongOrder() {
    var harness = Harness(
      Sizing(strategy: .riskBased(.fixed(leader: .rupees(1), follower: .rupees(500_000)), share: Ratio("9/10")!)))
    harness.leader("2", .sell, lots: 3)
    harness.leader("1", .buy, lots: 3)
    harness.observe(.margin("asha", harness.contract, perLot: .rupees(148_000)))
    #expect(harness.placements().allSatisfy { $0 > 0 }, "\(harness.story)")
    harness.leader("1", .buy, lots: 3, filled: 3)
    harness.leader("2", .sell, lots: 3, filled: 3)
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.run(for: .seconds(20))
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test(
    "rules 17 and 33: what rested before a gap is entered when the leader's book has shown that it still does",
    arguments: [true, false], [true, false])
  func restedBeforeAGap(isStart: Bool, isCancelled: Bool) {
    var harness = Harness(
      Sizing(strategy: .riskBased(.fixed(leader: .rupees(1), follower: .rupees(500_000)), share: Ratio("9/10")!)))
    harness.observe(.stream(.leader, isConnected: true, reason: ""))
    harness.observe(.leaderBookRead(orders: 0, askedAt: harness.time))
    harness.leader("1", .sell, lots: 3)
    if isStart {
      harness.observe(.started(version: "test"))
      harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time))
    } else {
      harness.observe(.stream(.leader, isConnected: false, reason: "gone"))
    }
    harness.observe(.margin("asha", harness.contract, perLot: .rupees(148_000)))
    #expect(harness.placements() == [], "\(harness.story)")
    if isCancelled { harness.leader("1", .sell, lots: 3, status: .cancelled) }
    harness.observe(.leaderBookRead(orders: 1, askedAt: harness.time))
    harness.run(for: .seconds(1))
    #expect(harness.placements() == (isCancelled ? [] : [-3]), "\(harness.story)")
  }

  @Test("rule 7: two fills told late: what adds to a position that he never had opens nothing")
  func twoFillsToldLate() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 1)
    harness.leader("2", .sell, lots: 1, filled: 1)
    harness.leader("3", .buy, lots: 1)
    harness.leader("4", .sell, lots: 1)
    #expect(harness.placements() == [], "\(harness.story)")
    harness.leader("1", .buy, lots: 1, filled: 1)
    harness.leader("3", .buy, lots: 1, filled: 1)
    harness.observe(.leaderBookRead(orders: 4, askedAt: harness.time))
    harness.leader("4", .sell, lots: 1, filled: 1)
    harness.run(for: .seconds(20))
    #expect(harness.placements().allSatisfy { $0 > 0 } && harness.held == 0, "\(harness.story)")
  }

  @Test("rule 7: what opens beside an order that really rests opens as soon as the leader's book has told")
  func otherRests() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10, price: 9_000)
    harness.leader("2", .sell, lots: 10, filled: 10)
    #expect(harness.placements() == [5])
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.runLanes()
    #expect(harness.placements() == [5, -5], "\(harness.story)")
  }

  @Test("rule 7: of a book that tells of what nobody saw an opening waits for the rows that follow")
  func bookOfAnOutage() {
    var harness = Harness(ratio: "2")
    func order(_ id: OrderID, _ side: Side, filled: Int64, of lots: Int64) -> BrokerOrder {
      BrokerOrder(
        orderID: id, correlationID: nil, key: harness.key, side: side, type: .limit, validity: .day,
        quantity: Quantity(lots * Harness.lot), price: Paise(10_000), filled: Quantity(filled * Harness.lot),
        status: filled == lots ? .traded : .cancelled, updatedAt: harness.time)
    }
    // The entry was taken back after the exit had filled, so that its row is the newer one.
    harness.observe(.leaderOrder(order("2", .sell, filled: 1, of: 1), .book))
    harness.observe(.leaderOrder(order("1", .buy, filled: 2, of: 6), .book))
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.run(for: .seconds(5))
    #expect(harness.placements().allSatisfy { $0 > 0 }, "\(harness.story)")
  }

  @Test("rule 7: an order that rested opens nothing between the rows of a book of which a later one ends it")
  func endedInALaterRow() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .sell, lots: 4, price: 11_000)
    harness.leader("2", .buy, lots: 4, price: 10_500, type: .stopLoss, trigger: 10_400)
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    #expect(harness.placements() == [-2], "\(harness.story)")
    func ended(_ id: OrderID, _ side: Side, _ status: OrderStatus) -> BrokerOrder {
      BrokerOrder(
        orderID: id, correlationID: nil, key: harness.key, side: side, type: side == .sell ? .limit : .stopLoss,
        validity: .day, quantity: Quantity(4 * Harness.lot), price: Paise(side == .sell ? 11_000 : 10_500),
        triggerPrice: Paise(side == .sell ? 0 : 10_400), filled: .zero, status: status, updatedAt: harness.time)
    }
    // Somebody took ours away meanwhile.
    harness.cancelByBroker(harness.working[0].correlationID!)
    harness.time = harness.time + .seconds(1)
    harness.observe(.leaderOrder(ended("1", .sell, .cancelled), .book))
    harness.observe(.leaderOrder(ended("2", .buy, .rejected), .book))
    harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
    harness.run(for: .seconds(5))
    #expect(harness.placements() == [-2], "\(harness.story)")
  }

  @Test("rule 7: what the stream tells after a gap opens when the book has told of the gap")
  func afterAGap() {
    var harness = Harness(ratio: "1/2")
    harness.observe(.stream(.leader, isConnected: true, reason: ""))
    harness.observe(.leaderBookRead(orders: 0, askedAt: harness.time))
    harness.leader("1", .buy, lots: 4, filled: 4)
    #expect(harness.held == 2, "nothing was missed")
    harness.observe(.stream(.leader, isConnected: false, reason: "gone"))
    harness.observe(.stream(.leader, isConnected: true, reason: ""))
    let asked = harness.time
    harness.leader("2", .buy, lots: 4, filled: 4)
    #expect(harness.held == 2)
    harness.observe(.leaderBookRead(orders: 2, askedAt: asked))
    harness.runLanes()
    #expect(harness.held == 4, "\(harness.story)")
  }

  @Test("rule 7: a target that the leader has taken back, unseen, opens nothing when he left otherwise")
  func cancelToldLate() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(10)
    harness.fillsAtOnce = false
    harness.leader("8", .sell, lots: 10, price: 11_000)
    harness.leader("9", .sell, lots: 10, price: 0, status: .transit, type: .market, reference: 10_000)
    harness.leader("9", .sell, lots: 10, filled: 10, price: 9_990, type: .market)
    harness.fillsAtOnce = true
    harness.fillAll()
    harness.run(for: .milliseconds(300))
    #expect(harness.held == 0 && harness.working.isEmpty, "\(harness.story)")
    harness.leader("8", .sell, lots: 10, price: 11_000, status: .cancelled)
    harness.run(for: .seconds(20))
    #expect(harness.held == 0, "\(harness.story)")
  }
}
