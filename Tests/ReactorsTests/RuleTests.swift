import Domain
import Projections
import Reactors
import Testing

/// One test a rule, quoting its number; the vectors and properties stand in files of their own.
@Suite("Rules: ledger") struct LedgerRules {
  @Test("rule 1: a true-up is a link of its own and starts only when every other link of the key has settled")
  func ownLink() {
    var harness = Harness(ratio: "1/2")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.leader("2", .buy, lots: 4)
    harness.fill(harness.working[0].correlationID!)
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    #expect(harness.placements() == [2, 2], "the other link still works")
    harness.leader("2", .buy, lots: 4, status: .cancelled)
    #expect(harness.placements() == [2, 2, -2])
    let own = harness.ledger.links.last
    #expect(own?.leaderOrder == nil && own?.origin.ownPurpose == .trueUp)
  }

  @Test("rule 3: lots that a refusal cost are forgone until flat; the leader's next entry brings only its own")
  func forgone() {
    var harness = Harness(ratio: "1/2")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, filled: 4)
    harness.refuseNewest()
    harness.acceptsAtOnce = true
    #expect(harness.steps([2]) == [1])
    #expect(harness.steps([-6]) == [-1])
    #expect(harness.held == 0)
    // Flat: the slate is clean.
    #expect(harness.steps([4]) == [2])
  }

  @Test("rule 4: a limit binds increases only and never an exit") func limitsBindIncreases() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumLotsPerOrder: Lots(2)))
    #expect(harness.steps([2, 2, 2]) == [2, 2, 2])
    #expect(harness.steps([-6]) == [-6])
  }

  @Test("rule 5: a refused exit is not tried again until another total is desired, and a person is called")
  func refusedExit() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.acceptsAtOnce = false
    harness.leader("800", .sell, lots: 2, filled: 2)
    harness.refuseNewest()
    let mark = harness.log.count
    harness.observe(.clock(due: "look"))
    #expect(harness.placements(since: mark).isEmpty)
    #expect(harness.ledger.alerts.contains(.exitRefused))
    harness.acceptsAtOnce = true
    harness.leader("801", .sell, lots: 2, filled: 2)
    #expect(harness.held <= 2, "the new exit went out")
  }

  @Test("rule 5: a 200 to a modification is no outcome; the picture is, and the child waits for it")
  func modifyAccepted() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, price: 10_005)
    guard case .modificationRequested(let request)? = harness.log.last else {
      Issue.record("no modification was asked for")
      return
    }
    harness.observe(.accepted("asha", request.requestID, harness.working[0].orderID))
    harness.leader("1", .buy, lots: 4, price: 10_010)
    #expect(harness.modifications == [10_005], "nothing more is asked while the first is not seen")
    var seen = harness.working[0]
    seen.price = Paise(10_005)
    seen.updatedAt = harness.time
    harness.observe(.followerOrder("asha", seen, .stream))
    #expect(harness.modifications == [10_005, 10_010])
  }

  @Test("rule 5: a modification that the exchange refused late is not asked again; the next change is")
  func lateRefusal() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, price: 99_000)
    guard case .modificationRequested(let request)? = harness.log.last else { return }
    var order = harness.working[0]
    harness.observe(.accepted("asha", request.requestID, order.orderID))
    order.reason = "RMS: price beyond the band"
    order.updatedAt = harness.time
    harness.observe(.followerOrder("asha", order, .stream))
    #expect(harness.modifications == [99_000])
    harness.leader("1", .buy, lots: 4, price: 10_005)
    #expect(harness.modifications == [99_000, 10_005])
  }
}

