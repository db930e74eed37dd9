import Domain
import Projections
import Reactors
import Testing

@Suite("Rules: exits") struct ExitRules {
  @Test(
    "rule 11: a decrease of the leader first takes back what works; what fills on the way is closed by the next look")
  func decreaseCancelsEntries() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 8, filled: 8)
    harness.fill(harness.working[0].correlationID!, lots: 1)
    harness.acceptsAtOnce = false
    harness.leader("2", .sell, lots: 8, filled: 8, price: 10_500)
    let asked = harness.log.compactMap { event -> String? in
      switch event {
      case .cancellationRequested: "cancel"
      case .placementRequested(let request) where request.purpose == .exit: "exit \(request.terms.quantity.units / 65)"
      default: nil
      }
    }
    #expect(asked == ["cancel", "exit 1"], "the exit cannot cross the resting entry, so it goes at once")
    // The cancel came too late for one more lot.
    let label = harness.working[0].correlationID!
    harness.fill(label, lots: 2)
    harness.acceptsAtOnce = true
    harness.cancelByBroker(label)
    harness.acceptOpen()
    harness.fillAll()
    harness.fillAll()
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test("rule 11: an exit that would trade with our own resting entry waits until that is taken back") func crossing() {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 2, filled: 2)
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 2, price: 10_000)
    harness.acceptsAtOnce = false
    let mark = harness.log.count
    harness.leader("3", .sell, lots: 2, price: 9_900)
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.log[mark...].contains { if case .cancellationRequested = $0 { true } else { false } })
    harness.acceptsAtOnce = true
    harness.cancelByBroker(harness.working[0].correlationID!)
    #expect(harness.placements(since: mark).first == -2)
  }

  @Test(
    "rule 11: an entry of which a change was in doubt may stand at the new price, although the next reading does not show it"
  )
  func crossingUnseen() throws {
    var harness = Harness(ratio: "1")
    harness.leader("1", .buy, lots: 2, filled: 2)
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 2, price: 9_800)
    harness.acceptsAtOnce = false
    harness.leader("2", .buy, lots: 2, price: 10_000)
    guard case .modificationRequested(let change)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no modification")
      return
    }
    harness.observe(.doubted("asha", change.requestID, text: "timeout"))
    let mark = harness.log.count
    harness.leader("3", .sell, lots: 2, price: 9_900)
    harness.time = harness.time + .milliseconds(50)
    harness.observe(.followerBookRead("asha", orders: 2, askedAt: harness.time))
    #expect(harness.cancels == 1 && harness.placements(since: mark).isEmpty, "\(harness.story)")
    // The cancel is never answered. A second reading shows the entry where it was: there the exit does not meet it.
    harness.time = harness.time + .seconds(6)
    harness.observe(.followerBookRead("asha", orders: 2, askedAt: harness.time))
    #expect(harness.placements(since: mark) == [-2], "\(harness.story)")
  }

  @Test(
    "rule 11: what he buys at the market while a target of his rests above is bought a tick below ours, or waits where that is below him",
    arguments: [OrderType.market, .limit], [Int64(100), 5, 0])
  func besideTarget(type: OrderType, distance: Int64) throws {
    for sign in [1, -1] as [Int64] { try besideTarget(type, distance, sign: sign) }
  }

  private func besideTarget(_ type: OrderType, _ distance: Int64, sign: Int64) throws {
    var harness = Harness(ratio: "1")
    let (entry, exit) = sign > 0 ? (Side.buy, Side.sell) : (.sell, .buy)
    harness.leader("50", entry, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    let target = 10_000 + sign * distance
    harness.leader("51", exit, lots: 4, price: target)
    #expect(harness.working.map(\.price) == [Paise(target)])
    let mark = harness.log.count
    let limit = type == .market ? 0 : 10_000 + sign * 300
    harness.leader("52", entry, lots: 2, price: limit, type: type)
    harness.leader("52", entry, lots: 2, filled: 2, price: limit, average: 10_000, type: type)
    guard distance > 0 else {
      #expect(harness.placements(since: mark) == [])
      return
    }
    #expect(harness.placements(since: mark) == [2 * sign], "\(harness.story)")
    #expect(harness.working.last?.price == Paise(target - sign * 5))
    #expect(!harness.working.contains { $0.status == .cancelled } && harness.working.count == 2)
  }

  @Test("rule 11: of a link of which one child is in an exit's way, the others stay where they are")
  func crossingChild()
    throws
  {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), freeze: 4 * 65)
    harness.leader("1", .buy, lots: 4, filled: 4, price: 10_000)
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 2, price: 9_900)
    // The leader becomes smaller, and nobody knows what became of the cancel.
    harness.acceptsAtOnce = false
    harness.leader("3", .sell, lots: 1, filled: 1, price: 10_100)
    let cancel = try #require(harness.log.last { $0.type == .cancellationRequested })
    guard case .cancellationRequested(let request) = cancel else { return }
    harness.observe(.doubted("asha", request.requestID, text: "timeout"))
    // The next exit would meet the entry, and waits. Then the lane is full.
    harness.leader("4", .sell, lots: 1, filled: 1, price: 9_850)
    harness.leader("5", .buy, lots: 40, price: 9_000)
    #expect(harness.log.contains { if case .placementRequested(let r) = $0 { !r.leavesAtOnce } else { false } })
    let mark = harness.log.count
    harness.leader("2", .buy, lots: 4, price: 9_800)
    // It is in nobody's way, and stays at the next look, whatever that is for.
    harness.leader("6", .buy, lots: 1, price: 8_900)
    #expect(harness.placements(since: mark) == [2, 1], "\(harness.story)")
    #expect(!harness.log[mark...].contains { $0.type == .requestWithdrawn })
  }

  @Test("rule 10: exits that fill in turn close together no more than the cut for both") func exitsInTurn() {
    var harness = Harness(ratio: "3/7", mode: .fill, rounding: .leading)
    harness.leader("1", .buy, lots: 7, filled: 7)
    harness.leader("2", .sell, lots: 4)
    harness.leader("3", .sell, lots: 3, filled: 1)
    harness.leader("2", .sell, lots: 4, filled: 1)
    // Two of seven, leading: one lot of three, whichever order filled first.
    #expect(harness.held == 2)
    harness.leader("3", .sell, lots: 3, filled: 3)
    harness.leader("2", .sell, lots: 4, filled: 4)
    #expect(harness.held == 0)
  }

  @Test("rule 10: lots that the follower got before the leader are no part of what the leader had left before")
  func aheadOfTheLeader() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.leader("2", .sell, lots: 2, filled: 2)
    #expect(harness.held == 1)
    let mark = harness.log.count
    harness.leader("3", .buy, lots: 6)
    #expect(harness.held == 4)
    harness.leader("3", .buy, lots: 6, filled: 6)
    #expect(harness.held == 4)
    #expect(harness.placements(since: mark) == [3], "nothing is sold of what was just bought")
    // What the leader never gets is the business of true_up.
    harness.leader("4", .buy, lots: 4)
    #expect(harness.held == 6)
    harness.leader("4", .buy, lots: 4, status: .cancelled)
    #expect(harness.held == 4)
    harness.leader("5", .sell, lots: 8, filled: 8)
    #expect(harness.held == 0)
  }

  @Test(
    "rules 10 and 18: lots that came ahead of a leader who never follows are given back once, whatever he left before",
    arguments: [
      (TrueUpPolicy.trim, Side.buy, Int64(20), Int64(0), Int64(3)), (.trim, .sell, 20, 0, 3), (.trim, .buy, 20, 10, 8),
      (.trim, .buy, 4, 4, 5), (.trim, .sell, 4, 4, 5), (.keep, .buy, 20, 0, 13), (.keep, .sell, 20, 0, 13),
    ])
  func aheadAfterAnExit(trueUp: TrueUpPolicy, side: Side, left: Int64, filled: Int64, held: Int64) {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1/2")!)), trueUp: trueUp)
    harness.leader("1", side, lots: 10, filled: 10)
    harness.leader("2", side.opposite, lots: 4, filled: 4)
    #expect(abs(harness.held) == 3)
    harness.leader("3", side, lots: 20)
    #expect(abs(harness.held) == 13)
    harness.leader("3", side, lots: left)
    harness.leader("3", side, lots: left, filled: filled, status: filled == left ? .traded : .cancelled)
    harness.run(for: .seconds(2))
    #expect(abs(harness.held) == held, "\(harness.story)")
    harness.leader("4", side.opposite, lots: 6 + filled, filled: 6 + filled)
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test(
    "rule 10: nothing is closed because the leader fills a part of a lot that the follower has already",
    arguments: [
      (Side.buy, ExitRounding.leading, TrueUpPolicy.trim, Int64(5)), (.sell, .byRisk, .trim, 5),
      (.buy, .nearest, .trim, 5),
      (.buy, .lagging, .trim, 5), (.buy, .leading, .keep, 6),
    ])
  func partOfALot(side: Side, rounding: ExitRounding, trueUp: TrueUpPolicy, ended: Int64) {
    for filled in Int64(1)...3 {
      var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1/2")!), exitRounding: rounding), trueUp: trueUp)
      harness.leader("1", side, lots: 18, filled: 18)
      harness.leader("2", side.opposite, lots: 8, filled: 8)
      #expect(abs(harness.held) == 5)
      let mark = harness.log.count
      harness.leader("3", side, lots: 3)
      for part in 1...filled { harness.leader("3", side, lots: 3, filled: part) }
      harness.run(for: .seconds(2))
      #expect(harness.placements(since: mark).map(abs) == [1], "\(harness.story)")
      // Where he ends in a part of a lot it is given back, or kept, and no other leaves beside it.
      harness.leader("3", side, lots: 3, filled: filled, status: filled == 3 ? .traded : .cancelled)
      harness.run(for: .seconds(2))
      #expect(abs(harness.held) == (filled == 1 ? ended : 6), "\(harness.story)")
      harness.leader("4", side.opposite, lots: 10 + filled, filled: 10 + filled)
      #expect(harness.held == 0, "\(harness.story)")
    }
  }

  @Test(
    "rules 10 and 18: what the leader leaves while lots are ahead of him is left once, and the rest of them given back",
    arguments: [(TrueUpPolicy.trim, Int64(2)), (.keep, 7)])
  func leavesWhileAhead(trueUp: TrueUpPolicy, held: Int64) {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1/2")!)), trueUp: trueUp)
    harness.leader("1", .buy, lots: 10, filled: 10)
    harness.leader("2", .sell, lots: 4, filled: 4)
    harness.leader("3", .buy, lots: 20)
    harness.leader("4", .sell, lots: 3, filled: 3)
    #expect(harness.held == 12, "what may still be followed stays: \(harness.story)")
    harness.leader("3", .buy, lots: 20, status: .cancelled)
    harness.run(for: .seconds(2))
    #expect(harness.held == held, "\(harness.story)")
    harness.leader("5", .sell, lots: 3, filled: 3)
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test(
    "rule 33: while the broker may be closing, an exit waits for a reading made after it fell due, and for what he closes"
  )
  func brokerCloses() throws {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(try #require(Ratio("1/2")))), product: .intraday, squareOffFrom: TimeOfDay("15:15"))
    harness.time = harness.time.indianDay.startInIndia + .seconds(15 * 3_600 + 20 * 60)
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.observe(.followerBookRead("asha", orders: 1))
    let mark = harness.log.count
    harness.leader("2", .sell, lots: 4)
    #expect(harness.placements(since: mark) == [], "what was read before knows nothing of the broker's orders")
    // The reading shows that he closes two lots himself.
    let order = BrokerOrder(
      orderID: "3100", correlationID: nil, key: harness.key, side: .sell, type: .limit, validity: .day,
      quantity: harness.lotSize.quantity(of: Lots(2)), price: Paise(9_000), status: .transit, updatedAt: harness.time)
    harness.observe(.followerOrder("asha", order, .book))
    harness.observe(.followerBookRead("asha", orders: 1))
    #expect(harness.placements(since: mark) == [])
    // He does not come to it: no order of somebody else holds an exit back for long (rule 16).
    harness.run(for: .seconds(4))
    harness.observe(.followerBookRead("asha", orders: 1))
    #expect(harness.placements(since: mark) == [-2])
  }

  @Test(
    "rule 33: in a gap of the stream an exit waits for a reading made since it began, however fresh the last one was")
  func gap() {
    var harness = Harness(ratio: "1")
    harness.observe(.stream(.follower("asha"), isConnected: true, reason: ""))
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.observe(.followerBookRead("asha", orders: 1))
    harness.run(for: .milliseconds(200))
    harness.observe(.stream(.follower("asha"), isConnected: false, reason: "gone"))
    harness.run(for: .milliseconds(200))
    let mark = harness.log.count
    harness.leader("2", .sell, lots: 4, filled: 4)
    #expect(harness.placements(since: mark) == [], "the owner may have sold all since")
    harness.ownerTrades(-4)
    harness.observe(.followerBookRead("asha", orders: 2))
    #expect(harness.placements(since: mark) == [])
    #expect(harness.held == 0 && harness.ledger.owner == .zero)
  }

  @Test(
    "rule 36: an order that the broker took and nobody has shown is cancelled all the same, a finite number of times")
  func unseenEntry() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    let request = try #require(harness.placement)
    harness.observe(.accepted("asha", request.requestID, "2000000000001"))
    harness.observe(.operatorCommand(.halted, nil))
    #expect(harness.cancels == 0, "the broker refuses it while the order is on its way")
    harness.run(for: .milliseconds(1_100))
    #expect(harness.cancels == 1)
    for _ in 0..<20 {
      guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested })
      else { break }
      harness.observe(.refused("asha", cancel.requestID, .inTransit, text: "Order is in Transit state"))
      harness.run(for: .seconds(6))
    }
    #expect(harness.cancels > 1 && harness.cancels <= 6)
  }
}
