import Domain
import Projections
import Reactors
import Testing

@Suite("Rules: conversions (8) and the broker's square-off (33)") struct ProductRules {
  private func sibling(_ harness: Harness, _ units: Int64) -> BaselinePosition {
    BaselinePosition(key: harness.key, quantity: Quantity(units))
  }

  private func margin(_ harness: Harness, _ lots: Int64) -> BaselinePosition {
    BaselinePosition(
      key: PositionKey(contract: harness.contract, product: .margin), quantity: Quantity(lots * Harness.lot))
  }

  /// The leader holds four lots INTRADAY and sells four MARGIN.
  private func inQuestion() -> Harness {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .sell, lots: 4, product: .margin)
    return harness
  }

  @Test("rule 8: nothing is decided before one reading; a conversion is then closed under the product of the entry")
  func converted() {
    var harness = inQuestion()
    #expect(harness.placements() == [4], "the order in question is neither an entry nor an exit yet")
    harness.observe(.leaderPositions([margin(harness, 4)]))
    #expect(harness.placements() == [4, -4])
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    #expect(harness.held == 0 && harness.state.leader.positions[harness.key]?.net == .zero)
    #expect(harness.account.ledgers.keys.allSatisfy { $0.product == .intraday })
  }

  @Test("rule 8: what is added after a conversion belongs to what was converted, and leaves with it")
  func addedAfterwards() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1/2")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .buy, lots: 2, filled: 2, product: .margin)
    #expect(harness.placements() == [2], "nothing is decided before one reading")
    harness.observe(.leaderPositions([margin(harness, 6)]))
    #expect(harness.held == 3)
    harness.leader("3", .sell, lots: 6, filled: 6, product: .margin)
    harness.observe(.leaderPositions([]))
    harness.runLanes()
    #expect(harness.placements() == [2, 1, -3], "\(harness.story)")
    #expect(harness.account.ledgers.values.allSatisfy { $0.held == .zero })
  }

  @Test("rule 8: what closes an order whose product is in question opens nothing")
  func closesWhatIsInQuestion() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .buy, lots: 2, filled: 2, product: .margin)
    harness.leader("3", .sell, lots: 4, filled: 4)
    harness.leader("4", .sell, lots: 2, product: .margin)
    #expect(harness.placements() == [4, -4], "\(harness.story)")
    harness.observe(.leaderPositions([margin(harness, 2)]))
    harness.leader("4", .sell, lots: 2, filled: 2, product: .margin)
    harness.run(for: .seconds(10))
    let held = harness.account.ledgers.values.map(\.held.units)
    #expect(held.allSatisfy { $0 == 0 } && !harness.placements().dropFirst(2).contains { $0 < -2 }, "\(harness.story)")
  }

  @Test(
    "rules 7 and 8: what may close an order that filled unseen while its product was in question waits for the book")
  func closesWhatFilledUnseen() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .buy, lots: 2, product: .margin)
    harness.leader("3", .sell, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("4", .sell, lots: 2, price: 10_500, product: .margin)
    harness.run(for: .seconds(4))
    harness.observe(.leaderPositions([]))
    #expect(!harness.placements().contains(-2), "\(harness.story)")
    harness.leader("2", .buy, lots: 2, filled: 2, product: .margin)
    harness.observe(.leaderBookRead(orders: 4, askedAt: harness.time))
    harness.fillAll()
    harness.leader("4", .sell, lots: 2, filled: 2, price: 10_500, product: .margin)
    harness.fillAll()
    #expect(harness.account.ledgers.values.allSatisfy { $0.held == .zero }, "\(harness.story)")
  }

  @Test("rule 8: who adds under the other product without a conversion holds both, and is copied so")
  func bothProducts() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .buy, lots: 2, filled: 2, product: .margin)
    harness.observe(.leaderPositions([sibling(harness, 4 * Harness.lot), margin(harness, 2)]))
    #expect(harness.placements() == [4, 2])
    #expect(harness.account.ledgers.values.map(\.held.units).sorted() == [2 * Harness.lot, 4 * Harness.lot])
  }

  @Test(
    "rule 8: what adds under the other product is what it looks like where positions cannot be read for some seconds")
  func unreadableAddition() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .buy, lots: 2, filled: 2, product: .margin)
    harness.run(for: .seconds(3))
    #expect(harness.placements() == [4])
    harness.run(for: .seconds(2))
    #expect(harness.placements() == [4, 2])
  }

  @Test("rule 8: a reading that is behind does not make an entry of the exit of what was converted") func stale() {
    var harness = inQuestion()
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    harness.observe(.leaderPositions([sibling(harness, 4 * Harness.lot)]))
    #expect(harness.placements() == [4])
    harness.observe(.leaderPositions([]))
    #expect(harness.placements() == [4, -4] && harness.held == 0)
  }

  @Test("rule 8: without a conversion the order is what it looks like") func entry() {
    var harness = inQuestion()
    harness.observe(.leaderPositions([sibling(harness, 4 * Harness.lot)]))
    #expect(harness.placements() == [4, -4])
    #expect(Set(harness.account.ledgers.keys.map(\.product)) == [.intraday, .margin])
    #expect(harness.held == 4, "the intraday position stays")
  }

  @Test("rule 8: a position that an order closed which nobody has told yet was not converted") func closedUnseen() {
    var harness = inQuestion()
    harness.observe(.leaderPositions([]))
    #expect(harness.placements() == [4], "sold intraday, or converted and sold: the sum tells neither")
    harness.leader("3", .sell, lots: 4, filled: 4)
    harness.observe(.leaderPositions([]))
    #expect(harness.held == 0)
    #expect(harness.placements() == [4, -4, -4], "the order in question opens a short of its own")
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    #expect(
      harness.account.ledgers.map { ($0.key.product == .margin, $0.value.held.units) }.contains {
        $0 == (true, -4 * Harness.lot)
      })
  }

  @Test("rule 8: a sum that stays another one holds no exit back for longer than a few seconds") func otherSum() {
    var harness = inQuestion()
    harness.observe(.leaderPositions([]))
    #expect(harness.placements() == [4])
    harness.time = harness.time + .seconds(4)
    harness.observe(.leaderPositions([]))
    #expect(harness.placements() == [4, -4])
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    #expect(harness.held == 0)
  }

  @Test("rule 8: fills that come before the reading count when it is made; it is read once") func filledMeanwhile() {
    var harness = inQuestion()
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    #expect(harness.held == 4)
    harness.observe(.leaderPositions([]))
    #expect(harness.held == 0)
    let events = harness.log.count
    harness.observe(.leaderPositions([]))
    #expect(harness.log.count == events)
  }

  @Test("rule 8: when the positions cannot be read a person is told") func unreadable() {
    var harness = inQuestion()
    harness.observe(.clock(due: "test"))
    harness.run(for: .seconds(6))
    #expect(harness.openAlerts == [.productUnsettled])
    harness.observe(.leaderPositions([]))
    #expect(harness.openAlerts == [] && harness.held == 0)
  }

  /// The leader converted before his entry was seen: his sale looked like the opening of a short.
  private func unnoticed() -> Harness {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    harness.leader("1", .buy, lots: 4, filled: 4)
    // An old reading, and no other: the purchase seemed to be what it looks like.
    harness.observe(.leaderPositions([margin(harness, -4)]))
    #expect(harness.held == 0, "his sum is another one, and the next reading may know better")
    harness.time = harness.time + .seconds(4)
    harness.observe(.leaderPositions([margin(harness, -4)]))
    return harness
  }

  @Test("rule 8: both legs of a conversion that was not noticed are left after two readings, three seconds apart")
  func unnoticedConversion() {
    var harness = unnoticed()
    harness.observe(.leaderPositions([]))
    #expect(harness.state.leader.unsettled.isEmpty && harness.held == 4, "one reading may be an old one")
    harness.time = harness.time + .seconds(4)
    harness.observe(.leaderPositions([]))
    #expect(harness.state.leader.positions.values.allSatisfy { $0.net == .zero })
    harness.run(for: .seconds(1))
    #expect(harness.account.ledgers.values.allSatisfy { $0.held == .zero && $0.episode == nil })
  }

  @Test("rule 8: who is long under one product and short under the other, and is read so, stays so") func opposed() {
    var harness = unnoticed()
    for _ in 1...3 {
      harness.observe(.leaderPositions([sibling(harness, 4 * Harness.lot), margin(harness, -4)]))
      // A reading that is missing one leg has another sum, and is no conversion.
      harness.observe(.leaderPositions([margin(harness, -4)]))
      harness.time = harness.time + .seconds(4)
    }
    #expect(harness.held == 4)
  }

  /// The leader exits intraday at 15:20 in India.
  private func squareOff() -> Harness {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday, squareOffFrom: TimeOfDay("15:15"))
    harness.time = harness.time.indianDay.startInIndia + .seconds(12 * 3_600)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.time = harness.time.indianDay.startInIndia + .seconds(15 * 3_600 + 20 * 60)
    harness.leaderTrades(-4)
    return harness
  }

  @Test("rule 33: while the broker may be closing, an exit waits for a fresh reading, and closes only what is left")
  func reading() {
    var harness = squareOff()
    #expect(harness.placements() == [4] && harness.account.needsReading)
    harness.ownerTrades(-4)
    harness.observe(.followerBookRead("asha", orders: 2))
    #expect(harness.placements() == [4], "the broker has closed it already")
    #expect(harness.held == 0 && harness.ledger.owner == .zero)
  }

  @Test("rule 16: no reading holds an exit back for longer than a moment") func patience() {
    var harness = squareOff()
    harness.run(for: .milliseconds(2_900))
    #expect(harness.placements() == [4])
    harness.run(for: .milliseconds(200))
    #expect(harness.placements() == [4, -4])
  }
}