@Suite("Rules: entry or exit") struct ClassificationRules {
  @Test("rule 6: nothing is decided before a baseline exists") func noBaseline() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), baseline: false)
    harness.leader("1", .buy, lots: 2, filled: 2)
    #expect(harness.placements().isEmpty)
    harness.observe(.leaderBaseline([BaselinePosition(key: harness.key, quantity: Quantity(130))]))
    harness.observe(.followerBaseline("asha", []))
    harness.leader("1", .buy, lots: 2, filled: 2)
    #expect(harness.placements().isEmpty, "an order from before the first start is never copied")
    #expect(harness.steps([2]) == [2])
  }

  @Test("rule 6: inherited lots are owed nothing, and a decrease is a fraction of the whole") func inherited() {
    let key = PositionKey(contract: Harness.nifty, product: .margin)
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one), exitRounding: .lagging),
      positions: [BaselinePosition(key: key, quantity: Quantity(4 * 65))])
    #expect(harness.steps([-1]) == [0])
    #expect(harness.steps([3]) == [3])
    // Leader 3 inherited and 3 entered: half of it leaves, then the rest.
    #expect(harness.steps([-3]) == [-1])
    #expect(harness.steps([-3]) == [-2])
    #expect(harness.held == 0)
  }

  @Test("rule 6: a follower who joins in mid-position owes nothing for what stands, and leaves with the leader")
  func joins() {
    var harness = Harness(ratio: "1")
    #expect(harness.steps([5, -1]) == [5, -1])
    var settings = harness.state.settings!
    settings.followers.append(
      FollowerSettings(
        name: "vikram", clientID: "1000000003",
        sizing: Sizing(strategy: .fixedRatio(.one), exitRounding: .lagging)))
    harness.observe(.configuration(settings))
    harness.observe(.followerBaseline("vikram", []))
    func held() -> Int64 { (harness.state.followers[1].ledgers[harness.key]?.held.units ?? 0) / 65 }
    #expect(held() == 0)
    harness.leaderTrades(2)
    #expect(held() == 2)
    // Four stood when vikram came and two were added: half of the six leave, then the rest.
    harness.leaderTrades(-3)
    #expect(held() == 1)
    harness.leaderTrades(-3)
    #expect(held() == 0)
    #expect(harness.held == 0)
  }

  @Test("rule 7: an order is judged by the filled position alone; resting orders are not summed") func alone() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("50", .sell, lots: 2, price: 11_000)
    // The first sell rests; the second is still judged against two lots held, closes nothing that is left to close, and
    // opens nothing.
    harness.leader("51", .sell, lots: 2, price: 12_000)
    #expect(harness.placements() == [2, -2])
    // The leader takes the first back: the lots are free for the second.
    harness.leader("50", .sell, lots: 2, price: 11_000, status: .cancelled)
    #expect(harness.placements() == [2, -2, -2])
  }

  @Test("rule 9: the opening part of a reversal waits until the closing part is filled") func reversalWaits() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("50", .sell, lots: 5, filled: 5)
    #expect(harness.placements() == [2, -2])
    harness.fill(harness.working[0].correlationID!, lots: 1)
    #expect(harness.placements() == [2, -2])
    harness.fill(harness.working[0].correlationID!, lots: 2)
    #expect(harness.placements() == [2, -2, -3])
  }

  @Test("an order first seen already TRADED is copied while it is fresh") func firstSeenTraded() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4, age: .seconds(5))
    #expect(harness.held == 2)
  }

  @Test("rule 17: an entry older than the limit is forgone; an exit has no age") func age() {
    var harness = Harness(ratio: "1/2")
    harness.leader("1", .buy, lots: 4, filled: 4, age: .seconds(11))
    #expect(harness.placements().isEmpty)
    #expect(harness.ends == [.tooOld])
    harness.leader("2", .buy, lots: 4, filled: 4)
    harness.leader("3", .sell, lots: 8, filled: 8, age: .seconds(3_600))
    #expect(harness.held == 0)
    #expect(harness.placements() == [2, -2])
  }

  @Test("rule 21: an entry against an opposite position of the follower's owner is skipped") func ownerOpposite() {
    let key = PositionKey(contract: Harness.nifty, product: .margin)
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), owner: [BaselinePosition(key: key, quantity: Quantity(-65))])
    #expect(harness.steps([2]) == [0])
    #expect(harness.ends == [.skipped(.ownerHoldsOpposite)])
    #expect(harness.ledger.owner == Quantity(-65))
  }

  @Test("a leader order that its broker rejects takes the follower's order back") func leaderRejected() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    harness.leader("1", .buy, lots: 2, status: .rejected)
    #expect(harness.working.isEmpty)
    #expect(harness.ends == [.skipped(.leaderEndedUnfilled)])
  }

  @Test("promise 3: anything that is not an option is recorded and skipped with its reason") func notAnOption() {
    var harness = Harness(ratio: "1")
    let future = PositionKey(
      contract: ContractID(segment: .nseFNO, securityID: "35000", option: nil), product: .margin)
    harness.observe(
      .leaderOrder(
        BrokerOrder(
          orderID: "1", correlationID: nil, key: future, side: .buy, type: .limit, validity: .day,
          quantity: Quantity(65),
          price: Paise(100), status: .pending, updatedAt: harness.time), .stream))
    #expect(harness.ends == [.skipped(.notAnOption)])
    #expect(harness.placements().isEmpty)
  }

  @Test("promise 11: lots that the owner trades by hand are never touched") func ownersLots() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.ownerTrades(3)
    #expect(harness.ledger.owner == Quantity(195))
    #expect(harness.steps([-2]) == [-2])
    #expect(harness.ledger.owner == Quantity(195))
  }
}

@Suite("Rules: exits, children, lanes") struct ChildRules {
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
      case .placementRequested(let request) where request.purpose == .exit: "exit \(request.quantity.units / 65)"
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

