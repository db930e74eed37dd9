import Foundation
import Testing

/// Super orders of the leader: his broker places a target and a stop-loss when the entry has filled, and takes one back when
/// the other fills. To a follower they are orders like any other.
@Suite("Scenarios: super orders", .serialized, .timeLimit(.minutes(10))) struct SuperOrderScenarios {
  private typealias Contract = LiveStage.Contract

  private static let entry = "BUY 130 at 152.30 TRADED"
  private static let stop = "SELL 130 STOP_LOSS from 140.00 at 140.00 PENDING"
  private static let target = "SELL 130 at 170.00 PENDING"

  /// What rests for the follower while the leader's target and stop-loss rest.
  private func resting(_ alternatives: String) -> Set<String> {
    alternatives == "all" ? [Self.stop, Self.target] : [Self.stop]
  }

  private func opened(_ alternatives: String, _ more: String = "") async throws -> LiveStage {
    let stage = try await LiveStage.scenario(lines: ["exits: { alternatives: \(alternatives)\(more) }"])
    _ = try await stage.superOrder(of: Contract.call, at: 152.3, target: 170, stopLoss: 140)
    try await stage.untilLeaderHas(
      Contract.call,
      ["BUY 260 at 152.30 TRADED", "SELL 260 at 170.00 PENDING", "SELL 260 STOP_LOSS from 140.00 at 140.00 PENDING"])
    try await untilResting(resting(alternatives), stage)
    return stage
  }

  private func untilResting(_ wanted: Set<String>, _ stage: LiveStage) async throws {
    try await stage.until("what rests is \(wanted)") {
      Set(try await stage.rows(of: LiveStage.asha, Contract.call).filter { $0.contains("PENDING") }) == wanted
    }
  }

  /// That what traded is this, and that nothing else is left of anything: no leg has opened a position.
  private func expectTraded(_ wanted: [String], _ stage: LiveStage) async throws {
    let rows = try await stage.rows(of: LiveStage.asha, Contract.call)
    #expect(rows.filter { $0.contains("TRADED") }.sorted() == wanted.sorted())
    #expect(rows.filter { !$0.contains("TRADED") }.allSatisfy { $0.hasSuffix("CANCELLED") }, "\(rows)")
  }

  @Test(
    "scenario 54: the entry of a super order is copied, and when its target fills the follower leaves and no stop stays",
    arguments: ["stop_only", "all"])
  func targetFills(alternatives: String) async throws {
    let stage = try await opened(alternatives)
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40")
    try await stage.untilLeaderHas(
      Contract.call,
      [
        "BUY 260 at 152.30 TRADED", "SELL 260 at 170.00 TRADED", "SELL 260 STOP_LOSS from 140.00 at 140.00 CANCELLED",
      ])
    try await stage.finish(holding: [:])
    try await expectTraded([Self.entry, "SELL 130 at 170.00 TRADED"], stage)
    // Not "holds nothing that it could close", although his stop still had the lots out when the target filled.
    let book = try await stage.book(of: LiveStage.leader)
    let target = try #require(book.first { $0.transactionType == "SELL" && $0.orderStatus == "TRADED" })
    let told = try await stage.command("explain", target.orderId)
    #expect(told.output.contains("asha: copied, 2 lots"), "\(told.output)")
  }

  @Test(
    "scenario 54: when the stop-loss of a super order fills the follower leaves with it, and no target stays",
    arguments: ["stop_only", "all"])
  func stopFills(alternatives: String) async throws {
    let stage = try await opened(alternatives)
    // Both trigger, and wait for somebody who buys at their limit.
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await untilResting(resting(alternatives), stage)
    try await stage.quote(Contract.call, bid: "140.00", ask: "140.40")
    try await stage.untilLeaderHas(
      Contract.call,
      [
        "BUY 260 at 152.30 TRADED", "SELL 260 at 170.00 CANCELLED", "SELL 260 STOP_LOSS from 140.00 at 140.00 TRADED",
      ])
    try await stage.finish(holding: [:])
    try await expectTraded([Self.entry, "SELL 130 STOP_LOSS from 140.00 at 140.00 TRADED"], stage)
  }

  @Test(
    "scenario 54: a target that fills in part shrinks the follower's stop, and never leaves him with less than none")
  func partOfTheTarget() async throws {
    // Nothing is re-priced here while the test looks.
    let stage = try await opened("stop_only", ", first_after: 5m")
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40", bidSize: 130)
    try await untilResting(["SELL 65 STOP_LOSS from 140.00 at 140.00 PENDING", "SELL 65 at 170.00 PENDING"], stage)
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40")
    try await stage.finish(holding: [:])
    try await expectTraded([Self.entry, "SELL 65 at 170.00 TRADED", "SELL 65 at 170.00 TRADED"], stage)
  }

  @Test("scenario 54: a stop-loss of which nobody has told yet that it went with the target opens nothing")
  func lateWord() async throws {
    let stage = try await opened("stop_only")
    // The leader's fill is told, and that his broker took the stop back only by the next reading of his book.
    try await stage.fault(#""kind":"pass","on":"update","account":"\#(LiveStage.leader)""#)
    try await stage.fault(#""kind":"drop","on":"update","account":"\#(LiveStage.leader)","times":"every""#)
    try await stage.quote(Contract.call, bid: "170.00", ask: "170.40")
    try await stage.untilStatus("the follower is out") { $0["asha"]?.holdings == [:] }
    let entries = try await stage.events("placement.requested").filter { $0.text("purpose") == "entry" }
    #expect(entries.count == 1, "what rests of a leg was taken for an entry: \(entries)")
    try await stage.quote(Contract.call, bid: "139.60", ask: "140.00")
    try await stage.quote(Contract.call, bid: "140.00", ask: "140.40")
    try await stage.endFaults()
    try await stage.finish(holding: [:])
    try await expectTraded([Self.entry, "SELL 130 at 170.00 TRADED"], stage)
  }

  @Test("scenario 54: a leg that the leader cancels goes for the follower too, and the other one stays")
  func legCancelled() async throws {
    let stage = try await opened("all")
    let entry = try #require(try await stage.book(of: LiveStage.leader).map(\.orderId).min())
    try await stage.cancelSuperOrder(entry, leg: "TARGET_LEG")
    try await untilResting([Self.stop], stage)
    try await stage.cancelSuperOrder(entry, leg: "STOP_LOSS_LEG")
    try await untilResting([], stage)
    try await stage.untilHeld([Contract.call: 130])
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.finish(holding: [:])
    try await expectTraded([Self.entry, "SELL 130 at 151.90 TRADED"], stage)
  }

  @Test("scenario 54: an entry that the leader cancels before it fills takes its copy with it, and no leg is ever sent")
  func entryCancelled() async throws {
    let stage = try await LiveStage.scenario()
    let entry = try await stage.superOrder(of: Contract.call, at: 150, target: 170, stopLoss: 140)
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 PENDING"])
    try await stage.cancelSuperOrder(entry, leg: "ENTRY_LEG")
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 CANCELLED"])
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.finish(holding: [:])
    #expect(try await stage.book(of: LiveStage.asha).count == 1)
  }
}
