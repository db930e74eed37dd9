import Domain
import Projections
import Reactors
import Testing

@Suite("Rule 6: restated every morning") struct RestatementRules {
  @Test("where the log agrees, one event an account is all") func agrees() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restate(leader: 4, asha: 4)
    #expect(harness.log.count == mark + 2)
    harness.restate(leader: 4, asha: 4)
    #expect(harness.log.count == mark + 2, "once a day")
  }

  @Test(
    "implied exits are done: the follower leaves the fraction that the leader left while nobody looked",
    arguments: [(8, 4, -2), (8, 0, -4), (8, 2, -3)])
  func impliedExit(before: Int64, after: Int64, exit: Int64) {
    var harness = Days.stage("1/2")
    harness.leaderTrades(before)
    let mark = harness.log.count
    harness.begin(Days.monday)
    harness.restate(leader: after, asha: before / 2)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [exit])
    harness.leaderTrades(-after)
    #expect(harness.held == 0)
  }

  @Test("implied entries are reported and not entered; what is closed later is a fraction of the whole")
  func impliedEntry() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    let mark = harness.log.count
    harness.begin(Days.monday)
    harness.restate(leader: 8, asha: 4)
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
    harness.leaderTrades(-4)
    #expect(harness.held == 2)
    harness.leaderTrades(-4)
    #expect(harness.held == 0)
  }

  @Test("a leader who went to the other side overnight: followers leave, and nothing is entered") func reversedUnseen()
  {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: -2, asha: 4)
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(harness.state.leader.positions[harness.key]?.net == Quantity(-130))
    harness.leaderTrades(2)
    #expect(harness.held == 0)
  }

  @Test("rule 8: what went from one product to the other overnight is a conversion and no exit") func converted() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    let mark = harness.log.count
    harness.begin(Days.monday)
    let sibling = PositionKey(contract: harness.contract, product: .intraday)
    #expect(harness.state.leader.closedUnseen(harness.position(lots: 4, of: sibling)) == [])
    harness.observe(.restated(.leader, harness.position(lots: 4, of: sibling)))
    harness.observe(.restated(.follower("asha"), harness.position(lots: 4)))
    harness.runLanes()
    #expect(harness.placements(since: mark) == [])
  }

  @Test(
    "rule 32: what others did counts as the owner's first, then as ours, and ours is an alert",
    arguments: [(6, 4, 0, false), (5, 4, -1, false), (2, 2, 0, true), (9, 4, 3, false)])
  func attribution(read: Int64, ours: Int64, ownersChange: Int64, isAlert: Bool) {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.ownerTrades(2)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restate(leader: 4, asha: read)
    #expect(harness.held == ours)
    #expect(harness.ledger.owner.units / 65 == (isAlert ? 0 : 2 + ownersChange))
    #expect(
      harness.log[mark...].contains { if case .alertRaised(let it) = $0 { it.kind == .closedByOthers } else { false } }
        == isAlert)
  }

  @Test(
    "ours have vanished where neither the owner's lots nor an order of ours without an end explains what is gone",
    arguments: [(6, 0, false), (4, 0, false), (3, 0, true), (0, 0, true), (3, 1, false), (2, 1, true), (0, 4, false)])
  func vanished(read: Int64, resting: Int64, hasVanished: Bool) {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.ownerTrades(2)
    if resting > 0 {
      harness.fillsAtOnce = false
      harness.leader("50", .sell, lots: resting, price: 20_000)
    }
    harness.begin(Days.monday)
    let positions = harness.position(lots: read)
    #expect(harness.state.hasVanished(from: positions, of: .follower("asha")) == hasVanished, "\(harness.story)")
  }

  @Test("rule 33: no exit leaves before the follower's positions were read: the broker may have closed them overnight")
  func readFirst() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    let mark = harness.log.count
    harness.restateLeader(0)
    harness.runLanes()
    #expect(harness.held == 4)
    harness.observe(.restated(.follower("asha"), []))
    harness.runLanes()
    #expect(harness.held == 0)
    #expect(!harness.log[mark...].contains { if case .requestAttempted = $0 { true } else { false } })
  }

  @Test("what an order of yesterday filled is in the positions: a book that shows it later says nothing")
  func countedOnce() {
    var harness = Days.stage()
    harness.leaderTrades(4)
    harness.begin(Days.monday)
    harness.restate(leader: 6, asha: 4)
    harness.leader(
      "77", .buy, lots: 2, filled: 2, age: harness.time - Days.friday.inIndia(at: TimeOfDay("15:00")!))
    #expect(harness.state.leader.positions[harness.key]?.net == Quantity(6 * 65))
    #expect(harness.state.leader.orders["77"] == nil)
  }
}