  @Test("rule 24: one child refused leaves the others alone; a reduction shrinks the last child first") func children()
  {
    var harness = Harness(ratio: "1", freeze: 4 * 65)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 10)
    #expect(harness.placements() == [4, 4, 2])
    harness.leader("1", .buy, lots: 7)
    #expect(harness.working.map { $0.quantity.units / 65 } == [4, 3])
    harness.rejectNewest()
    #expect(harness.working.map { $0.quantity.units / 65 } == [4])
    #expect(harness.placements() == [4, 4, 2], "refused lots are forgone")
  }

  @Test("rule 24: a child in doubt stops neither cancels nor reductions of the others") func childInDoubt() {
    var harness = Harness(ratio: "1", freeze: 4 * 65)
    harness.fillsAtOnce = false
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 8)
    harness.acceptOldest()
    harness.doubtNewest()
    harness.acceptsAtOnce = true
    harness.leader("1", .buy, lots: 8, status: .cancelled)
    #expect(harness.working.isEmpty, "the known child is cancelled")
    #expect(harness.ledger.open(.entry) == Quantity(4 * 65), "the child in doubt counts as working")
    #expect(harness.ledger.alerts.contains(.inDoubt))
  }

  @Test("rule 25: a modification asks for what is filled and the wanted remainder") func total() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 6)
    harness.fill(harness.working[0].correlationID!, lots: 2)
    harness.leader("1", .buy, lots: 5)
    guard case .modificationRequested(let request)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no modification")
      return
    }
    #expect(request.quantity == Quantity(5 * 65))
  }

  @Test(
    "rule 31: a request that waits in the lane is withdrawn when it is not wanted any more, and leaves by an attempt")
  func lane() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), freeze: 65)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 12)
    let atOnce = harness.log.filter { if case .placementRequested(let r) = $0 { r.leavesAtOnce } else { false } }.count
    #expect(atOnce == 8, "entries leave two of ten calls a second to exits")
    #expect(harness.queued.count == 4)
    harness.leader("1", .buy, lots: 10)
    #expect(harness.log.count { $0.type == .requestWithdrawn } == 2)
    harness.runLanes()
    #expect(harness.log.count { $0.type == .requestAttempted } == 2)
    #expect(harness.working.count == 10)
  }

  @Test("rule 39: an exit does not wait behind entries") func exitsFirst() {
    var harness = Harness(Sizing(strategy: .fixedRatio(.one)), freeze: 65)
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 12, price: 9_000)
    let mark = harness.log.count
    harness.leader("2", .sell, lots: 2, price: 10_500)
    let exits = harness.log[mark...].compactMap { event -> Bool? in
      if case .placementRequested(let request) = event, request.purpose == .exit { request.leavesAtOnce } else { nil }
    }
    #expect(exits.first == true)
  }

  @Test("rule 36: stopping with entries taken back cancels them, leaves exits, and enters nothing more") func stopping()
  {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3, price: 9_900)
    harness.leader("2", .sell, lots: 2, price: 10_500)
    harness.observe(.stopping)
    #expect(harness.working.map(\.side) == [.sell])
    harness.leader("3", .buy, lots: 3, price: 9_900)
    #expect(harness.working.map(\.side) == [.sell])
  }

  @Test("W7: a picture that overtakes the reply proves the placement; a picture without a label waits for the reply")
  func pictureFirst() {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    guard case .placementRequested(let request)? = harness.log.last(where: { $0.type == .placementRequested }) else {
      return
    }
    let blank = BrokerOrder(
      orderID: "2000000000001", correlationID: nil, key: harness.key, side: .buy, type: .limit, validity: .day,
      quantity: request.quantity, price: request.price.limit, filled: request.quantity,
      averagePrice: request.price.limit,
      status: .traded, updatedAt: harness.time)
    harness.observe(.followerOrder("asha", blank, .stream))
    #expect(harness.held == 0 && harness.ledger.owner == .zero, "it may be ours or the owner's")
    harness.observe(.accepted("asha", request.requestID, "2000000000001"))
    #expect(harness.held == 2)
    #expect(harness.ledger.owner == .zero)
  }
}

extension Harness {
  /// Prices of every modification asked for.
  var modifications: [Int64] {
    log.compactMap { if case .modificationRequested(let request) = $0 { request.price.limit.count } else { nil } }
  }

  private var placed: [PlacementRequested] {
    log.compactMap { if case .placementRequested(let request) = $0 { request } else { nil } }
  }

  mutating func refuseNewest() {
    guard let request = placed.last else { return }
    observe(.refused("asha", request.requestID, .other, text: "DH-906 Insufficient Funds"))
  }

  mutating func rejectNewest() {
    guard var order = working.last, let label = order.correlationID else { return }
    order.status = .rejected
    order.reason = "RMS:1:Insufficient Funds"
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder("asha", order, .stream))
  }

  mutating func acceptOldest() {
    guard let request = placed.first(where: { broker[$0.correlationID] == nil }) else { return }
    place(request)
  }

  mutating func acceptOpen() {
    for request in placed where broker[request.correlationID] == nil { place(request) }
  }

  mutating func doubtNewest() {
    guard let request = placed.last else { return }
    observe(.doubted("asha", request.requestID, text: "timeout"))
  }

  /// The broker shows the order cancelled.
  mutating func cancelByBroker(_ label: CorrelationID) {
    guard var order = broker[label] else { return }
    order.status = .cancelled
    order.updatedAt = time
    broker[label] = order
    observe(.followerOrder("asha", order, .stream))
  }
}
