import Domain
import Projections
import Reactors
import Testing

/// A log that is older than what happened, and orders of another instance (rules 26, 28, 33 and 34).
@Suite("Rules: restored logs and other instances") struct RestoreRules {
  /// What the leader is read to hold in the harness's contract, in lots.
  private func held(_ harness: Harness, _ lots: [ProductType: Int64]) -> [BaselinePosition] {
    lots.map { product, lots in
      BaselinePosition(
        key: PositionKey(contract: harness.contract, product: product), quantity: Quantity(lots * Harness.lot))
    }
  }

  /// The log of `later` was lost from `earlier` on: the service starts over the older one, and reads both books.
  ///
  /// - Parameter apart: how long after the one the other can be read.
  private func restore(
    _ earlier: Harness, after later: Harness, followerFirst: Bool, apart: Microseconds = Microseconds(0)
  ) -> Harness {
    var restored = earlier
    restored.time = later.time + .seconds(60)
    restored.nextOrder = later.nextOrder
    restored.broker = later.broker
    restored.accounts = later.accounts
    restored.observe(.started(version: "test"))
    let leaders = later.state.leader.orders.values.map(\.order).sorted { $0.orderID < $1.orderID }
    let ours = later.broker.values.sorted { $0.orderID < $1.orderID }
    func readLeader() {
      for order in leaders { restored.observe(.leaderOrder(order, .book)) }
      restored.observe(.leaderBookRead(orders: leaders.count))
    }
    func readFollower() {
      for order in ours { restored.observe(.followerOrder("asha", order, .book)) }
      restored.observe(.followerBookRead("asha", orders: ours.count, askedAt: restored.time))
    }
    if followerFirst {
      readFollower()
      #expect(restored.halted.isEmpty, "nothing halts only because his book came first")
      restored.run(for: apart)
      readLeader()
    } else {
      readLeader()
      restored.run(for: apart)
      readFollower()
    }
    restored.runLanes()
    return restored
  }

  @Test(
    "rule 26: after a restore what was placed since the backup is found by its label, and nothing is placed twice",
    arguments: [true, false])
  func entries(followerFirst: Bool) {
    var harness = Harness(ratio: "1/2")
    let backup = harness
    harness.leader("1000001", .buy, lots: 8, filled: 8)
    harness.leader("1000002", .sell, lots: 4, filled: 4)
    #expect(harness.held == 2)
    let mark = backup.log.count
    var restored = restore(backup, after: harness, followerFirst: followerFirst)
    #expect(restored.placements(since: mark) == [], "\(restored.story)")
    #expect(restored.held == 2 && restored.ledger.owner == .zero)
    #expect(restored.halted.isEmpty && restored.adoptions.count == 2)
    #expect(restored.ends == [.copied(Lots(4)), .copied(Lots(2))])
    restored.leader("1000003", .sell, lots: 4, filled: 4)
    restored.runLanes()
    #expect(restored.held == 0 && restored.ledger.episode == nil, "\(restored.story)")
  }

