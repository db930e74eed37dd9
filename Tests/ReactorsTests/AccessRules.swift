import Domain
import Projections
import Reactors
import Testing

/// What the operator allows and what the broker turns away: rules 27, 36, 38 and 39.
@Suite("Rules: operator") struct OperatorRules {
  @Test(
    "rule 36: neither halted nor close_only enters, and each entry ends with its reason",
    arguments: [(OperatorMode.halted, SkipReason.halted), (.closeOnly, .closeOnly)])
  func noEntries(mode: OperatorMode, reason: SkipReason) {
    var harness = Harness(ratio: "1")
    harness.observe(.operatorCommand(mode, nil))
    harness.leaderTrades(2)
    #expect(harness.placements() == [])
    #expect(harness.reasons == [reason])
    #expect(harness.ends == [.skipped(reason)])
  }

  @Test("rule 37: while the disk is low nothing is entered, exits go out, and what rests is taken back") func lowDisk()
  {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.observe(.disk(isLow: true, free: 1_000))
    harness.leaderTrades(3)
    #expect(harness.reasons == [.lowDisk])
    harness.leaderTrades(-5)
    #expect(harness.held == 0)
    harness.observe(.disk(isLow: false, free: 1_000_000))
    harness.runLanes()
    #expect(harness.placements() == [2, -2], "what was entered while the disk was low is too old")
    harness.leaderTrades(1)
    #expect(harness.held == 1)
  }

  @Test("rule 37: a resting entry is cancelled when the disk becomes low, and the operator's own word outlasts it")
  func lowDiskTakesBack() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    harness.observe(.operatorCommand(.closeOnly, nil))
    harness.observe(.disk(isLow: true, free: nil))
    #expect(harness.working.isEmpty)
    harness.observe(.disk(isLow: false, free: nil))
    harness.leader("2", .buy, lots: 2)
    #expect(harness.placements() == [3])
    #expect(harness.reasons.last == .closeOnly)
  }

  @Test("rule 36: close_only lets exits out, halted keeps them until the resume", arguments: OperatorMode.allCases)
  func exits(mode: OperatorMode) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.observe(.operatorCommand(mode, nil))
    harness.leaderTrades(-2)
    #expect(harness.held == (mode == .halted ? 2 : 0))
    harness.observe(.operatorCommand(.running, nil))
    harness.runLanes()
    #expect(harness.held == 0)
  }

  @Test(
    "rule 36: a resting entry is cancelled at once, and does not come back with the resume",
    arguments: [OperatorMode.halted, .closeOnly])
  func restingEntries(mode: OperatorMode) {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    #expect(harness.working.count == 1)
    harness.observe(.operatorCommand(mode, "asha"))
    #expect(harness.working.isEmpty)
    harness.observe(.operatorCommand(.running, "asha"))
    harness.runLanes()
    #expect(harness.placements() == [3], "the entry is from before the resume")
    harness.leader("1", .buy, lots: 5)
    #expect(harness.placements() == [3, 2], "what the leader adds afterwards is new")
  }

  @Test("rule 36: a modification that waits in the lane is replaced by the cancel of a halt")
  func haltOverQueuedModification() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leader("1", .buy, lots: 3, price: 10_100)
    #expect(harness.queued.count == 1)
    harness.observe(.operatorCommand(.halted, nil))
    harness.observe(.readable(.follower("asha")))
    harness.runLanes()
    #expect(harness.working.isEmpty)
    #expect(harness.log.contains { if case .requestWithdrawn = $0 { true } else { false } })
  }

  @Test("rule 36: a follower that is halted alone stays halted when another one resumes")
  func oneFollower() {
    var harness = Harness(ratio: "1")
    harness.observe(.operatorCommand(.halted, "asha"))
    harness.observe(.operatorCommand(.running, "ravi"))
    #expect(harness.state.mode(ofFollower: 0) == .halted)
    harness.observe(.operatorCommand(.running, nil))
    #expect(harness.state.mode(ofFollower: 0) == .running)
  }
}

