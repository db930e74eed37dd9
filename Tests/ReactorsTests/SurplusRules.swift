import Domain
import Projections
import Reactors
import Testing

/// Two orders under one label (rule 29, promise 1).
@Suite("Rules: surplus") struct SurplusRules {
  /// A leader who buys four lots, and our copy that rests.
  private func resting() throws -> (Harness, CorrelationID) {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    return (harness, try #require(harness.working.first?.correlationID))
  }

  @Test("rule 29: a second order under one label is cancelled while it rests; the first stays, and an alert tells")
  func rests() throws {
    var (harness, label) = try resting()
    harness.appears(label, .buy, lots: 4)
    #expect(harness.adoptions.map(\.isSurplus) == [true])
    #expect(harness.cancels == 1)
    #expect(harness.working.map(\.correlationID) == [label])
    #expect(harness.alertsRaised.contains(.surplus))
    #expect(!harness.openAlerts.contains(.surplus), "it is neutralised")
    #expect(harness.surplus == 0)
    harness.fillAll()
    #expect(harness.held == 4)
    #expect(harness.placements() == [4])
  }

  @Test("rule 4: while a surplus rests, its lots count as working")
  func counts() throws {
    var (harness, label) = try resting()
    harness.acceptsAtOnce = false
    harness.appears(label, .buy, lots: 4)
    #expect(harness.ledger.open(.entry) == harness.lotSize.quantity(of: Lots(8)))
    #expect(harness.openAlerts.contains(.surplus))
    #expect(harness.surplus == 1)
    let mark = harness.log.count
    harness.leader("1", .buy, lots: 6)
    #expect(harness.placements(since: mark) == [], "nothing grows before the cancel is seen")
  }

  /// The same, filled on both sides.
  private func filled() throws -> (Harness, CorrelationID) {
    var (harness, label) = try resting()
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillAll()
    return (harness, label)
  }

  @Test("rule 29: what a surplus filled beyond what is wanted is closed at once, exactly, and is never the owner's")
  func bothFill() throws {
    var (harness, label) = try filled()
    harness.fillsAtOnce = true
    harness.appears(label, .buy, lots: 4, filled: 3, status: .cancelled)
    #expect(harness.placements() == [4, -3], "\(harness.story)")
    #expect(harness.held == 4)
    #expect(harness.ledger.owner == .zero, "promise 11")
    #expect(harness.surplus == 0)
    #expect(!harness.openAlerts.contains(.surplus))
    #expect(harness.placement?.child.origin == LinkOrigin(closingSurplusOf: "1"))
  }

  @Test("rule 1 gives way to rule 29: a surplus is closed although another order of the key rests")
  func closedWhileOthersRest() throws {
    var (harness, label) = try filled()
    harness.leader("2", .buy, lots: 3, price: 7_000)
    #expect(harness.working.count == 1)
    let mark = harness.log.count
    harness.appears(label, .buy, lots: 4, filled: 4)
    #expect(harness.placements(since: mark) == [-4], "\(harness.story)")
    harness.fill(try #require(harness.placement?.correlationID))
    #expect(harness.held == 4)
    #expect(harness.working.map(\.price) == [Paise(7_000)], "what rests for the other order is left alone")
    // Trimmed lots could be entered anew; these were never wanted.
    harness.runLanes()
    #expect(harness.placements(since: mark) == [-4])
    harness.leader("2", .buy, lots: 3, price: 7_000, status: .cancelled)
    harness.leader("3", .sell, lots: 4, filled: 4)
    harness.fillAll()
    #expect(harness.held == 0 && harness.ledger.episode == nil, "\(harness.story)")
  }

  @Test(
    "rule 29: a surplus that filled while the first rests is as good: the rest is taken back, and nothing is closed")
  func absorbed() throws {
    var (harness, label) = try resting()
    harness.appears(label, .buy, lots: 4, filled: 1)
    #expect(harness.held == 1)
    #expect(harness.working.map(\.quantity.units) == [3 * Harness.lot], "\(harness.story)")
    var (whole, other) = try resting()
    whole.appears(other, .buy, lots: 4, filled: 4)
    #expect(whole.held == 4 && whole.working.isEmpty, "\(whole.story)")
    #expect(whole.placements() == [4])
    whole.leader("1", .buy, lots: 4, filled: 4)
    whole.leader("2", .sell, lots: 4, filled: 4)
    whole.fillAll()
    #expect(whole.held == 0 && whole.surplus == 0, "\(whole.story)")
  }

  @Test("rule 10: a surplus exit makes the exit that rests smaller") func exit() throws {
    var (harness, _) = try filled()
    harness.leader("2", .sell, lots: 4)
    let label = try #require(harness.working.first?.correlationID)
    harness.appears(label, .sell, lots: 4, filled: 4)
    #expect(harness.held == 0 && harness.working.isEmpty, "\(harness.story)")
    #expect(harness.ledger.owner == .zero)
  }

  @Test("promise 5: two exits under one label that both fill turn the position, and the turn is closed at once")
  func bothExitsFill() throws {
    var (harness, _) = try filled()
    harness.leader("2", .sell, lots: 4, filled: 4)
    let label = try #require(harness.working.first?.correlationID)
    // The one that is the child fills after the surplus did: its cancel came too late.
    harness.acceptsAtOnce = false
    harness.appears(label, .sell, lots: 4, filled: 4)
    harness.acceptsAtOnce = true
    harness.fillsAtOnce = true
    harness.fill(label)
    #expect(harness.held == 0, "\(harness.story)")
    #expect(harness.placements().reduce(0, +) == 4, "4 in, 4 out, and 4 to close the turn")
    #expect(harness.ledger.owner == .zero)
  }

  @Test("rule 29: an order that comes after its request was given up is adopted where its link still wants it")
  func lateAndWanted() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.doubtNewest()
    harness.readTwice()
    let request = try #require(harness.placement)
    #expect(harness.account.outbox.requests.isEmpty, "too old by then, and withdrawn")
    harness.acceptsAtOnce = true
    harness.appears(request.correlationID, .buy, lots: 4, filled: 4)
    #expect(harness.held == 4)
    #expect(harness.adoptions.isEmpty, "it is the child itself")
    harness.leader("1", .buy, lots: 4, filled: 4)
    #expect(harness.ends.last == .copied(Lots(4)))
  }

  @Test("rule 29: an order that comes after its request was given up is taken back where nobody wants it any more")
  func lateAndUnwanted() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.doubtNewest()
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    harness.readTwice()
    let request = try #require(harness.placement)
    harness.acceptsAtOnce = true
    let order = harness.appears(request.correlationID, .buy, lots: 4, filled: 1)
    #expect(harness.cancels == 1, "\(harness.story)")
    harness.broker[request.correlationID] = harness.account.orders[order]?.order
    harness.cancelByBroker(request.correlationID)
    harness.fillAll()
    #expect(harness.held == 0, "trimmed: \(harness.story)")
  }