  @Test(
    "rule 28: of a book that is read late nothing is decided before its last row: the next one may explain the last")
  func lateBook() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.leaderTrades(-2)
    let backup = harness
    harness.leaderTrades(3)
    harness.leaderTrades(-3)
    var restored = restore(backup, after: harness, followerFirst: false, apart: .seconds(5))
    restored.run(for: .seconds(5))
    #expect(restored.placements(since: backup.log.count) == [], "\(restored.story)")
    #expect(restored.held == 0 && restored.ledger.owner == .zero && restored.adoptions.count == 2)
  }

  @Test(
    "rule 28: an exit that the older log would place stands in the book, and is not placed again",
    arguments: [true, false])
  func exits(followerFirst: Bool) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    let backup = harness
    harness.leader("1900000000001", .sell, lots: 4, filled: 4)
    #expect(harness.held == 0)
    let mark = backup.log.count
    let restored = restore(backup, after: harness, followerFirst: followerFirst)
    #expect(restored.placements(since: mark) == [], "\(restored.story)")
    #expect(restored.held == 0 && restored.ledger.owner == .zero)
  }

  @Test(
    "rule 32: what the owner traded after an order that has to be found again counts after it, and stays his",
    arguments: [true, false])
  func ownersOrder(followerFirst: Bool) throws {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(-4)
    let backup = harness
    harness.leader("1900000000001", .buy, lots: 4, filled: 4)
    #expect(harness.held == 0)
    // Without a label, and newer than the exit.
    harness.broker["by-hand"] = BrokerOrder(
      orderID: "2990000000001", correlationID: nil, key: harness.key, side: .buy, type: .market, validity: .day,
      quantity: harness.lotSize.quantity(of: Lots(3)), price: .zero, filled: harness.lotSize.quantity(of: Lots(3)),
      averagePrice: Paise(9_000), status: .traded, updatedAt: harness.time)
    let restored = restore(backup, after: harness, followerFirst: followerFirst)
    #expect(restored.held == 0, "\(restored.story)")
    #expect(restored.ledger.owner == harness.lotSize.quantity(of: Lots(3)))
    #expect(!restored.alertsRaised.contains(.closedByOthers))
  }

  @Test(
    "rule 8: an order that copies one whose product is in question is found when that is told, and not closed before")
  func inQuestion() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .intraday)
    harness.leader("1", .buy, lots: 4, filled: 4)
    let backup = harness
    harness.leader("2", .sell, lots: 4, filled: 4, product: .margin)
    let both = held(harness, [.intraday: 4, .margin: -4])
    harness.observe(.leaderPositions(both))
    let ours = { (harness: Harness) in harness.account.ledgers.mapValues(\.held.units).filter { $0.value != 0 } }
    #expect(ours(harness).values.sorted() == [-4 * Harness.lot, 4 * Harness.lot])
    let mark = backup.log.count
    var restored = restore(backup, after: harness, followerFirst: false)
    #expect(restored.adoptions.isEmpty && restored.halted.isEmpty)
    restored.observe(.leaderPositions(both))
    restored.runLanes()
    #expect(restored.placements(since: mark) == [], "\(restored.story)")
    #expect(ours(restored) == ours(harness))
    #expect(restored.account.ledgers.values.allSatisfy { Set($0.links.map(\.origin)).count == $0.links.count })
  }

  @Test("rule 26: what is placed under one product does not take the label of what was found under the other")
  func otherProduct() throws {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), product: .margin)
    harness.leader("1", .buy, lots: 4, filled: 4)
    let backup = harness
    harness.leader("2", .sell, lots: 4, filled: 4, product: .intraday)
    let both = held(harness, [.margin: 4, .intraday: -4])
    harness.observe(.leaderPositions(both))
    let mark = backup.log.count
    var restored = restore(backup, after: harness, followerFirst: false)
    // He has closed both meanwhile, so that the order looks like the exit of a converted position.
    restored.observe(.leaderPositions([]))
    restored.runLanes()
    let labels = restored.log[mark...].compactMap { event -> CorrelationID? in
      if case .placementRequested(let request) = event { request.correlationID } else { nil }
    }
    let found = try #require(restored.adoptions.first)
    #expect(!labels.isEmpty && !labels.contains(found.correlationID), "\(restored.story)")
  }

  @Test(
    "rule 22: a hedge that was found after a restore covers by the ratio of the shorts, though no episode was opened for it"
  )
  func hedgeWithoutEpisode() {
    let half = Sizing(strategy: .fixedRatio(Ratio("1/2")!), belowOneLot: .oneLot, exitRounding: .lagging)
    var harness = Harness(half, product: .margin)
    let backup = harness
    harness.leader("1000001", .sell, lots: 8, filled: 8)
    harness.leader("1000002", .buy, lots: 3, filled: 3)
    harness.leader("1000003", .buy, lots: 1, filled: 1, product: .intraday)
    let both = held(harness, [.margin: -5, .intraday: 1])
    harness.observe(.leaderPositions(both))
    harness.runLanes()
    var restored = restore(backup, after: harness, followerFirst: true)
    restored.observe(.leaderPositions(both))
    restored.runLanes()
    let lots = [ProductType.margin, .intraday].map { product in
      restored.account.ledgers[PositionKey(contract: restored.contract, product: product)]?.held.units
    }
    #expect(lots == [-3 * Harness.lot, Harness.lot], "\(restored.story)")
    let mark = restored.log.count
    restored.leader("1000004", .sell, lots: 1, product: .intraday)
    restored.runLanes()
    #expect(
      restored.placements(since: mark) == [], "two lots may be uncovered while the leader has four: \(restored.story)")
    restored.leader("1000004", .sell, lots: 1, filled: 1, product: .intraday)
    restored.run(for: .seconds(1))
    restored.observe(.leaderBookRead(orders: 4, askedAt: restored.time))
    restored.runLanes()
    #expect(restored.placements(since: mark).count == 1, "three may while he has five: \(restored.story)")
  }

  @Test(
    "rule 26: a label that waits in the lane is of another position in the book: the order is adopted there, and the lots are closed anew"
  )
  func labelledUnderOtherProduct() throws {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), product: .intraday)
    harness.leaderTrades(2)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leaderTrades(-2)
    harness.run(for: .seconds(4))
    guard case .placementRequested(let queued)? = harness.queued.values.first else {
      Issue.record("nothing waits: \(harness.story)")
      return
    }
    let sibling = PositionKey(contract: harness.contract, product: .margin)
    let lots = Quantity(4 * Harness.lot)
    harness.observe(
      .followerOrder(
        "asha",
        BrokerOrder(
          orderID: "2999", correlationID: queued.correlationID, key: sibling, side: .sell, type: .limit, validity: .day,
          quantity: lots, price: Paise(10_000), filled: lots, averagePrice: Paise(10_000), status: .traded,
          updatedAt: harness.time), .book))
    #expect(harness.account.ledgers[sibling]?.held == Quantity(-lots.units), "\(harness.story)")
    harness.observe(.readable(.follower("asha")))
    harness.observe(.followerBookRead("asha", orders: 2, askedAt: harness.time))
    harness.runLanes()
    let bought = harness.broker.values.reduce(into: [ProductType: Int64]()) {
      $0[$1.key.product, default: 0] += $1.side.sign * $1.filled.units
    }
    #expect(bought == [.intraday: 0, .margin: lots.units], "\(harness.story)")
    #expect(harness.held == 0 && harness.account.ledgers[sibling]?.held == .zero)
  }

  @Test("rule 28: a request that waited in the lane of the older log may have left since: the book tells first")
  func queued() throws {
    var harness = Harness(ratio: "1")
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leaderTrades(4)
    let backup = harness
    harness.observe(.readable(.follower("asha")))
    harness.runLanes()
    #expect(harness.held == 4)
    let mark = backup.log.count
    let restored = restore(backup, after: harness, followerFirst: false)
    #expect(!restored.log[mark...].contains { $0.type == .requestAttempted }, "\(restored.story)")
    #expect(restored.held == 4)
  }

  @Test("rule 28: nothing is entered after a start before the follower's book was read once; an exit waits a moment")
  func waits() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.observe(.started(version: "test"))
    let mark = harness.log.count
    harness.leaderTrades(-3)
    #expect(harness.placements(since: mark) == [])
    // Rule 16: no reading holds an exit back for long.
    harness.run(for: .seconds(4))
    #expect(harness.placements(since: mark) == [-3], "\(harness.story)")
    harness.leaderTrades(2)
    #expect(harness.placements(since: mark) == [-3], "an entry waits as long as it takes, and grows old")
    harness.observe(.followerBookRead("asha", orders: 1))
    harness.runLanes()
    #expect(harness.placements(since: mark) == [-3, 2])
  }

  @Test("rule 34: an order with our prefix that nobody can explain halts the follower until a person resumes it")
  func otherInstance() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.appears("cp1-aaaaaaaaaaaaaaaaaaaa", .buy, lots: 2, filled: 2, id: "2950")
    #expect(harness.halted == ["2950"])
    #expect(harness.state.mode(ofFollower: 0) == .halted)
    #expect(harness.openAlerts.contains(.anotherInstance))
    #expect(harness.ledger.owner == harness.lotSize.quantity(of: Lots(2)), "it is left alone, as the owner's")
    let mark = harness.log.count
    harness.leaderTrades(2)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
    harness.observe(.operatorCommand(.running, "asha"))
    #expect(harness.state.mode(ofFollower: 0) == .running)
    #expect(!harness.openAlerts.contains(.anotherInstance))
    harness.appears("cp1-aaaaaaaaaaaaaaaaaaaa", .buy, lots: 2, filled: 2, source: .book, id: "2950")
    #expect(harness.halted == ["2950"], "what a person has seen halts nobody again")
    harness.leaderTrades(-6)
    harness.runLanes()
    #expect(harness.held == 0)
  }

  @Test("rule 34: after a start an unknown label halts only when both books have been read") func bothBooks() {
    var harness = Harness(ratio: "1")
    harness.observe(.started(version: "test"))
    harness.appears("cp1-aaaaaaaaaaaaaaaaaaaa", .buy, lots: 2, filled: 2, id: "2950")
    #expect(harness.halted.isEmpty)
    harness.observe(.followerBookRead("asha", orders: 1))
    #expect(harness.halted.isEmpty)
    harness.observe(.leaderBookRead(orders: 0))
    #expect(harness.halted == ["2950"])
  }

  @Test("rule 6: what the owner traded before the baseline is in it, also beside an order of another instance")
  func beforeBaseline() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), baseline: false)
    harness.observe(.leaderBaseline([]))
    harness.appears("cp1-aaaaaaaaaaaaaaaaaaaa", .sell, lots: 2, id: "2950")
    harness.ownerTrades(3)
    let held = harness.lotSize.quantity(of: Lots(3))
    harness.observe(.followerBaseline("asha", [BaselinePosition(key: harness.key, quantity: held)]))
    harness.observe(.followerBookRead("asha", orders: 2))
    harness.observe(.leaderBookRead(orders: 0))
    #expect(harness.halted == ["2950"])
    #expect(harness.ledger.owner == held, "\(harness.story)")
  }

  @Test("rule 34: a repair from after the backup cannot be told from another instance, and a person decides")
  func repairs() throws {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    let backup = harness
    let label = CorrelationID(
      leader: "1000000001", child: ChildID(follower: "asha", origin: "repair@4711", number: 1))
    harness.broker[label] = BrokerOrder(
      orderID: "2960", correlationID: label, key: harness.key, side: .sell, type: .limit, validity: .day,
      quantity: harness.lotSize.quantity(of: Lots(2)), price: Paise(9_000),
      filled: harness.lotSize.quantity(of: Lots(2)), averagePrice: Paise(9_000), status: .traded,
      updatedAt: harness.time)
    let restored = restore(backup, after: harness, followerFirst: false)
    #expect(restored.halted == ["2960"])
    #expect(restored.held == 0, "rule 32: without an owner's lots it can only have closed ours")
  }

  @Test("an order of ours of an earlier day that the log does not know is the owner's, and halts nobody")
  func yesterday() {
    var harness = Harness(ratio: "1")
    let order = BrokerOrder(
      orderID: "2970", correlationID: "cp1-aaaaaaaaaaaaaaaaaaaa", key: harness.key, side: .buy, type: .limit,
      validity: .day, quantity: harness.lotSize.quantity(of: Lots(2)), price: Paise(9_000),
      filled: harness.lotSize.quantity(of: Lots(2)), status: .traded, updatedAt: harness.time + .seconds(-86_400))
    harness.observe(.followerOrder("asha", order, .book))
    #expect(harness.halted.isEmpty)
    #expect(harness.ledger.owner == harness.lotSize.quantity(of: Lots(2)))
  }
}
