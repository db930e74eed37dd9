import Domain
import Projections
import Reactors
import Testing

/// An exit was out, the owner closed its lots by hand, and the exit filled all the same.
@Suite("Exits that go through flat") struct ThroughFlatRules {
  /// The leader holds 4 and trades `lots` against them; our exit meets nothing any more.
  private func stage(_ lots: Int64, sign: Int64, beforeFill: (inout Harness) -> Void = { _ in }) throws -> Harness {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4 * sign)
    harness.fillsAtOnce = false
    harness.leader("77", sign > 0 ? .sell : .buy, lots: lots, filled: lots)
    let label = try #require(harness.working.first?.correlationID)
    // Its cancel does not come in time.
    harness.acceptsAtOnce = false
    harness.ownerTrades(-harness.held)
    harness.acceptsAtOnce = true
    beforeFill(&harness)
    harness.fill(label)
    harness.run(for: .seconds(5))
    harness.fillsAtOnce = true
    return harness
  }

  @Test(
    "rule 9: where the leader went the same way, what it opened is a part of the next episode",
    arguments: [1, -1] as [Int64])
  func turned(sign: Int64) throws {
    var harness = try stage(9, sign: sign)
    harness.runLanes()
    harness.fillAll()
    #expect(harness.held == -5 * sign, "\(harness.story)")
    #expect(harness.ledger.episode?.side == (sign > 0 ? .sell : .buy))
    #expect(harness.ledger.links.last { $0.leaderOrder == "77" }?.end == .copied(Lots(5)))
    #expect(harness.steps([-2 * sign, 3 * sign]) == [-2 * sign, 3 * sign])
    #expect(harness.steps([4 * sign]) == [4 * sign] && harness.held == 0)
    #expect(harness.ledger.episode == nil && harness.ledger.links.isEmpty)
  }

  @Test("rule 9: what it opened beyond the leader's leaves", arguments: [1, -1] as [Int64])
  func turnedFurther(sign: Int64) throws {
    var harness = try stage(6, sign: sign)
    harness.run(for: .seconds(10))
    #expect(harness.held == -2 * sign, "\(harness.story)")
    #expect(harness.steps([2 * sign]) == [2 * sign] && harness.held == 0)
    #expect(harness.ledger.episode == nil)
  }

  @Test("promise 3: every order that comes then has its end", arguments: [1, -1] as [Int64], [Int64(1), 3, 5, 8])
  func reduced(sign: Int64, back: Int64) throws {
    var harness = try stage(9, sign: sign)
    harness.fillsAtOnce = true
    harness.leaderTrades(back * sign)
    harness.run(for: .seconds(30))
    #expect(harness.held == (back - 5) * sign, "\(harness.story)")
    #expect(harness.ledger.links.allSatisfy { $0.end != nil })
  }

  @Test(
    "rule 32: where the leader left and did not turn, what it opened is ours to close", arguments: [1, -1] as [Int64],
    [Int64(4), 2])
  func left(sign: Int64, lots: Int64) throws {
    var harness = try stage(lots, sign: sign)
    harness.run(for: .seconds(30))
    #expect(harness.held == 0, "\(harness.story)")
    #expect(harness.ledger.owner == .zero)
  }

  @Test(
    "rules 7 and 9: a target that rests for the leader's new lots does not hold the next episode up",
    arguments: [1, -1] as [Int64])
  func besideTarget(sign: Int64) throws {
    var harness = try stage(
      9, sign: sign,
      beforeFill: { harness in
        harness.leader("78", sign > 0 ? .buy : .sell, lots: 5, price: 10_000 - sign * 2_000)
      })
    harness.fillsAtOnce = false
    harness.runLanes()
    for order in harness.working where order.side == (sign > 0 ? .sell : .buy) {
      harness.fill(try #require(order.correlationID))
    }
    harness.runLanes()
    #expect(harness.held == -5 * sign, "\(harness.story)")
    #expect(harness.working.map { $0.side.sign * $0.open.units / Harness.lot } == [5 * sign])
  }
}
