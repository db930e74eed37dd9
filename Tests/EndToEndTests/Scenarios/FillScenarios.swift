import Foundation
import Testing

/// What fills for one and not for the other, and what fills in pieces.
@Suite("Scenarios: fills", .serialized, .timeLimit(.minutes(10))) struct FillScenarios {
  private typealias Contract = LiveStage.Contract

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
    for _ in 1...20 { try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 65) }
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
