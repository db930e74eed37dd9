import Domain
import Projections
import Reactors
import Testing

@Suite("Exits that fill ahead of the leader's") struct AheadExitRules {
  /// The leader holds 8 and rests a target for 4; the follower's copy of it has filled.
  private func stage(_ sign: Int64, _ ratio: String = "1", exits: ExitSettings = ExitSettings()) throws -> Harness {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio(ratio)!), exitRounding: .byRisk), exits: exits)
    harness.leader("1", sign > 0 ? .buy : .sell, lots: 8, filled: 8)
    harness.fillsAtOnce = false
    harness.leader("2", exit(sign), lots: 4, price: 10_000 + sign * 200)
    harness.fill(try #require(harness.working.first?.correlationID))
    return harness
  }

  private func exit(_ sign: Int64) -> Side { sign > 0 ? .sell : .buy }

  private func rests(_ harness: Harness) -> [Int64] {
    harness.working.map { $0.side.sign * $0.open.units / Harness.lot }.sorted()
  }

  @Test(
    "rule 10: what left through a target that he took back is what he leaves otherwise, and a stop for the rest only rests",
    arguments: [1, -1] as [Int64], ["1", "1/2"])
  func takenBack(sign: Int64, ratio: String) throws {
    var harness = try stage(sign, ratio)
    let part = ratio == "1" ? Int64(4) : 2
    harness.leader("2", exit(sign), lots: 4, price: 10_000 + sign * 200, status: .cancelled)
    let mark = harness.log.count
    harness.leader("3", exit(sign), lots: 4, filled: 4)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [] && harness.held == part * sign, "\(harness.story)")
    #expect(harness.ledger.links.last { $0.leaderOrder == "3" }?.end == .skipped(.alreadyLeft))
    let trigger = 10_000 - sign * 1_000
    harness.leader("4", exit(sign), lots: 4, price: trigger - sign * 100, type: .stopLoss, trigger: trigger)
    harness.runLanes()
    #expect(rests(harness) == [-part * sign] && harness.working[0].triggerPrice == Paise(trigger), "\(harness.story)")
    harness.leader(
      "4", exit(sign), lots: 4, filled: 4, price: trigger - sign * 100, type: .stopLoss, trigger: trigger)
    harness.fillAll()
    #expect(harness.held == 0 && harness.ledger.episode == nil)
  }

  @Test(
    "rule 10: the same where he leaves in parts, in pieces, or makes the target smaller",
    arguments: [1, 2, 3] as [Int64])
  func inPieces(piece: Int64) throws {
    var harness = try stage(1)
    harness.leader("2", .sell, lots: 1, price: 10_200)
    var left: Int64 = 0
    for number in 0..<3 where left + piece <= 7 {
      harness.leader(OrderID(stringLiteral: "3\(number)"), .sell, lots: piece, filled: piece)
      left += piece
      for order in harness.working where order.price < Paise(10_200) {
        harness.fill(try #require(order.correlationID))
      }
      #expect(harness.held == min(4, 8 - left), "\(harness.story)")
    }
  }

  @Test(
    "rule 10: the target that still rests is rested for once more when he leaves otherwise", arguments: [true, false])
  func stillRests(fills: Bool) throws {
    var harness = try stage(1)
    harness.leader("3", .sell, lots: 4, price: 0, status: .transit, type: .market)
    harness.leader("3", .sell, lots: 4, filled: 4, price: 0, average: 10_000, type: .market)
    harness.runLanes()
    #expect(harness.held == 4 && rests(harness) == [-4], "\(harness.story)")
    #expect(harness.working[0].price == Paise(10_200))
    harness.leader("2", .sell, lots: 4, filled: fills ? 4 : 0, price: 10_200, status: fills ? nil : .cancelled)
    harness.runLanes()
    if fills { harness.fillAll() }
    #expect(harness.held == (fills ? 0 : 4) && rests(harness) == [], "\(harness.story)")
    #expect(harness.ledger.links.allSatisfy { $0.end != nil })
  }

  @Test(
    "rule 12: of two brackets that both rest, a target that fills ahead takes the nearer stop along",
    arguments: [1, -1] as [Int64])
  func brackets(sign: Int64) throws {
    var exits = ExitSettings()
    exits.alternatives = .all
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), exits: exits)
    harness.leader("1", sign > 0 ? .buy : .sell, lots: 8, filled: 8)
    harness.fillsAtOnce = false
    func stop(_ id: OrderID, _ distance: Int64, filled: Int64 = 0) {
      let trigger = 10_000 - sign * distance
      harness.leader(id, exit(sign), lots: 4, filled: filled, price: trigger, type: .stopLoss, trigger: trigger)
    }
    harness.leader("2", exit(sign), lots: 4, price: 10_000 + sign * 200)
    stop("3", 200)
    harness.leader("4", exit(sign), lots: 4, price: 10_000 + sign * 600)
    stop("5", 600)
    #expect(rests(harness).count == 4)
    let target = try #require(
      harness.working.first { $0.price == Paise(10_000 + sign * 200) && $0.triggerPrice == .zero })
    harness.fill(try #require(target.correlationID))
    harness.runLanes()
    #expect(
      harness.working.map(\.triggerPrice) == [.zero, Paise(10_000 - sign * 600)]
        || harness.working.map(\.triggerPrice) == [Paise(10_000 - sign * 600), .zero], "\(harness.story)")
    harness.leader("3", exit(sign), lots: 4, price: 10_000 - sign * 200)
    stop("3", 200, filled: 4)
    harness.leader("2", exit(sign), lots: 4, price: 10_000 + sign * 200, status: .cancelled)
    harness.runLanes()
    #expect(harness.held == 4 * sign && rests(harness) == [-4 * sign, -4 * sign], "\(harness.story)")
  }

  @Test("rule 10: what he had left before takes no lots that were entered later, whatever rests")
  func enteredLater() throws {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .sell, lots: 4, price: 10_400)
    harness.leader("3", .buy, lots: 4, filled: 4, age: .seconds(60))
    harness.leader("4", .sell, lots: 4, filled: 4)
    for order in harness.working where order.price < Paise(10_400) { harness.fill(try #require(order.correlationID)) }
    harness.runLanes()
    for order in harness.working where order.price < Paise(10_400) { harness.fill(try #require(order.correlationID)) }
    #expect(harness.held == 2, "\(harness.story)")
    let mark = harness.log.count
    harness.leader("5", .buy, lots: 4, filled: 4)
    harness.observe(.leaderBookRead(orders: 5, askedAt: harness.time))
    harness.runLanes()
    harness.fill(try #require(harness.working.first { $0.side == .buy }?.correlationID, "\(harness.story)"))
    harness.runLanes()
    #expect(harness.placements(since: mark).first == 4)
    #expect(harness.held == 6 && harness.working.allSatisfy { $0.price == Paise(10_400) }, "\(harness.story)")
  }
}
