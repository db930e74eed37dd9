import Foundation
import Testing

/// What fills for one and not for the other, and what fills in pieces.
@Suite("Scenarios: fills", .serialized, .timeLimit(.minutes(10))) struct FillScenarios {
  private typealias Contract = LiveStage.Contract

  struct Unfilled: CustomTestStringConvertible {
    var action: String
    var ask: String
    var row: String
    var held: Int
    var testDescription: String { "\(action), offered at \(ask)" }
  }

  @Test(
    "scenario 28: the leader fills, the follower rests: unfilled decides between re-pricing, leaving and cancelling",
    arguments: [
      Unfilled(action: "reprice", ask: "150.80", row: "BUY 65 at 152.50 TRADED", held: 65),
      // Five percent above what the leader paid, and no further.
      Unfilled(action: "reprice", ask: "170.00", row: "BUY 65 at 157.50 PENDING", held: 0),
      Unfilled(action: "leave", ask: "150.80", row: "BUY 65 at 150.00 PENDING", held: 0),
      Unfilled(action: "cancel", ask: "150.80", row: "BUY 65 at 150.00 CANCELLED", held: 0),
    ])
  func unfilled(_ unfilled: Unfilled) async throws {
    let stage = try await LiveStage.scenario(
      lines: ["unfilled: { after: 500ms, action: \(unfilled.action) }", "exits: { interval: 1500ms }"])
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    // The leader takes all that is offered, and the market walks away.
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 130)
    try await stage.quote(Contract.call, bid: "149.60", ask: unfilled.ask)
    try await stage.untilLeaderOrder(order, "TRADED")
    try await stage.untilRows(Contract.call, [unfilled.row])
    try await stage.finish(
      holding: unfilled.held == 0 ? [:] : [Contract.call: unfilled.held],
      state: unfilled.row.hasSuffix("PENDING") ? "working" : "in_sync")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == [unfilled.row])
  }

  struct TrueUp: CustomTestStringConvertible {
    var policy: String
    var side: String
    var isTrimmed: Bool
    var testDescription: String { "\(policy), \(side)" }
  }

  @Test(
    "scenario 29: the follower fills, the leader cancels: true_up decides what becomes of the lots",
    arguments: [
      TrueUp(policy: "trim", side: "BUY", isTrimmed: true), TrueUp(policy: "keep", side: "SELL", isTrimmed: false),
      TrueUp(policy: "trim_shorts", side: "BUY", isTrimmed: false),
      TrueUp(policy: "trim_shorts", side: "SELL", isTrimmed: true),
    ])
  func trueUp(policy: TrueUp) async throws {
    let stage = try await LiveStage.scenario(lines: ["true_up: \(policy.policy)"])
    let isBuy = policy.side == "BUY"
    let price = isBuy ? "150.00" : "154.00"
    let order = try await stage.order(policy.side, 130, of: Contract.call, at: price)
    try await stage.untilRows(Contract.call, ["\(policy.side) 65 at \(price) PENDING"])
    // The third lot makes no whole one of the follower's, and puts the leader behind him in the exchange's queue.
    try await stage.changeLeaderOrder(order, "\"quantity\":195")
    try await stage.untilLeaderQuantity(order, 195)
    try await stage.quote(
      Contract.call, bid: isBuy ? "149.60" : "154.00", ask: isBuy ? "150.00" : "154.40", bidSize: isBuy ? nil : 65,
      askSize: isBuy ? 65 : nil)
    try await stage.untilHeld([Contract.call: isBuy ? 65 : -65])
    try await stage.quote(Contract.call, bid: isBuy ? "149.60" : "153.60", ask: isBuy ? "150.40" : "154.40")
    try await stage.cancelLeaderOrder(order)
    try await stage.finish(
      holding: policy.isTrimmed ? [:] : [Contract.call: isBuy ? 65 : -65],
      state: policy.isTrimmed ? "in_sync" : "drifted", alerts: policy.isTrimmed ? [] : ["excess_kept"])
  }

  @Test("scenario 30: many tranches of the leader's leave one order of the follower's alone")
  func tranches() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 650, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 325 at 150.00 PENDING"])
    for tranche in 1...10 {
      try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 65)
      if tranche < 10 { continue }
      try await stage.untilLeaderOrder(order, "TRADED")
    }
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == ["BUY 325 at 150.00 PENDING"])
    for _ in 1...5 { try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 65) }
    try await stage.untilRows(Contract.call, ["BUY 325 at 150.00 TRADED"])
    #expect(try await stage.events("modification.requested").isEmpty)
    try await stage.finish(holding: [Contract.call: 325])
  }

  @Test("scenario 31: with copy: fill the follower trades what the leader's fills add up to, several fills at a time")
  func fillMode() async throws {
    let stage = try await LiveStage.scenario(followers: [.ratio("1/2", lines: ["copy: fill"])])
    let order = try await stage.order("BUY", 1300, of: Contract.call, at: "150.00")
    try await stage.untilLeaderOrder(order, "PENDING")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == [])
    // While the first order is on its way, what the leader fills adds up.
    try await stage.unacknowledged()
    // The follower's first order takes a lot or two of them.
    for _ in 1...24 { try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 65) }
    try await stage.untilLeaderOrder(order, "TRADED")
    // What is offered now is within the band around what he paid.
    try await stage.quote(Contract.call, bid: "151.60", ask: "152.00")
    try await stage.endFaults()
    try await stage.untilHeld([Contract.call: 650])
    let sent = try await stage.book(of: LiveStage.asha).count
    #expect(sent < 5, "ten whole lots fell due one by one, and \(sent) orders went out")
    _ = try await stage.order("SELL", 1300, of: Contract.call, at: "151.60")
    try await stage.finish(holding: [:])
  }
}