@Suite("Rules: turned away") struct TurnedAwayRules {
  @Test(
    "rule 33: what waited while the account could not be called leaves after a reading of the book: its owner may have closed it",
    arguments: [true, false], [true, false])
  func ownerClosedMeanwhile(ownerCloses: Bool, restarts: Bool) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leaderTrades(-2)
    harness.run(for: .seconds(8))
    #expect(harness.queued.count == 1)
    if restarts {
      harness.observe(.started(version: "test"))
      harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
      harness.observe(.leaderBookRead(orders: 2, askedAt: harness.time))
      harness.run(for: .seconds(8))
    }
    harness.observe(.readable(.follower("asha")))
    harness.run(for: .milliseconds(500))
    #expect(harness.working.isEmpty && harness.held == 2)
    if ownerCloses { harness.ownerTrades(-2) }
    harness.observe(.followerBookRead("asha", orders: 2, askedAt: harness.time))
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(harness.log.contains { if case .requestWithdrawn = $0 { true } else { false } } == ownerCloses)
  }

  @Test("rules 16 and 33: no book that cannot be read holds it back for longer than three seconds")
  func unreadable() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leaderTrades(-2)
    harness.run(for: .seconds(8))
    harness.observe(.readable(.follower("asha")))
    harness.run(for: .milliseconds(2_900))
    #expect(harness.held == 2)
    harness.run(for: .milliseconds(200))
    #expect(harness.held == 0)
  }

  /// A call that the broker turned away, with its request back in the lane.
  private func turnedAway(_ refusal: RefusalClass, exit: Bool = false) -> Harness {
    var harness = Harness(ratio: "1")
    if exit { harness.leaderTrades(2) }
    harness.acceptsAtOnce = false
    harness.leaderTrades(exit ? -2 : 2)
    guard case .placementRequested(let request)? = harness.log.last(where: { $0.isPlacement }) else { return harness }
    harness.queued[request.requestID] = .placementRequested(request)
    harness.observe(.refused("asha", request.requestID, refusal, text: "turned away"))
    harness.acceptsAtOnce = true
    return harness
  }

  @Test(
    "rule 27: what was certainly not placed is attempted again under the same label, after a pause",
    arguments: [RefusalClass.notWritten, .rateLimited])
  func again(refusal: RefusalClass) {
    var harness = turnedAway(refusal)
    let child = harness.ledger.links[0].children[0]
    #expect(harness.placements() == [2])
    let mark = harness.log.count
    harness.observe(.clock(due: "lane"))
    #expect(!harness.log[mark...].contains { if case .requestAttempted = $0 { true } else { false } }, "the pause")
    harness.runLanes()
    #expect(harness.held == 2)
    #expect(harness.placements() == [2], "no second placement was decided")
    #expect(harness.ledger.links[0].children.map(\.label) == [child.label])
  }

  @Test(
    "rule 38: a dead token and a refused address block the account; nothing leaves until it can trade again",
    arguments: [RefusalClass.deadToken, .addressRefused])
  func blocked(refusal: RefusalClass) {
    var harness = turnedAway(refusal, exit: true)
    #expect(harness.account.access.blockage != nil)
    harness.time = harness.time + .seconds(3_600)
    harness.observe(.clock(due: "lane"))
    #expect(harness.held == 2)
    // A reading proves a token; only a person knows of an address.
    harness.observe(.readable(.follower("asha")))
    #expect((harness.account.access.blockage == nil) == (refusal == .deadToken))
    harness.observe(.operatorCommand(.running, nil))
    harness.runLanes()
    #expect(harness.held == 0, "exits have no age")
  }

  @Test("rule 17: an entry that waits longer than its age is withdrawn, given up and ended")
  func aged() {
    var harness = turnedAway(.deadToken)
    harness.time = harness.time + .seconds(11)
    harness.observe(.clock(due: "lane"))
    #expect(harness.account.outbox.requests.isEmpty)
    #expect(harness.ends == [.tooOld])
    harness.observe(.readable(.follower("asha")))
    harness.runLanes()
    #expect(harness.held == 0)
  }

  @Test("rule 27: the pauses double and are bounded") func pauses() {
    var harness = turnedAway(.rateLimited, exit: true)
    var pauses: [Int64] = []
    for _ in 0..<8 {
      guard let request = harness.account.outbox.requests.first, let due = harness.state.nextDue else { break }
      pauses.append((due - harness.state.now).count / 1_000)
      harness.time = due
      harness.acceptsAtOnce = false
      harness.observe(.clock(due: "lane"))
      harness.observe(.refused("asha", request.id, .rateLimited, text: "DH-904"))
    }
    #expect(pauses == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000])
  }

  @Test("rule 39: a modification that waits is withdrawn when other terms are wanted, and only these leave")
  func obsoleteModification() {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 3)
    harness.observe(.blocked(.follower("asha"), .deadToken, text: "DH-901"))
    harness.leader("1", .buy, lots: 3, price: 10_100)
    harness.leader("1", .buy, lots: 3, price: 10_200)
    #expect(harness.account.outbox.requests.isEmpty, "what waits at the old price is taken back at once")
    harness.observe(.readable(.follower("asha")))
    harness.runLanes()
    #expect(harness.working.map(\.price) == [Paise(10_200)])
    let taken = harness.log.count { if case .requestAccepted = $0 { true } else { false } }
    #expect(taken == 2, "the placement and one modification")
  }

  @Test("rule 38: a start forgets every blockage and tries anew") func restart() {
    var harness = turnedAway(.addressRefused, exit: true)
    harness.observe(.started(version: "test"))
    harness.observe(.clock(due: "lane"))
    harness.runLanes()
    #expect(harness.held == 0)
  }
}

@Suite("Rules: the broker's clock") struct BrokerClockRules {
  @Test(
    "rule 17: age runs on the broker's clock, corrected by what ours is ahead of it",
    arguments: [(0, 60, false), (60, 60, true), (60, 75, false), (1, 12, false)])
  func offset(ahead: Int64, age: Int64, isCopied: Bool) {
    var harness = Harness(ratio: "1")
    harness.observe(.brokerClock(ahead: .seconds(ahead)))
    harness.leader("1", .buy, lots: 2, filled: 2, age: .seconds(age))
    #expect((harness.held == 2) == isCopied)
  }

  @Test("rule 17: less than two seconds are no difference, and only a change is recorded") func steps() {
    var harness = Harness(ratio: "1")
    let mark = harness.log.count
    for ahead in [1, 60, 61, 59, 0, 1] { harness.observe(.brokerClock(ahead: .seconds(Int64(ahead)))) }
    #expect(
      harness.log[mark...] == [
        .brokerClock(BrokerClock(ahead: .seconds(60))), .brokerClock(BrokerClock(ahead: Microseconds(0))),
      ])
  }
}

extension Event {
  fileprivate var isPlacement: Bool { if case .placementRequested = self { true } else { false } }
}
