import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 39: a broker who answers no call") struct SilenceRules {
  /// Fifteen stops that rest, and a leader who takes his back while the broker answers nothing.
  private func silent() -> Harness {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(15)
    harness.fillsAtOnce = false
    for stop in 1...15 {
      harness.leader(
        OrderID(stringLiteral: "7\(stop)"), .sell, lots: 1, price: 9_000, type: .stopLoss, trigger: 9_100)
    }
    harness.run(for: .seconds(3))
    harness.acceptsAtOnce = false
    for stop in 1...15 {
      harness.leader(
        OrderID(stringLiteral: "7\(stop)"), .sell, lots: 1, price: 9_000, status: .cancelled, type: .stopLoss,
        trigger: 9_100)
    }
    return harness
  }

  /// No call has an outcome, and each reading of the book shows what it showed before.
  private func goOn(_ harness: inout Harness, seconds: Int) {
    for _ in 0..<seconds {
      for request in harness.account.outbox.requests where request.attemptedAt != nil && !request.isInDoubt {
        harness.observe(.doubted("asha", request.id, text: "502"))
      }
      harness.run(for: .seconds(1))
      harness.observe(.followerBookRead("asha", orders: 16, askedAt: harness.time))
    }
  }

  @Test("calls without an answer are repeated one at a time, and leave the hour's calls to what comes after")
  func budget() {
    var harness = silent()
    goOn(&harness, seconds: 4)
    #expect(harness.cancels > 30, "a moment's silence slows nothing down")
    goOn(&harness, seconds: 3_600)
    #expect(harness.account.budget.remaining(at: harness.time).hour > 600, "\(harness.cancels)")
  }

  @Test("with the first answer everything goes that waited to be repeated") func answered() throws {
    var harness = silent()
    goOn(&harness, seconds: 300)
    let mark = harness.cancels
    while harness.cancels == mark { goOn(&harness, seconds: 1) }
    #expect(harness.cancels == mark + 1)
    let probe = try #require(harness.account.outbox.requests.first { $0.kind == .cancellation })
    harness.observe(.accepted("asha", probe.id, "2100000000001"))
    harness.observe(.clock(due: "test"))
    harness.run(for: .seconds(2))
    #expect(harness.cancels >= mark + 14, "\(harness.cancels)")
  }

  @Test("one reply that was lost long ago slows nothing down, nor does the doubt of a placement") func oneLostReply()
    throws
  {
    var harness = Harness(ratio: "1")
    harness.fillsAtOnce = false
    harness.acceptsAtOnce = false
    harness.leader("1", .buy, lots: 2, price: 9_900)
    harness.doubtNewest()
    let placement = try #require(harness.placement)
    harness.acceptsAtOnce = true
    harness.place(placement)
    harness.run(for: .seconds(90))
    harness.acceptsAtOnce = false
    harness.leader("2", .buy, lots: 1, price: 9_800)
    harness.leader("1", .buy, lots: 2, price: 9_900, status: .cancelled)
    #expect(harness.cancels == 1, "\(harness.story)")
  }

  @Test("an exit that was not asked for before waits for nothing while the broker is silent") func exit() {
    var harness = Harness(ratio: "1")
    harness.leaderTrades(4)
    harness.fillsAtOnce = false
    harness.leader("71", .sell, lots: 1, price: 9_000, type: .stopLoss, trigger: 9_100)
    harness.acceptsAtOnce = false
    harness.leader("71", .sell, lots: 1, price: 9_000, status: .cancelled, type: .stopLoss, trigger: 9_100)
    goOn(&harness, seconds: 120)
    let mark = harness.log.count
    harness.leader("8", .sell, lots: 3, filled: 3)
    // The stop may fill as one of the three.
    #expect(harness.placements(since: mark) == [-2], "\(harness.story)")
  }
}
