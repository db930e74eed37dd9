import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 35: nobody sees what the leader does") struct BlindRules {
  private func stage(_ resting: RestingPolicy = .skip) -> Harness {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), entries: EntrySettings(resting: resting))
    harness.observe(.stream(.leader, isConnected: true, reason: ""))
    harness.observe(.leaderBookRead(orders: 0, askedAt: harness.time))
    return harness
  }

  @Test("resting entries are cancelled, exits stay, nothing is entered") func blind() {
    var harness = stage()
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("7", .sell, lots: 4, price: 12_000)
    harness.leader("8", .buy, lots: 2, price: 9_000)
    #expect(harness.working.count == 2)
    harness.observe(.leaderSight(blindSince: harness.time))
    #expect(harness.working.map(\.side) == [.sell], "the exit rests")
    harness.leader("9", .buy, lots: 1, price: 9_100)
    harness.runLanes()
    #expect(harness.working.map(\.side) == [.sell])
    #expect(harness.reasons.allSatisfy { $0 == .leaderUnseen })
    #expect(harness.reasons.count == 2)
    guard case .cancellationRequested(let cancel)? = harness.log.last(where: { $0.type == .cancellationRequested })
    else { return }
    #expect(cancel.why.rule == 35)
  }

  @Test(
    "rule 17: seen again, what was taken back and still rests comes back only with entries.resting: copy",
    arguments: RestingPolicy.allCases)
  func seenAgain(policy: RestingPolicy) {
    var harness = stage(policy)
    harness.fillsAtOnce = false
    harness.leader("8", .buy, lots: 2, price: 9_000)
    harness.observe(.leaderSight(blindSince: harness.time))
    #expect(harness.working.isEmpty)
    harness.run(for: .seconds(120))
    harness.observe(.leaderSight(blindSince: nil))
    harness.runLanes()
    #expect(harness.working.map(\.quantity) == (policy == .copy ? [Quantity(130)] : []))
    harness.leader("9", .buy, lots: 1, price: 9_100)
    #expect(harness.working.contains { $0.price == Paise(9_100) }, "what is new is entered")
  }

  @Test(
    "promise 7: an exit of his that is heard of all the same goes out at once, and missed exits when he is seen again")
  func exits() {
    var harness = stage()
    harness.leaderTrades(4)
    harness.observe(.leaderSight(blindSince: harness.time))
    harness.leaderTrades(-2)
    #expect(harness.held == 2)
    harness.run(for: .seconds(600))
    harness.observe(.leaderSight(blindSince: nil))
    harness.leader("1900", .sell, lots: 2, filled: 2, age: .seconds(500))
    #expect(harness.held == 0)
  }

  @Test("what the log says of it outlives a restart, and a change is one event") func restart() {
    var harness = stage()
    let since = harness.time
    harness.observe(.leaderSight(blindSince: since))
    harness.observe(.leaderSight(blindSince: harness.time))
    harness.observe(.started(version: "test"))
    #expect(harness.state.leader.blindSince == since)
    harness.observe(.leaderSight(blindSince: nil))
    harness.observe(.leaderSight(blindSince: nil))
    #expect(harness.log.count { $0.type == .leaderSight } == 2)
  }

  @Test("promise 4: an entry in doubt is not attempted again while nobody sees him") func doubt() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), entries: EntrySettings(maximumAge: .seconds(600)))
    harness.acceptsAtOnce = false
    harness.leaderTrades(2)
    harness.doubtNewest()
    harness.observe(.leaderSight(blindSince: harness.time))
    harness.observe(.followerBookRead("asha", orders: 0))
    harness.time = harness.time + .seconds(6)
    harness.observe(.followerBookRead("asha", orders: 0))
    #expect(!harness.log.contains { $0.type == .requestAttempted })
    #expect(harness.log.contains { $0.type == .requestWithdrawn })
  }
}

@Suite("Rule 36: resume") struct ResumeRules {
  @Test(
    "exits are caught up and every entry from before is too old, for one follower and for all, also after a restart",
    arguments: [nil, FollowerName("asha")] as [FollowerName?], [false, true])
  func resume(follower: FollowerName?, restarts: Bool) {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.observe(.operatorCommand(.halted, follower))
    harness.leaderTrades(-2)
    harness.leader("50", .buy, lots: 3, price: 9_000)
    if restarts {
      harness.observe(.stopped)
      harness.observe(.started(version: "test"))
      harness.observe(.clock(due: "test"))
      harness.observe(.leaderBookRead(orders: 2))
      harness.observe(.followerBookRead("asha", orders: 1))
      #expect(harness.state.mode(ofFollower: 0) == .halted, "the mode is in the log")
    }
    #expect(harness.held == 4)
    #expect(harness.broker.count == 1, "nothing left but the first entry")
    harness.observe(.operatorCommand(.running, follower))
    harness.runLanes()
    #expect(harness.held == 2)
    #expect(harness.placements() == [4, -2])
    harness.leader("51", .buy, lots: 1, filled: 1)
    #expect(harness.held == 3)
  }

  @Test("halted cancels resting entries at once and sends nothing but cancels, also when it was said while stopped")
  func haltedWhileStopped() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(2)
    harness.fillsAtOnce = false
    harness.leader("50", .buy, lots: 3, price: 9_000)
    harness.observe(.stopped)
    harness.acceptsAtOnce = false
    harness.observe(.operatorCommand(.halted, nil))
    harness.acceptsAtOnce = true
    harness.observe(.started(version: "test"))
    harness.observe(.clock(due: "test"))
    harness.runLanes()
    #expect(harness.log.contains { $0.type == .cancellationRequested })
    let mark = harness.log.count
    harness.leaderTrades(-2)
    harness.run(for: .seconds(30))
    #expect(
      !harness.log[mark...].contains { if case .placementRequested(let it) = $0 { it.leavesAtOnce } else { false } })
    #expect(!harness.log[mark...].contains { $0.type == .modificationRequested })
  }
}
