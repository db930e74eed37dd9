import Domain
import Projections
import Reactors
import Testing

/// Orders of the leader that are no plain limit: rules 5, 12, 13, 19 and 20.
@Suite("Rules: order types") struct OrderTypeRules {
  private func resting(_ ratio: String = "1") -> Harness {
    var harness = Harness(ratio: ratio)
    harness.fillsAtOnce = false
    return harness
  }

  private func prices(_ harness: Harness) -> [OrderPrice] {
    harness.log.compactMap {
      switch $0 {
      case .placementRequested(let request): request.terms.price
      case .modificationRequested(let request): request.terms.price
      default: nil
      }
    }
  }

  @Test(
    "rules 19 and 20: MARKET goes out at first sight as a LIMIT, bounded by what the market traded at",
    arguments: [(Side.buy, 10_500), (.sell, 9_500)] as [(Side, Int64)])
  func market(side: Side, limit: Int64) {
    var harness = resting()
    harness.leader("1", side, lots: 2, price: 0, status: .transit, type: .market, reference: 10_000)
    #expect(prices(harness) == [.limit(Paise(limit))])
    harness.leader("1", side, lots: 2, filled: 2, price: 10_010, type: .market, reference: 10_020)
    #expect(prices(harness) == [.limit(Paise(limit))], "a fill of the leader's moves nothing")
  }

  @Test("rule 19: a MARKET order without a reference waits for the leader's first trade, and exits do not wait longer")
  func marketWithoutReference() {
    var harness = resting()
    harness.leader("1", .buy, lots: 2, price: 0, status: .transit, type: .market)
    #expect(harness.placements() == [])
    #expect(harness.reasons == [], "it is not given up")
    harness.leader("1", .buy, lots: 2, filled: 1, price: 10_000, type: .market)
    #expect(prices(harness) == [.limit(Paise(10_500))])
    #expect(harness.placements() == [2])
  }