  @Test("rule 29: a surplus of an episode that is over and forgotten is still known by its label, and closed")
  func forgotten() throws {
    var (harness, label) = try resting()
    harness.fillsAtOnce = true
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.fillAll()
    harness.leader("2", .sell, lots: 4, filled: 4)
    harness.runLanes()
    #expect(harness.held == 0 && harness.ledger.episode == nil)
    let mark = harness.log.count
    harness.appears(label, .buy, lots: 4, filled: 2)
    #expect(harness.halted.isEmpty)
    #expect(harness.placements(since: mark) == [-2], "\(harness.story)")
    #expect(harness.held == 0)
    #expect(harness.ledger.owner == .zero)
    harness.runLanes()
    #expect(
      harness.ends == [.copied(Lots(4)), .copied(Lots(4)), .copied(Lots(2))], "the copies, and what closes the surplus")
  }

  @Test("rule 29: an order that the stream tells of without its label is nobody's until the book shows it")
  func unlabelled() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leaderTrades(4)
    harness.doubtNewest()
    let request = try #require(harness.placement)
    harness.acceptsAtOnce = true
    harness.fillsAtOnce = true
    harness.place(request)
    #expect(harness.held == 4)
    let order = harness.appears(nil, .buy, lots: 4, filled: 4)
    #expect(harness.ledger.owner == .zero && harness.held == 4)
    #expect(harness.account.needsReading)
    harness.appears(request.correlationID, .buy, lots: 4, filled: 4, source: .book, id: order)
    #expect(harness.held == 4, "\(harness.story)")
    #expect(harness.ledger.owner == .zero)
    // One that the book shows without a label is the owner's.
    harness.appears(nil, .buy, lots: 2, filled: 2)
    harness.observe(.followerBookRead("asha", orders: 3))
    #expect(harness.ledger.owner == harness.lotSize.quantity(of: Lots(2)))
  }

  @Test(
    "promise 1: an order that was taken for the owner's is ours when its label is told, and is not attempted again",
    arguments: [ChildPurpose.entry, .exit])
  func namedLate(purpose: ChildPurpose) throws {
    var harness = Harness(ratio: "1")
    if purpose == .exit { harness.leaderTrades(4) }
    harness.acceptsAtOnce = false
    harness.leaderTrades(purpose == .exit ? -4 : 4)
    harness.doubtNewest()
    let request = try #require(harness.placement)
    let order = harness.appears(nil, request.side, lots: 4, filled: 4)
    harness.time = harness.time + .seconds(1)
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time, tradesAgree: true))
    #expect(harness.account.orders[order]?.owner == .owner, "a whole book shows it without a label")
    harness.appears(request.correlationID, request.side, lots: 4, filled: 4, source: .book, id: order)
    let held: Int64 = purpose == .exit ? 0 : 4
    #expect(harness.held == held && harness.ledger.owner == .zero, "\(harness.story)")
    harness.readTwice()
    #expect(harness.attempts == 0 && harness.held == held, "\(harness.story)")
    #expect(harness.account.outbox.requests.isEmpty)
  }

  @Test("an order that the stream tells of without its label is ours by its number") func byNumber() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leaderTrades(4)
    let request = try #require(harness.placement)
    harness.observe(.accepted("asha", request.requestID, "2777"))
    harness.appears(nil, .buy, lots: 4, filled: 4, id: "2777")
    #expect(harness.held == 4)
    #expect(harness.ledger.owner == .zero)
  }

  @Test(
    "promise 1: whichever of two orders is told first, by reply, stream or book, one stays and one is neutralised",
    arguments: 0..<24)
  func allOrders(permutation: Int) throws {
    // The first attempt was given up and is taken late; the second is on its way.
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leaderTrades(4)
    harness.doubtNewest()
    let request = try #require(harness.placement)
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time))
    harness.time = harness.time + .seconds(5)
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time))
    #expect(harness.attempts == 1)
    harness.acceptsAtOnce = true
    harness.fillsAtOnce = true
    let (first, second) = (OrderID("2801"), OrderID("2802"))
    var steps: [(inout Harness) -> Void] = [
      { $0.observe(.accepted("asha", request.requestID, second)) },
      { $0.appears(nil, .buy, lots: 4, filled: 4, id: second) },
      { $0.appears(request.correlationID, .buy, lots: 4, filled: 4, id: first) },
      { $0.appears(request.correlationID, .buy, lots: 4, filled: 4, source: .book, id: second) },
    ]
    var rest = permutation
    for place in (1...3).reversed() {
      steps.swapAt(place, rest % (place + 1))
      rest /= place + 1
    }
    for step in steps {
      step(&harness)
      harness.runLanes()
    }
    harness.observe(.followerBookRead("asha", orders: 2, askedAt: harness.time))
    harness.runLanes()
    #expect(harness.held == 4, "\(harness.story)")
    #expect(harness.ledger.owner == .zero, "\(harness.story)")
    #expect(harness.surplus == 0)
    #expect(harness.adoptions.count == 1)
  }
}
