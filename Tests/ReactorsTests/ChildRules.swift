import Domain
import Projections
import Reactors
import Testing

@Suite("Rules: children, lanes") struct ChildRules {
  @Test("rule 17: what we take back ourselves to place it anew before the cap of modifications bites is never too old")
  func cancelAndReplace() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 2)
    for step in 1...25 {
      harness.time = harness.time + .seconds(1)
      harness.leader("1", .buy, lots: 2, price: 10_000 + 5 * Int64(step))
    }
    #expect(harness.placements() == [2, 2])
    #expect(harness.working.map(\.price) == [Paise(10_125)])
    #expect(harness.reasons == [])
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

  @Test(
    "rule 5: a cancel that was refused is asked for again after a pause, a finite number of times, and a person is told after five seconds"
  )
  func refusedCancel() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    func cancels() -> [RequestID] {
      harness.log.compactMap { if case .cancellationRequested(let request) = $0 { request.requestID } else { nil } }
    }
    for round in 1...9 {
      let asked = cancels()
      #expect(asked.count == min(round, 6))
      if let last = asked.last { harness.observe(.refused("asha", last, .other, text: "DH-906 no")) }
      #expect(cancels().count == asked.count, "not at once")
      if round == 1 {
        harness.run(for: .seconds(4))
        #expect(harness.openAlerts.isEmpty)
        harness.run(for: .seconds(2))
      } else {
        harness.run(for: .seconds(6))
      }
      #expect(harness.openAlerts == [.cancelRefused])
    }
  }

  @Test(
    "rule 11: where an exit becomes smaller and would meet our own entry at its new price, it becomes smaller and keeps its price until the entry is gone"
  )
  func smallerAndCrossing() {
    var harness = Harness(ratio: "1")
    harness.leader("1", .sell, lots: 4, filled: 4)
    harness.fillsAtOnce = false
    harness.leader("2", .buy, lots: 3, price: 9_500)
    harness.leader("3", .sell, lots: 2, price: 10_100)
    #expect(harness.working.map(\.side) == [.buy, .sell])
    harness.acceptsAtOnce = false
    harness.leader("2", .buy, lots: 2, price: 10_500)
    guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested }),
      case .modificationRequested(let change)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no cancel, or no reduction")
      return
    }
    #expect(cancel.child.origin == "3")
    #expect(change.child.origin == "2")
    #expect(change.terms.quantity == Quantity(2 * 65))
    #expect(change.terms.price.limit == Paise(9_500))
  }

  @Test(
    "an entry that the broker shows only in TRANSIT is refused its cancel: where the leader is out, a person is told after five seconds, and it is cancelled when it shows itself"
  )
  func strandedInTransit() {
    var harness = Harness(ratio: "1")
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    guard case .placementRequested(let request)? = harness.log.last(where: { $0.type == .placementRequested }) else {
      Issue.record("no placement")
      return
    }
    var order = BrokerOrder(
      orderID: "2100000000001", correlationID: request.correlationID, key: request.key, side: .buy, type: .limit,
      validity: .day, quantity: request.terms.quantity, price: request.terms.price.limit, status: .transit,
      updatedAt: harness.time)
    harness.observe(.followerOrder("asha", order, .stream))
    harness.leader("1", .buy, lots: 4, status: .cancelled)
    #expect(harness.account.unseenSince != nil, "its picture is looked for in the book")
    #expect(harness.cancels == 0, "a moment is left to the broker")
    for attempt in 1...2 {
      harness.run(for: .seconds(attempt == 1 ? 2 : 4))
      #expect(harness.cancels == attempt)
      guard case .cancellationRequested(let early)? = harness.log.last(where: { $0.type == .cancellationRequested })
      else {
        Issue.record("no cancel although nobody may have told of the order since")
        return
      }
      harness.observe(.refused("asha", early.requestID, .inTransit, text: "Order is in Transit state"))
      #expect(harness.openAlerts == (attempt == 1 ? [] : [.cancelRefused]))
    }
    order.status = .pending
    order.updatedAt = harness.time
    harness.observe(.followerOrder("asha", order, .book))
    #expect(harness.account.unseenSince == nil)
    #expect(harness.cancels == 3)
    guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested })
    else {
      Issue.record("no cancel")
      return
    }
    harness.observe(.accepted("asha", cancel.requestID, order.orderID))
    order.status = .cancelled
    harness.observe(.followerOrder("asha", order, .stream))
    #expect(harness.openAlerts.isEmpty)
  }

  @Test(
    "rule 25: where a change or a cancel is refused, the book is read: the order may be over, and its stream silent")
  func refusedChangeReads() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 6)
    harness.run(for: .seconds(1))
    guard case .modificationRequested(let request)? = harness.log.last(where: { $0.type == .modificationRequested })
    else {
      Issue.record("no modification")
      return
    }
    #expect(!harness.account.needsReading)
    harness.observe(.refused("asha", request.requestID, .other, text: "DH-906 no"))
    #expect(harness.account.needsReading)
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
    #expect(request.terms.quantity == Quantity(5 * 65))
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
      quantity: request.terms.quantity, price: request.terms.price.limit, filled: request.terms.quantity,
      averagePrice: request.terms.price.limit,
      status: .traded, updatedAt: harness.time)
    harness.observe(.followerOrder("asha", blank, .stream))
    #expect(harness.held == 0 && harness.ledger.owner == .zero, "it may be ours or the owner's")
    harness.observe(.accepted("asha", request.requestID, "2000000000001"))
    #expect(harness.held == 2)
    #expect(harness.ledger.owner == .zero)
  }
}
