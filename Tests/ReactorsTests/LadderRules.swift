import Domain
import Reactors
import Testing

@Suite("Rules: exits finish (14), entries that rest behind the leader (18)") struct LadderRules {
  /// A follower who holds four lots; the leader exits at 100.00, and the follower's exit rests there.
  private func exiting(_ side: Side = .sell, exits: ExitSettings = ExitSettings()) throws -> Harness {
    var harness = Harness(Sizing(strategy: .fixedRatio(try #require(Ratio("1")))), exits: exits)
    harness.leader("1", side.opposite, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", side, lots: 4)
    harness.leader("2", side, lots: 4, filled: 4)
    return harness
  }

  @Test("rule 14: an exit that has become a limit does not become a stop again because the leader's order was one")
  func cancelledStop() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), trueUp: .keep)
    harness.leader("1", .buy, lots: 4)
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    #expect(harness.held == 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 2, filled: 2)
    harness.leader("3", .sell, lots: 2, price: 9_000, type: .stopLoss, trigger: 9_100)
    harness.leader("3", .sell, lots: 2, price: 9_000, status: .cancelled, type: .stopLoss, trigger: 9_100)
    harness.run(for: .seconds(20))
    let isLimit = harness.prices.map { $0.trigger == nil }
    #expect(isLimit.contains(false), "it begins as the stop that the leader's was: \(harness.story)")
    let stops = isLimit.lastIndex(of: false) ?? 0
    #expect(isLimit.suffix(from: stops + 1).count > 4, "\(harness.prices)")
    harness.fillAll()
    #expect(harness.held == 0)
  }

  @Test(
    "rule 14: two seconds after the leader's fill a resting exit goes four ticks, then every two seconds",
    arguments: [Side.sell, .buy])
  func steps(side: Side) throws {
    var harness = try exiting(side)
    let sign = -side.sign * -1
    let before = harness.asked.count
    harness.run(for: .milliseconds(1_900))
    #expect(harness.asked.count == before)
    harness.run(for: .milliseconds(200))
    #expect(harness.prices.last == .limit(Paise(10_000 + sign * 20)))
    #expect(harness.asked.last?.why.rule == 14)
    #expect(harness.asked.last?.why.bound == Paise(10_000 + sign * 2_000))
    harness.run(for: .seconds(4))
    #expect(harness.prices.suffix(2) == [.limit(Paise(10_000 + sign * 40)), .limit(Paise(10_000 + sign * 60))])
    harness.fillAll()
    #expect(harness.held == 0 && harness.ledger.episode == nil)
  }

  @Test("promise 6: five seconds after the leader is out a person knows what is still held, and again when it is over")
  func late() throws {
    var harness = try exiting()
    harness.run(for: .milliseconds(4_900))
    #expect(harness.openAlerts == [])
    harness.run(for: .milliseconds(200))
    #expect(harness.openAlerts == [.notFlat])
    harness.fillAll()
    #expect(harness.held == 0 && harness.openAlerts == [])
  }

  @Test(
    "rule 14: what is left of a target goes to the price at which the leader's stop got him out, and on from there",
    arguments: [true, false])
  func targetLeftBehind(isCancelled: Bool) throws {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(10)
    harness.fillsAtOnce = false
    harness.leader("8", .sell, lots: 10, price: 13_950, type: .stopLoss, trigger: 14_000)
    harness.leader("9", .sell, lots: 10, price: 16_000)
    harness.leader("9", .sell, lots: 10, filled: 4, price: 16_000)
    let target = try #require(harness.working.first { $0.price == Paise(16_000) })
    harness.run(for: .seconds(10))
    #expect(harness.working.contains { $0.price == target.price }, "the leader's rests there too")
    harness.leader("8", .sell, lots: 6, filled: 6, price: 13_980, type: .stopLoss, trigger: 14_000)
    if isCancelled { harness.leader("9", .sell, lots: 10, filled: 4, price: 16_000, status: .cancelled) }
    harness.fill(try #require(harness.working.first { $0.triggerPrice > .zero }.flatMap(\.correlationID)))
    harness.run(for: .seconds(3))
    let first = try #require(harness.working.first?.price)
    #expect(harness.working.count == 1 && first <= Paise(13_980) && first >= Paise(13_940), "\(harness.story)")
    harness.run(for: .seconds(2))
    #expect(harness.working.allSatisfy { $0.price < first }, "\(harness.story)")
  }

  @Test("rule 14: an exit whose market ran away while the leader got out goes to his price at once") func ranAway() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(10)
    harness.fillsAtOnce = false
    harness.leader("8", .sell, lots: 10, price: 0, status: .transit, type: .market, reference: 15_600)
    harness.leader("8", .sell, lots: 10, filled: 10, price: 14_000, type: .market)
    harness.run(for: .seconds(3))
    #expect(harness.working.map(\.price) == [Paise(14_000)], "\(harness.story)")
  }

  @Test(
    "rule 14: where the exchange refuses the price at which the leader got out, the exit goes on from where it rests")
  func cameBack() {
    var harness = Harness(ratio: "1/2")
    harness.leaderTrades(10)
    harness.fillsAtOnce = false
    harness.leader("8", .sell, lots: 10, price: 0, status: .transit, type: .market, reference: 15_600)
    let first = harness.working[0].price
    harness.leader("8", .sell, lots: 10, filled: 10, price: 13_000, type: .market)
    harness.acceptsAtOnce = false
    harness.run(for: .milliseconds(2_100))
    guard case .modificationRequested(let leap)? = harness.log.last(where: { $0.type == .modificationRequested }) else {
      Issue.record("no step")
      return
    }
    #expect(leap.terms.price == .limit(Paise(13_000)))
    harness.observe(.refused("asha", leap.requestID, .other, text: "DH-906 outside the price band"))
    harness.acceptsAtOnce = true
    harness.run(for: .seconds(2))
    #expect(harness.working.map(\.price) == [first - Paise(20)], "\(harness.story)")
    harness.run(for: .seconds(2))
    #expect(harness.working.map(\.price) == [first - Paise(40)], "\(harness.story)")
  }

  @Test("rule 14: a step that the broker refuses is passed over, and the next one is taken") func refusedStep() throws {
    var harness = try exiting()
    harness.acceptsAtOnce = false
    harness.run(for: .milliseconds(2_100))
    guard case .modificationRequested(let request)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no step")
      return
    }
    #expect(request.terms.price == .limit(Paise(9_980)))
    harness.observe(.refused("asha", request.requestID, .other, text: "DH-906 no"))
    harness.acceptsAtOnce = true
    harness.run(for: .seconds(2))
    #expect(harness.prices.last == .limit(Paise(9_960)))
  }

  @Test("rule 14: while the leader's exit still rests, ours waits with it") func waits() throws {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4)
    harness.leader("2", .sell, lots: 4, filled: 2)
    let before = harness.asked.count
    harness.run(for: .seconds(60))
    #expect(harness.asked.count == before)
  }

  @Test("rule 14: at the end of its band the exit keeps resting and a person is called; a fill clears the alert")
  func exhausted() throws {
    let band = try #require(Ratio(1, 100))
    var harness = try exiting(exits: ExitSettings(band: band))
    harness.run(for: .seconds(60))
    #expect(harness.prices.last == .limit(Paise(9_900)))
    #expect(harness.openAlerts == [.exitExhausted, .notFlat])
    let asked = harness.asked.count
    harness.run(for: .seconds(60))
    #expect(harness.asked.count == asked, "nothing more is asked for")
    #expect(harness.working.count == 1)
    harness.fillAll()
    #expect(harness.held == 0 && harness.openAlerts == [])
  }

  @Test("rule 14: after twenty modifications a cancel and a new order take over, and the ladder goes on where it was")
  func replaced() throws {
    var harness = try exiting()
    harness.run(for: .seconds(120))
    let labels = Set(harness.broker.values.filter { $0.side == .sell }.compactMap(\.correlationID))
    #expect(labels.count >= 2, "the cap of 25 is never reached")
    #expect(harness.working.count == 1 && harness.openAlerts == [.notFlat])
    let limits = harness.asked.dropFirst().map(\.terms.price.limit)
    #expect(limits == limits.sorted(by: >), "no step goes back")
    #expect(limits.last ?? .zero < Paise(9_000))
    harness.fillAll()
    #expect(harness.held == 0 && harness.ends.count == 2)
  }

  @Test("rule 13: a stop that still waits although the leader's has filled becomes an order of the book") func stop() {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, price: 9_400, type: .stopLoss, trigger: 9_500)
    harness.leader("2", .sell, lots: 4, filled: 4, price: 9_400, type: .stopLoss, trigger: 9_500)
    harness.run(for: .seconds(3))
    #expect(harness.prices.last?.trigger == nil)
    harness.fillAll()
    #expect(harness.held == 0)
  }

  @Test("rule 14: an immediate exit that found nobody rests from then on") func immediate() {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, validity: .immediateOrCancel)
    harness.leader("2", .sell, lots: 4, filled: 4, validity: .immediateOrCancel)
    harness.cancelByBroker(harness.working[0].correlationID!)
    #expect(harness.asked.map(\.terms.validity) == [.day, .immediateOrCancel, .day])
    harness.fillAll()
    #expect(harness.held == 0 && harness.openAlerts == [])
  }

  @Test(
    "rule 10: while nobody has told the end of his immediate exit, no order takes the place of ours, which has ended",
    arguments: [Int64(1), 2, 4])
  func immediateInPart(filled: Int64) throws {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, filled: 1, validity: .immediateOrCancel)
    let label = try #require(harness.working[0].correlationID)
    harness.fill(label, lots: 2)
    harness.cancelByBroker(label)
    harness.runLanes()
    #expect(harness.placements() == [4, -4])
    harness.leader(
      "2", .sell, lots: 4, filled: filled, status: filled < 4 ? .cancelled : nil, validity: .immediateOrCancel)
    harness.fillAll()
    #expect(harness.held == 4 - max(2, filled), "\(harness.story)")
    #expect(harness.ledger.links.allSatisfy { $0.end != nil })
  }

  @Test("rule 5: an exit that is taken away is placed again three times, then a person is called") func takenAway()
    throws
  {
    var harness = try exiting()
    for _ in 0..<4 { if let label = harness.working.first?.correlationID { harness.cancelByBroker(label) } }
    #expect(harness.working.isEmpty && harness.held == 4)
    #expect(harness.openAlerts.contains(.exitRefused))
  }

  @Test("promise 6: what is held on a side on which the leader has nothing is closed by a link of our own")
  func repair() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio("1")!)), exits: ExitSettings(alternatives: .all))
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, price: 9_400, type: .stopLoss, trigger: 9_500)
    harness.leader("3", .sell, lots: 4, price: 11_000)
    #expect(harness.working.map(\.type) == [.stopLoss, .limit], "rule 12, all: both rest")
    let labels = harness.working.map { $0.correlationID! }
    // Both fill at the exchange before either can be taken back.
    harness.acceptsAtOnce = false
    harness.leader("3", .sell, lots: 4, filled: 4, price: 11_000)
    harness.leader("2", .sell, lots: 4, price: 9_400, status: .cancelled, type: .stopLoss, trigger: 9_500)
    harness.fill(labels[1])
    harness.acceptsAtOnce = true
    harness.fill(labels[0])
    #expect(harness.placements() == [4, -4, -4, 4])
    harness.run(for: .seconds(4))
    #expect(!harness.openAlerts.contains(.notFlat))
    harness.run(for: .seconds(2))
    #expect(harness.openAlerts.contains(.notFlat), "what does not fill is told after five seconds")
    harness.fillAll()
    #expect(!harness.openAlerts.contains(.notFlat))
    #expect(harness.held == 0)
    #expect(harness.placements().reduce(0, +) == 0)
  }

  @Test("rule 39: ladders leave a tenth of every budget to new exits and cancels") func laddersLeaveRoom() {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 8, filled: 8, price: 100_000)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, filled: 4, price: 100_000)
    // Two seconds a step: without a reserve the ladder spends the thousand calls of an hour in half of it.
    harness.run(for: .seconds(2_300))
    #expect(harness.modifications.count > 800, "the ladder still climbs")
    let mark = harness.log.count
    harness.leader("3", .sell, lots: 4, filled: 4, price: 100_000)
    #expect(harness.placements(since: mark) == [-4])
    #expect(harness.log.last { $0.type == .placementRequested }.flatMap(\.leavesAtOnce) == true)
  }

  @Test("promise 6: an exit that waits in the lane while the leader is out is told to a person") func heldUp() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.acceptsAtOnce = false
    harness.leaderTrades(-4)
    guard case .placementRequested(let request)? = harness.log.last(where: { $0.type == .placementRequested }) else {
      Issue.record("no exit")
      return
    }
    harness.observe(.refused("asha", request.requestID, .deadToken, text: "DH-901 token"))
    #expect(!harness.ledger.alerts.contains(.notFlat), "a moment's pause is nobody's business")
    harness.run(for: .seconds(6))
    #expect(harness.ledger.alerts.contains(.notFlat))
  }

  @Test("rule 14: at the cap the ladder goes on where it was, although another child of the exit has filled since")
  func twoChildren() throws {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), freeze: 3 * 65)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4)
    harness.leader("2", .sell, lots: 4, filled: 4)
    let small = try #require(harness.working.first { $0.quantity == Quantity(65) }?.correlationID)
    harness.fill(small)
    harness.run(for: .seconds(50))
    let prices = harness.prices.map(\.limit.count)
    #expect(prices.count > 22, "\(prices)")
    #expect(prices == prices.sorted(by: >), "no step goes back: \(prices)")
  }
}

extension Event {
  fileprivate var leavesAtOnce: Bool? {
    if case .placementRequested(let request) = self { request.leavesAtOnce } else { nil }
  }
}
