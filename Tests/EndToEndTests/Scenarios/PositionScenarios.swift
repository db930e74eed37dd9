import Foundation
import Testing

/// How a position grows, shrinks, turns and is shared.
@Suite("Scenarios: positions", .serialized, .timeLimit(.minutes(10))) struct PositionScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 32: scaling in, whole lots of the sum are copied, so that nothing is lost to rounding")
  func scaleIn() async throws {
    let stage = try await LiveStage.scenario()
    for (lots, held) in [(1, 0), (1, 65), (1, 65), (3, 195), (1, 195), (1, 260)] {
      let order = try await stage.order("BUY", lots * 65, of: Contract.call, at: "152.30")
      try await stage.untilLeaderOrder(order, "TRADED")
      try await stage.untilHeld(held == 0 ? [:] : [Contract.call: held])
    }
    try await stage.finish(holding: [Contract.call: 260])
  }

  @Test(
    "scenario 32: lots that the follower gets before the leader's fill is told are no part of what he had left before")
  func scaleInAhead() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    let exit = try await stage.order("SELL", 130, of: Contract.call, at: "151.90")
    try await stage.untilLeaderOrder(exit, "TRADED")
    try await stage.untilHeld([Contract.call: 65])
    // The first word of his order comes at once, those of its fill late.
    try await stage.fault(#""kind":"pass","on":"update","account":"\#(LiveStage.leader)""#)
    try await stage.fault(#""kind":"delay","on":"update","account":"\#(LiveStage.leader)","delay":"1s","times":2"#)
    let more = try await stage.order("BUY", 390, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 260])
    try await stage.untilLeaderOrder(more, "TRADED")
    try await stage.finish(holding: [Contract.call: 260])
    #expect(try await stage.book(of: LiveStage.asha).count == 3)
  }

  @Test("scenario 33: scaling out, the same fraction leaves, and both reach zero together")
  func scaleOut() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 7 * 65, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 195])
    // Of three lots, rounded in favour of what is held: after 1, 3, 5, 6 and 7 of the leader's seven.
    for (lots, held) in [(1, 195), (2, 130), (2, 65), (1, 65), (1, 0)] {
      let order = try await stage.order("SELL", lots * 65, of: Contract.call, at: "151.90")
      try await stage.untilLeaderOrder(order, "TRADED")
      try await stage.untilHeld(held == 0 ? [:] : [Contract.call: held])
    }
    try await stage.finish(holding: [:])
  }

  @Test("scenario 34: a reversal closes first and opens then, in both directions")
  func reversal() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    _ = try await stage.order("SELL", 520, of: Contract.call, at: "151.90")
    let turned = ["BUY 130 at 152.30 TRADED", "SELL 130 at 151.90 TRADED", "SELL 130 at 151.90 TRADED"]
    try await stage.untilRows(Contract.call, turned)
    _ = try await stage.order("BUY", 390, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, turned + ["BUY 130 at 152.30 TRADED", "BUY 65 at 152.30 TRADED"])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 34: what he buys is copied beside a larger sale of his that rests, which closes first and opens then")
  func besideResting() async throws {
    let stage = try await LiveStage.scenario()
    let resting = try await stage.order("SELL", 390, of: Contract.call, at: "170.00")
    try await stage.untilRows(Contract.call, ["SELL 195 at 170.00 PENDING"])
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    let turned = ["SELL 195 at 170.00 CANCELLED", "BUY 130 at 152.30 TRADED"]
    try await stage.untilRows(Contract.call, turned + ["SELL 130 at 170.00 PENDING"])
    try await stage.cancelLeaderOrder(resting)
    try await stage.finish(holding: [Contract.call: 130])
  }

  @Test("scenario 35: churning in and out leaves nothing behind")
  func churn() async throws {
    let stage = try await LiveStage.scenario(
      followers: [.half, .ratio("1/3", name: "vikram", client: LiveStage.vikram)], lines: ["entries: { max_age: 1m }"])
    for round in 1...6 {
      let units = [3, 1, 5, 2, 4, 7][round - 1] * 65
      let entry = try await stage.order("BUY", units, of: Contract.call, at: "152.30")
      try await stage.untilLeaderOrder(entry, "TRADED")
      let exit = try await stage.order("SELL", units, of: Contract.call, at: "151.90")
      try await stage.untilLeaderOrder(exit, "TRADED")
    }
    _ = try await stage.order("BUY", 390, of: Contract.call, at: "152.30")
    try await stage.finish(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
  }

  @Test("scenario 41: what the follower was refused after the leader filled is forgone until both are flat")
  func refused() async throws {
    let stage = try await LiveStage.scenario()
    try await stage.fault(
      #""kind":"reject_late","on":"place","account":"\#(LiveStage.asha)","text":"RMS:Margin Exceeds, Required:9899.50""#
    )
    let first = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 REJECTED"])
    try await stage.untilLeaderOrder(first, "TRADED")
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilRows(Contract.call, ["BUY 65 at 152.30 REJECTED", "BUY 130 at 152.30 TRADED"])
    _ = try await stage.order("SELL", 390, of: Contract.call, at: "151.90")
    try await stage.untilHeld([:])
    // Flat: nothing is forgone any more.
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "152.30")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test(
    "scenario 42: after the leader converted INTRADAY to MARGIN, his exit under MARGIN closes what the follower holds")
  func conversion() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30", #""product":"INTRADAY""#)
    try await stage.untilHeld([Contract.call: 130])
    try await stage.simulator(
      "POST", "convert",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(Contract.call)","from":"INTRADAY","to":"MARGIN","quantity":260}"#
    )
    _ = try await stage.order("SELL", 130, of: Contract.call, at: "151.90")
    try await stage.untilRows(
      Contract.call, ["BUY 130 at 152.30 INTRADAY TRADED", "SELL 65 at 151.90 INTRADAY TRADED"])
    _ = try await stage.order("SELL", 130, of: Contract.call, at: "151.90")
    try await stage.finish(holding: [:])
  }

  @Test("scenario 43: of what the leader held before the first start nothing is owed; it counts in what he leaves")
  func inherited() async throws {
    let stage = try await LiveStage.scenario(
      simulator: """
        accounts:
          - {client_id: "1000000001", capital: 5_000_000, positions: [{security_id: "47317", quantity: 260}]}
          - {client_id: "1000000002", capital: 1_500_000}
        """)
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    // Half of all that he holds.
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.untilHeld([Contract.call: 65])
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.untilHeld([:])
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 44: a follower who joins in mid-position owes nothing for it, shares what is added, and leaves with all")
  func joins() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 130])
    #expect(try await stage.stop() == 0)
    try stage.configure([.half, .ratio("1", name: "vikram", client: LiveStage.vikram)])
    try await stage.startAndWait()
    _ = try await stage.order("BUY", 260, of: Contract.call, at: "152.30")
    try await stage.untilHeld([Contract.call: 260])
    try await stage.untilHeld(by: LiveStage.vikram, [Contract.call: 260])
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.untilHeld([Contract.call: 130])
    try await stage.untilHeld(by: LiveStage.vikram, [Contract.call: 130])
    _ = try await stage.order("SELL", 260, of: Contract.call, at: "151.90")
    try await stage.finish([:])
  }
}
