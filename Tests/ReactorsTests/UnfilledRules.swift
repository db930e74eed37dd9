import Domain
import Reactors
import Testing

@Suite("Rule 18: the leader's entry filled, the follower's rests") struct UnfilledRules {
  private func resting(_ action: UnfilledSettings.Action) -> Harness {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(Ratio("1")!)), unfilled: UnfilledSettings(action: action))
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.leader("1", .buy, lots: 4, filled: 4)
    return harness
  }

  @Test("reprice: after five seconds three steps lead to the entry's band, and no further") func reprice() {
    var harness = resting(.reprice)
    harness.run(for: .milliseconds(4_900))
    #expect(harness.prices == [.limit(Paise(10_000))])
    harness.run(for: .seconds(60))
    #expect(harness.prices == [10_000, 10_170, 10_340, 10_500].map { .limit(Paise($0)) })
    #expect(harness.asked.last?.why.rule == 18 && harness.asked.last?.why.bound == Paise(10_500))
    harness.fillAll()
    #expect(harness.held == 4)
  }

  @Test("rule 10: what is trimmed is no part of what the leader leaves, also while its order still works")
  func trimmed() {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1/2")!), exitRounding: .nearest))
    harness.leader("1", .buy, lots: 5, filled: 5)
    harness.leader("2", .buy, lots: 1)
    #expect(harness.held == 3)
    harness.fillsAtOnce = false
    let mark = harness.log.count
    harness.leader("2", .buy, lots: 1, status: .cancelled)
    #expect(harness.placements(since: mark) == [-1], "the third is trimmed: \(harness.story)")
    harness.leader("3", .sell, lots: 1, filled: 1)
    #expect(harness.placements(since: mark) == [-1], "a fifth of the other two is less than half a lot")
    harness.fillAll()
    harness.run(for: .seconds(1))
    #expect(harness.held == 2)
  }

  @Test("leave: nothing is done, and the leader's exit takes the entry back") func leave() {
    var harness = resting(.leave)
    harness.run(for: .seconds(60))
    #expect(harness.prices == [.limit(Paise(10_000))])
    harness.leaderTrades(-4)
    #expect(harness.working.isEmpty && harness.held == 0)
  }

  @Test("cancel: after five seconds the rest is cancelled and forgone, with the reason") func cancel() {
    var harness = resting(.cancel)
    harness.fill(harness.working[0].correlationID!, lots: 1)
    harness.run(for: .milliseconds(4_800))
    #expect(harness.working.count == 1)
    harness.run(for: .seconds(1))
    #expect(harness.working.isEmpty && harness.held == 1)
    #expect(harness.reasons == [.unfilled])
    harness.run(for: .seconds(60))
    #expect(harness.placements() == [4], "what was given up is not asked for again")
    #expect(harness.steps([-4]) == [-1])
  }

  @Test(
    "a leader's order that still rests is waited with, whatever the policy is",
    arguments: UnfilledSettings.Action.allCases)
  func waits(action: UnfilledSettings.Action) {
    var harness = Harness(Sizing(strategy: .fixedRatio(Ratio("1")!)), unfilled: UnfilledSettings(action: action))
    harness.fillsAtOnce = false
    harness.leader("1", .buy, lots: 4)
    harness.leader("1", .buy, lots: 4, filled: 2)
    harness.run(for: .seconds(60))
    #expect(harness.prices == [.limit(Paise(10_000))] && harness.working.count == 1)
  }
}
