import Domain
import Projections
import Reactors
import Testing

/// What is settled by readings and by hand (rules 15, 24 and 27 to 31).
@Suite("Rules: doubt") struct DoubtRules {
  /// A placement in doubt: of an entry, or of the exit of four lots.
  private func doubted(exit: Bool) throws -> (Harness, PlacementRequested) {
    var harness = Harness(ratio: "1")
    if exit { harness.leaderTrades(4) }
    harness.acceptsAtOnce = false
    harness.leaderTrades(exit ? -4 : 4)
    harness.doubtNewest()
    return (harness, try #require(harness.placement))
  }

  @Test("rule 29: an exit is attempted again only where the trade book agrees") func tradesAgree() throws {
    var (harness, _) = try doubted(exit: true)
    harness.readTwice(trades: false)
    #expect(harness.attempts == 0)
    harness.readTwice(trades: true)
    #expect(harness.attempts == 1)
  }

  @Test("rule 29: two readings count only where they were asked for five seconds apart") func apart() throws {
    var (harness, _) = try doubted(exit: false)
    let asked = harness.time
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: asked))
    harness.time = harness.time + .seconds(6)
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: asked + .seconds(4)))
    #expect(harness.attempts == 0, "the second was asked for too early, however late it came")
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: asked + .seconds(5)))
    #expect(harness.attempts == 1)
  }

  @Test("rule 30: a number that was typed wrongly gives way to the order that carries the label, and spoils no reading")
  func mistyped() throws {
    var (harness, request) = try doubted(exit: false)
    harness.observe(.resolved("asha", request.requestID, "2999999999999"))
    #expect(harness.account.acceptedToday(harness.time) == [])
    harness.acceptsAtOnce = true
    harness.place(request)
    #expect(harness.held == 4 && harness.surplus == 0 && harness.openAlerts.isEmpty, "\(harness.story)")
    let mark = harness.log.count
    harness.leaderTrades(-4)
    #expect(harness.placements(since: mark) == [-4])
    #expect(harness.held == 0 && harness.halted.isEmpty)
  }

  @Test("rule 30: of a number that was typed wrongly, and belongs to no order, the next reading makes a doubt again")
  func numberOfNoOrder() throws {
    var (harness, request) = try doubted(exit: true)
    harness.observe(.resolved("asha", request.requestID, "2999999999999"))
    #expect(harness.account.outbox.requests.isEmpty)
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time + .seconds(-1)))
    #expect(harness.account.outbox.requests.isEmpty, "it was asked for before")
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time))
    #expect(harness.account.outbox.requests.map(\.isInDoubt) == [true], "\(harness.story)")
    harness.readTwice(trades: true)
    #expect(harness.attempts == 1, "\(harness.story)")
    harness.acceptsAtOnce = true
    harness.place(request)
    #expect(harness.held == 0 && harness.surplus == 0, "\(harness.story)")
  }

  @Test("rule 30: of two numbers that were typed in each other's place each gives way to the label")
  func swappedNumbers() throws {
    var harness = Harness(ratio: "1", freeze: 65 * 4)
    harness.leaderTrades(8)
    harness.acceptsAtOnce = false
    let mark = harness.log.count
    harness.leaderTrades(-8)
    let requests = harness.log[mark...].compactMap { event -> PlacementRequested? in
      if case .placementRequested(let request) = event { request } else { nil }
    }
    try #require(requests.count == 2)
    for request in requests { harness.observe(.doubted("asha", request.requestID, text: "timeout")) }
    // They are given the numbers that the broker will show for the other one.
    let next = harness.nextOrder
    let numbers = [next, next + 1].map { OrderID(stringLiteral: "\(2_100_000_000_000 + $0)") }
    harness.observe(.resolved("asha", requests[0].requestID, numbers[1]))
    harness.observe(.resolved("asha", requests[1].requestID, numbers[0]))
    harness.acceptsAtOnce = true
    for request in requests { harness.place(request) }
    harness.observe(.followerBookRead("asha", orders: 3, askedAt: harness.time))
    harness.run(for: .seconds(10))
    #expect(harness.held == 0 && harness.surplus == 0 && harness.halted.isEmpty, "\(harness.story)")
    #expect(harness.account.outbox.requests.isEmpty)
  }

  @Test(
    "rule 32: what the owner closed by hand while our exit was in doubt is closed: the exit is withdrawn, not sent again",
    arguments: [true, false])
  func closedByHand(label: Bool) throws {
    var (harness, _) = try doubted(exit: true)
    let order = harness.appears(nil, .sell, lots: 4, filled: 4)
    #expect(harness.held == 4, "it may be ours until the book has shown it")
    if label {
      harness.appears("1000000002-1800000000000", .sell, lots: 4, filled: 4, source: .book, id: order)
    }
    harness.readTwice()
    #expect(harness.attempts == 0, "\(harness.story)")
    #expect(harness.held == 0 && harness.ledger.owner == .zero && harness.account.outbox.requests.isEmpty)
  }

  @Test("rule 21: an entry in doubt is not attempted again against what the owner sold by hand meanwhile")
  func ownerOpposite() throws {
    var (harness, _) = try doubted(exit: false)
    harness.ownerTrades(-6)
    proveAbsent(&harness)
    #expect(harness.attempts == 0 && harness.account.outbox.requests.isEmpty, "\(harness.story)")
    #expect(harness.reasons == [.ownerHoldsOpposite])
  }

  @Test("rule 21: nor does one leave that waits in its lane") func ownerOppositeInLane() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leaderTrades(4)
    let request = try #require(harness.placement)
    harness.observe(.refused("asha", request.requestID, .rateLimited, text: "DH-904"))
    harness.ownerTrades(-6)
    harness.run(for: .seconds(5))
    #expect(harness.attempts == 0 && harness.account.outbox.requests.isEmpty, "\(harness.story)")
  }

  @Test("rules 30 and 32: where a person says that our exit is absent, what the owner closed meanwhile was his")
  func closedByHandAndResolved() throws {
    var (harness, request) = try doubted(exit: true)
    harness.appears(nil, .sell, lots: 4, filled: 4)
    harness.observe(.resolved("asha", request.requestID, nil))
    harness.run(for: .seconds(1))
    #expect(harness.attempts == 0, "\(harness.story)")
    #expect(harness.held == 0 && harness.ledger.owner == .zero)
  }

  @Test("rule 29: what a reading that may leave out ended orders does not show is not the owner's yet")
  func lacksEnded()
    throws
  {
    var (harness, request) = try doubted(exit: true)
    let order = harness.appears(nil, .sell, lots: 4, filled: 4)
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time, lacksEnded: true))
    #expect(harness.held == 4)
    harness.appears(request.correlationID, .sell, lots: 4, filled: 4, source: .book, id: order)
    #expect(harness.held == 0 && harness.ledger.owner == .zero && harness.surplus == 0)
  }

  @Test("rule 29: proven absent and not wanted any more, it is withdrawn and not attempted again") func unwanted()
    throws
  {
    var (harness, _) = try doubted(exit: false)
    harness.leader("9", .sell, lots: 4, filled: 4)
    proveAbsent(&harness)
    #expect(harness.attempts == 0, "\(harness.story)")
    #expect(harness.account.outbox.requests.isEmpty)
  }

  /// Two clean readings as soon as they count.
  private func proveAbsent(_ harness: inout Harness) {
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time))
    harness.time = harness.time + .seconds(5)
    harness.observe(.followerBookRead("asha", orders: 0, askedAt: harness.time))
  }

  @Test(
    "rule 29: proven absent while the account is blocked, it waits for the account under its own label while it is fresh"
  )
  func blocked() throws {
    var (harness, request) = try doubted(exit: false)
    harness.observe(.blocked(.follower("asha"), .addressRefused, text: "DH-905"))
    proveAbsent(&harness)
    #expect(harness.placements().count == 1, "nothing else is asked for beside it: \(harness.story)")
    harness.acceptsAtOnce = true
    harness.observe(.readable(.follower("asha")))
    harness.observe(.operatorCommand(.running, nil))
    harness.runLanes()
    #expect(harness.attempts == 1, "\(harness.story)")
    harness.place(request)
    #expect(harness.held == 4 && harness.placements().count == 1)
    // The first one was taken after all.
    harness.appears(request.correlationID, .buy, lots: 4, filled: 4)
    #expect(harness.adoptions.map(\.isSurplus) == [true])
    harness.runLanes()
    #expect(harness.held == 4, "the surplus is closed: \(harness.story)")
  }

  @Test("rule 17: proven absent in an account that stays blocked, an entry is taken back when it is too old")
  func aged()
    throws
  {
    var (harness, _) = try doubted(exit: false)
    harness.observe(.blocked(.follower("asha"), .addressRefused, text: "DH-905"))
    proveAbsent(&harness)
    #expect(harness.account.outbox.requests.count == 1)
    harness.run(for: .seconds(10))
    #expect(harness.account.outbox.requests.isEmpty && harness.ends == [.tooOld], "\(harness.story)")
  }

  @Test("rule 15: an exit in doubt counts as working in full: nothing else closes its lots") func exitInDoubt() throws {
    var (harness, _) = try doubted(exit: true)
    let mark = harness.log.count
    harness.acceptsAtOnce = true
    harness.leader("9", .sell, lots: 2)
    harness.observe(.clock(due: "test"))
    #expect(harness.placements(since: mark) == [])
    #expect(harness.openAlerts.contains(.inDoubt))
  }

  @Test("rule 30: a person says that a placement is absent, and what is wanted is attempted again") func absent() throws
  {
    var (harness, request) = try doubted(exit: true)
    harness.observe(.resolved("asha", request.requestID, nil))
    #expect(harness.attempts == 1)
    // It has left: a second word finds nothing in doubt.
    let mark = harness.log.count
    harness.observe(.resolved("asha", request.requestID, nil))
    #expect(harness.log.count == mark)
  }

  @Test("rule 30: a person names the order, which is adopted with what it filled") func named() throws {
    var (harness, request) = try doubted(exit: false)
    // Without its label nobody can tell whose it is.
    harness.appears(nil, .buy, lots: 4, filled: 4, id: "2900")
    #expect(harness.held == 0)
    harness.observe(.resolved("asha", request.requestID, "2900"))
    #expect(harness.held == 4)
    #expect(harness.ledger.owner == .zero)
    #expect(harness.account.outbox.requests.isEmpty)
    #expect(!harness.openAlerts.contains(.inDoubt))
  }

  @Test("promise 6: an order that was given up and comes when the leader is on the other side is taken back")
  func lateEntryOfAnotherSide() throws {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    let label = try #require(harness.placement?.correlationID)
    harness.doubtNewest()
    harness.leader("1", .buy, lots: 2, status: .cancelled)
    harness.readTwice()
    #expect(harness.ledger.episode == nil)
    harness.leader("2", .sell, lots: 1)
    #expect(harness.ledger.episode?.side == .sell)
    harness.appears(label, .buy, lots: 2)
    guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested })
    else {
      Issue.record("it is left where it is")
      return
    }
    #expect(cancel.child.origin == "1")
  }

  @Test("rule 27: a modification that was given up and taken late is followed, and corrected by the next look")
  func lateModification() throws {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    let label = try #require(harness.working.first?.correlationID)
    harness.time = harness.time + .seconds(1)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 8)
    guard case .modificationRequested(let raise)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no modification")
      return
    }
    harness.observe(.doubted("asha", raise.requestID, text: "500"))
    harness.leader("1", .buy, lots: 4)
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time))
    #expect(harness.account.outbox.requests.isEmpty, "the book shows four, and four are wanted")
    // The broker takes the raise after all.
    harness.acceptsAtOnce = true
    let raised = harness.lotSize.quantity(of: Lots(8))
    harness.broker[label]?.quantity = raised
    harness.time = harness.time + .seconds(2)
    let changed = harness.time
    harness.broker[label]?.updatedAt = changed
    harness.observe(.followerOrder("asha", try #require(harness.broker[label]), .stream))
    harness.runLanes()
    #expect(harness.working.map(\.quantity.units) == [4 * Harness.lot], "\(harness.story)")
  }

  @Test("rule 27: a cancel that was given up and taken late forgoes nothing: what is wanted again is placed again")
  func lateCancel() throws {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    let label = try #require(harness.working.first?.correlationID)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested })
    else {
      Issue.record("no cancel")
      return
    }
    harness.observe(.doubted("asha", cancel.requestID, text: "timeout"))
    harness.observe(.followerBookRead("asha", orders: 1, askedAt: harness.time))
    harness.cancelByBroker(label)
    #expect(harness.reasons == [], "\(harness.story)")
    #expect(harness.ends == [.skipped(.leaderEndedUnfilled)])
  }
}