  @Test(
    "rule 1: what rests of an order that became MARKET without any price is taken back with it",
    arguments: [true, false])
  func marketTakenBack(fixed: Bool) {
    var harness = Harness(Sizing(strategy: fixed ? .fixedLots(Lots(4)) : .fixedRatio(.one)))
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2, price: 9_000)
    #expect(harness.placements() == [fixed ? 4 : 2])
    harness.leader("1", .buy, lots: 2, price: 0, type: .market)
    harness.leader("1", .buy, lots: 2, price: 0, status: .cancelled, type: .market)
    harness.runLanes()
    #expect(harness.working.isEmpty, "\(harness.working)")
  }

  @Test("rule 5: the limit that the broker gives a MARKET order is not followed; one that the leader gives it is")
  func convertedMarket() {
    var harness = resting()
    harness.leader("1", .buy, lots: 2, price: 0, status: .transit, type: .market, reference: 10_000)
    harness.leader("1", .buy, lots: 2, price: 11_000, status: .pending, type: .limit)
    #expect(prices(harness) == [.limit(Paise(10_500))])
    harness.leader("1", .buy, lots: 2, price: 10_200, status: .pending, type: .limit)
    #expect(prices(harness).last == .limit(Paise(10_200)))
  }

  @Test("rule 13: a stop goes out with its trigger, and follows trigger and limit until it triggers") func stop() {
    var harness = resting()
    harness.leader("1", .buy, lots: 2, price: 10_600, type: .stopLoss, trigger: 10_500)
    harness.leader("1", .buy, lots: 2, price: 10_600, type: .stopLoss, trigger: 10_550)
    harness.leader("1", .buy, lots: 2, price: 10_650, type: .stopLoss, trigger: 10_550)
    harness.run(for: .seconds(1))
    #expect(
      prices(harness) == [
        .stop(trigger: Paise(10_500), limit: Paise(10_600)), .stop(trigger: Paise(10_550), limit: Paise(10_600)),
        .stop(trigger: Paise(10_550), limit: Paise(10_650)),
      ])
    let before = prices(harness).count
    harness.leader("1", .buy, lots: 2, price: 10_650, status: .triggered, type: .stopLoss, trigger: 10_550)
    harness.leader("1", .buy, lots: 2, filled: 1, price: 10_650, type: .limit, trigger: 10_550)
    #expect(prices(harness).count == before, "the follower's own stop triggers at the exchange")
  }

  @Test(
    "rule 13: a STOP_LOSS_MARKET that the leader makes a LIMIT is one; the broker's own, beyond the trigger, is not followed",
    arguments: [(12_000, true), (7_600, false), (8_400, true), (6_000, true)] as [(Int64, Bool)])
  func stopMadeLimit(price: Int64, isHis: Bool) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("9", .sell, lots: 2, price: 0, type: .stopLossMarket, trigger: 8_000)
    harness.run(for: .seconds(1))
    harness.leader("9", .sell, lots: 2, price: price, type: .limit)
    harness.run(for: .seconds(1))
    #expect(prices(harness).last == (isHis ? .limit(Paise(price)) : .stop(trigger: Paise(8_000), limit: Paise(7_600))))
  }

  @Test(
    "rule 13: a LIMIT that the leader makes a stop after its first fill waits for its trigger, and so does ours",
    arguments: [OrderType.stopLoss, .stopLossMarket], [Side.sell, .buy])
  func limitMadeStop(type: OrderType, side: Side) {
    var harness = Harness(ratio: "1/2")
    harness.leader("8", side.opposite, lots: 8, filled: 8)
    harness.fillsAtOnce = false
    let (limit, trigger, beyond): (Int64, Int64, Int64) =
      side == .sell ? (11_000, 8_000, 7_900) : (9_000, 12_000, 12_100)
    harness.leader("9", side, lots: 8, price: limit)
    harness.leader("9", side, lots: 8, filled: 2, price: limit)
    harness.fill(harness.working[0].correlationID!, lots: 1)
    let price = type == .stopLoss ? beyond : 0
    harness.leader("9", side, lots: 8, filled: 2, price: price, type: type, trigger: trigger)
    harness.run(for: .seconds(5))
    #expect(prices(harness).last?.trigger == Paise(trigger), "\(harness.story)")
    #expect(abs(harness.held) == 3 && harness.working.map(\.quantity.units) == [4 * 65])
    // He arms it anew after a fill of the stop itself.
    harness.leader("9", side, lots: 8, filled: 4, price: price, type: type, trigger: trigger)
    let other = trigger + (side == .sell ? -500 : 500)
    harness.leader("9", side, lots: 8, filled: 4, price: price == 0 ? 0 : other, type: type, trigger: other)
    harness.run(for: .seconds(5))
    #expect(prices(harness).last?.trigger == Paise(other), "\(harness.story)")
  }

  @Test(
    "rule 20: STOP_LOSS_MARKET goes out as a stop with a limit beyond its trigger, on the safe side of the tick",
    arguments: [(Side.buy, 10_500), (.sell, 9_500)] as [(Side, Int64)])
  func stopMarket(side: Side, limit: Int64) {
    var harness = resting()
    harness.leader("1", side, lots: 2, price: 0, type: .stopLossMarket, trigger: 10_000)
    #expect(prices(harness) == [.stop(trigger: Paise(10_000), limit: Paise(limit))])
  }

  @Test("rule 13: a protective stop is scaled as the position grows and shrinks") func protectiveStop() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(8)
    harness.fillsAtOnce = false
    harness.leader("900", .sell, lots: 8, price: 9_000, type: .stopLoss, trigger: 9_100)
    #expect(harness.working.map { $0.quantity.units / Harness.lot } == [4])
    // The leader takes half off and takes the stop down to what is left.
    harness.leader("901", .sell, lots: 4, filled: 4)
    func working(_ type: OrderType) -> [Int64] {
      harness.working.filter { $0.type == type }.map { $0.quantity.units / Harness.lot }
    }
    #expect(working(.stopLoss) == [2], "the stop shrinks first")
    #expect(working(.limit) == [2], "then the exit goes out: together they never exceed the holding")
    harness.leader("900", .sell, lots: 4, price: 9_000, type: .stopLoss, trigger: 9_100)
    harness.fill(harness.working.first { $0.type == .limit }!.correlationID!)
    #expect(harness.held == 2)
    #expect(working(.stopLoss) == [2])
    // He adds, and raises the stop with it.
    harness.leaderTrades(4)
    harness.fill(harness.working.first { $0.side == .buy }!.correlationID!)
    harness.leader("900", .sell, lots: 8, price: 9_000, type: .stopLoss, trigger: 9_100)
    #expect(harness.held == 4)
    harness.run(for: .seconds(1))
    #expect(working(.stopLoss).reduce(0, +) == 4)
  }

  @Test("rule 12: of a stop and a target for the same lots the stop rests, and the target follows the leader's fills")
  func alternatives() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("900", .sell, lots: 4, price: 12_000)
    #expect(harness.working.map(\.type) == [.limit], "alone, the target rests")
    harness.leader("901", .sell, lots: 4, price: 9_000, type: .stopLoss, trigger: 9_100)
    harness.runLanes()
    #expect(harness.working.map(\.type) == [.stopLoss])
    #expect(harness.working.map { $0.quantity.units / Harness.lot } == [4])
    // The target fills at the leader: the stop shrinks first, then the follower's target goes out.
    harness.leader("900", .sell, lots: 4, filled: 4, price: 12_000)
    harness.leader("901", .sell, lots: 4, price: 9_000, status: .cancelled, type: .stopLoss, trigger: 9_100)
    harness.fillAll()
    #expect(harness.held == 0)
  }

  @Test("a stop that waits crosses nothing: an entry goes out beside it") func noCrossing() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("900", .sell, lots: 2, price: 9_000, type: .stopLoss, trigger: 9_100)
    let mark = harness.log.count
    harness.leader("901", .buy, lots: 1, price: 10_000)
    #expect(harness.placements(since: mark) == [1])
  }

  @Test("an IOC order is copied as one; anything else is for the day", arguments: [Validity.immediateOrCancel, .day])
  func validity(validity: Validity) {
    var harness = resting()
    harness.leader("1", .buy, lots: 2, validity: validity)
    #expect(harness.working.map(\.validity) == [validity])
  }

  @Test("rule 20: a MARKET exit goes out at once, without a reference from what the leader last traded at")
  func marketExit() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.leader("900", .sell, lots: 2, price: 0, status: .transit, type: .market)
    #expect(harness.held == 0)
  }

  @Test("an after-market order only waits: it is followed by its fills") func afterMarket() {
    var harness = resting()
    var order = BrokerOrder(
      orderID: "1", correlationID: nil, key: harness.key, side: .buy, type: .limit, validity: .day,
      quantity: Quantity(130), price: Paise(10_000), status: .pending, afterMarket: true, updatedAt: harness.time)
    harness.observe(.leaderOrder(order, .stream))
    #expect(harness.placements() == [])
    order.filled = Quantity(130)
    order.averagePrice = Paise(9_990)
    order.status = .traded
    harness.observe(.leaderOrder(order, .stream))
    #expect(harness.placements() == [2])
  }
}
