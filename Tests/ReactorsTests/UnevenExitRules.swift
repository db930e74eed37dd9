import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 10: exits of a follower who has not the same share of everything") struct UnevenExitRules {
  /// Steps of the leader's, each an order that fills at once; those that are marked are refused to the follower.
  private func run(_ steps: [(lots: Int64, isRefused: Bool)], rounding: ExitRounding = .byRisk) -> Harness {
    var harness = Harness(ratio: "1", rounding: rounding)
    for step in steps {
      harness.acceptsAtOnce = !step.isRefused
      harness.leaderTrades(step.lots)
      if step.isRefused {
        harness.refuseNewest()
        harness.acceptsAtOnce = true
      }
      harness.run(for: .milliseconds(300))
    }
    return harness
  }

  @Test(
    "a leader who leaves a third of what he has takes a third of what the follower has, although an entry was refused")
  func cutOfAThird() {
    let harness = run([(20, false), (-10, false), (20, true), (-10, false)])
    #expect(harness.placements().suffix(1) == [-3], "\(harness.story)")
    #expect(harness.held == 7)
  }

  @Test("what a limit held back is no reason to leave more, or less, afterwards") func limit() {
    var harness = Harness(
      Sizing(strategy: .fixedRatio(.one)), limits: CopyLimits(maximumOpenLots: Lots(20)))
    #expect(harness.steps([20, -10, 50, -20, -20, -20]) == [20, -10, 10, -6, -7, -7], "\(harness.story)")
  }

  @Test("nothing is sold because the leader buys") func entryClosesNothing() {
    let harness = run([(10, true), (10, false), (-10, false), (20, false)])
    #expect(harness.placements().filter { $0 < 0 } == [-5], "\(harness.story)")
    #expect(harness.held == 25)
    #expect(run([(10, true), (10, false), (-10, false), (20, false), (-30, false)]).held == 0)
  }

  @Test("five round trips of a part, after a refused entry, are copied lot for lot", arguments: [Side.buy, .sell])
  func scalping(side: Side) {
    let sign: Int64 = side == .buy ? 1 : -1
    var steps: [(lots: Int64, isRefused: Bool)] = [(10 * sign, true), (10 * sign, false)]
    for _ in 0..<5 { steps += [(-4 * sign, false), (4 * sign, false)] }
    var harness = run(steps)
    let signs = harness.placements().dropFirst(2).map { $0 * sign }
    #expect(signs.allSatisfy { abs($0) <= 4 }, "\(harness.story)")
    // Each of the leader's orders moved the follower its own way, or not at all.
    for (index, order) in harness.state.leader.orders.values.sorted(by: { $0.firstSeen < $1.firstSeen }).enumerated() {
      let links = harness.ledger.links.filter { $0.leaderOrder == order.order.orderID }
      #expect(links.allSatisfy { ($0.closed == .zero) == (steps[index].lots * sign > 0) || $0.opened == .zero })
    }
    let net = harness.state.leader.positions[harness.key]?.net.units ?? 0
    harness.leaderTrades(-net / Harness.lot)
    harness.run(for: .seconds(1))
    #expect(harness.held == 0, "\(harness.story)")
  }

  @Test("an exit of which less than a lot is due says so, and not that nothing is held") func lessThanALot() {
    let harness = run([(9, true), (1, false), (-1, false)])
    #expect(harness.ends.last == .skipped(.belowOneLot), "\(harness.story)")
  }
}
