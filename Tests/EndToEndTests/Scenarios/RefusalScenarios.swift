import Foundation
import Testing

/// What the broker and the exchange refuse, and what follows (rule 5, docs/market-data.md).
@Suite("Scenarios: refusals", .serialized, .timeLimit(.minutes(10))) struct RefusalScenarios {
  private typealias Contract = LiveStage.Contract

  private func rejectNext(_ stage: LiveStage, _ text: String, times: Int = 1) async throws {
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","times":\#(times),"text":"\#(text)""#)
  }

  @Test("scenario 49: a MARKET exit outside of the exchange's band goes out again nearer to the market")
  func band() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    try await rejectNext(stage, "RMS: Price is beyond the LPP range")
    _ = try await stage.order("SELL", 260, of: Contract.call)
    try await stage.until("the second exit has filled") {
      let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
      return rows.count == 3 && rows[1].hasSuffix("REJECTED") && rows[2].hasSuffix("TRADED") && rows[1] != rows[2]
    }
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 49: at a price of the leader's own, which the band refuses, the entry is skipped; his next one is copied")
  func ownPrice() async throws {
    let stage = try await LiveStage.scenario()
    try await rejectNext(stage, "RMS: Circuit limit exceeded")
    let first = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 REJECTED"])
    try await stage.untilLeaderOrder(first, "TRADED")
    _ = try await stage.order("BUY", 130, of: Contract.put, at: "138.40")
    try await stage.finish(holding: [Contract.put: 65])
  }

  @Test("scenario 49: in a banned underlying nothing more is opened that day, and what is held is left")
  func ban() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    try await rejectNext(stage, "RMS: NIFTY is in Ban Period")
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED", "BUY 65 at 152.30 REJECTED"])
    let put = try await stage.order("BUY", 130, of: Contract.put, at: "138.40")
    try await stage.untilLeaderOrder(put, "TRADED")
    _ = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilHeld([Contract.call: 130, Contract.bank: 30])
    _ = try await stage.order("SELL", 390, of: Contract.call, at: "151.90")
    try await stage.finish(holding: [Contract.bank: 30])
    let reasons = try await stage.events("entry.forgone").map { $0.text("reason") }
    #expect(reasons == ["ban_period"])
  }

  @Test(
    "scenario 50: money that is known to be short is not asked for: skipped with its arithmetic, or stepped down",
    arguments: [("skip", [String]()), ("step_down", ["BUY 325 at 152.30 TRADED"])])
  func known(policy: String, rows: [String]) async throws {
    let follower = LiveStage.Follower.ratio("1/2", more: "on_shortfall: \(policy)")
    let stage = try await LiveStage.scenario(
      simulator: """
        accounts:
          - {client_id: "1000000001", capital: 5_000_000}
          - {client_id: "1000000002", capital: 50_000}
        """, followers: [follower])
    let order = try await stage.order("BUY", 1300, of: Contract.call, at: "152.30")
    try await stage.untilLeaderOrder(order, "TRADED")
    try await stage.untilRows(Contract.call, rows)
    try await stage.finish(holding: rows.isEmpty ? [:] : [Contract.call: 325])
    // Ten lots are wanted, and 50,000 rupees pay for five.
    let explained = try await stage.command("explain", order).output
    #expect(explained.contains("50000.00 available, 9899.50 for one lot: enough for 5"), "\(explained)")
  }

  @Test(
    "scenario 50: what the broker refuses for want of margin is asked for in half where steps are wanted, and never blindly"
  )
  func atTheBroker() async throws {
    let stage = try await LiveStage.scenario(followers: [.ratio("1/2", more: "on_shortfall: step_down")])
    try await rejectNext(stage, "RMS:Margin Shortfall 20000", times: 2)
    _ = try await stage.order("BUY", 1300, of: Contract.call, at: "152.30")
    try await stage.untilRows(
      Contract.call,
      ["BUY 650 at 152.30 REJECTED", "BUY 325 at 152.30 REJECTED", "BUY 130 at 152.30 TRADED"])
    _ = try await stage.order("SELL", 1300, of: Contract.call, at: "151.90")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 51: an account that the broker stops enters nothing until it is resumed, and leaves what it holds")
  func stopped() async throws {
    let stage = try await LiveStage.scenario(followers: [
      .half, .ratio("1/5", name: "vikram", client: LiveStage.vikram),
    ])
    _ = try await stage.order("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 325], "vikram": [Contract.call: 130]])
    try await rejectNext(stage, "RMS: Client is suspended")
    _ = try await stage.order("BUY", 650, of: Contract.put, at: "138.40")
    try await stage.untilStatus("asha is stopped and vikram is not") {
      $0["asha"]?.holds("close_only") == true && $0["asha"]?.alerts.map(\.alert) == ["account_stopped"]
        && $0["vikram"]?.holds("close_only") == false
    }
    _ = try await stage.order("SELL", 650, of: Contract.call, at: "151.90")
    try await stage.untilHeld([:])
    try await stage.untilHeld(by: LiveStage.vikram, [Contract.put: 130])
    let resumed = try await stage.command("resume", "--follower", "asha")
    #expect(resumed.status == 0, "\(resumed)")
    _ = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilHeld([Contract.bank: 30])
    _ = try await stage.order("SELL", 650, of: Contract.put, at: "138.00")
    _ = try await stage.order("SELL", 60, of: Contract.bank, at: "310.00")
    try await stage.finish([:])
  }

  @Test("scenario 51: what passes is waited out, and a text that nobody knows calls a person")
  func waitsAndAlarms() async throws {
    let stage = try await LiveStage.scenario(lines: ["entries: { max_age: 5m }"])
    try await stage.fault(
      #""kind":"refuse","on":"place","account":"\#(LiveStage.asha)","status":400,"code":"DH-906","text":"Market is Closed! Want to place an offline order?""#
    )
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 65])
    try await rejectNext(stage, "RMS: The moon is in the seventh house")
    _ = try await stage.order("BUY", 130, of: Contract.put, at: "138.40")
    try await stage.finish(holding: [Contract.call: 65], alerts: ["refusal_unknown"])
  }
}
