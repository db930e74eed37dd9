import Foundation
import Testing

/// What an order says beside side, quantity and price.
@Suite("Scenarios: terms of an order", .serialized, .timeLimit(.minutes(10))) struct TermScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 5: an after-market order is copied when it has reached the exchange, with entries.after_market: wait")
  func afterMarketWaits() async throws {
    let stage = try await LiveStage.scenario(lines: ["entries: { max_age: 1m, after_market: wait }"])
    try await stage.turn(#""market_hours":"closed""#)
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "151.00", #""after_market":true"#)
    try await stage.untilLeaderOrder(order, "PENDING")
    #expect(try await stage.rows(of: LiveStage.leader, Contract.call) == ["BUY 130 at 151.00 AMO PENDING"])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == [])
    try await stage.turn(#""market_hours":"always_open""#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 151.00 PENDING"])
    try await stage.quote(Contract.call, bid: "150.60", ask: "151.00")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 5: an after-market order is copied as one, with entries.after_market: copy")
  func afterMarketCopied() async throws {
    let stage = try await LiveStage.scenario(lines: ["entries: { max_age: 1m, after_market: copy }"])
    try await stage.turn(#""market_hours":"closed""#)
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "151.00", #""after_market":true"#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 151.00 AMO PENDING"])
    try await stage.changeLeaderOrder(order, #""price":151.50"#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 151.50 AMO PENDING"])
    try await stage.turn(#""market_hours":"always_open""#)
    try await stage.quote(Contract.call, bid: "151.00", ask: "151.50")
    try await stage.untilHeld([Contract.call: 65])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 6: the disclosed quantity is scaled to whole lots, above the three tenths that the broker asks for")
  func disclosed() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 650, of: Contract.call, at: "150.00", #""disclosed_quantity":260"#)
    try await stage.untilRows(Contract.call, ["BUY 325 at 150.00 discloses 130 PENDING"])
    try await stage.changeLeaderOrder(order, #""quantity":1300,"disclosed_quantity":520"#)
    try await stage.untilRows(Contract.call, ["BUY 650 at 150.00 discloses 260 PENDING"])
    try await stage.changeLeaderOrder(order, #""disclosed_quantity":0"#)
    try await stage.untilRows(Contract.call, ["BUY 650 at 150.00 PENDING"])
    // Of one lot there is no part to show.
    _ = try await stage.order("BUY", 130, of: Contract.put, at: "130.00", #""disclosed_quantity":65"#)
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.quote(Contract.put, bid: "129.60", ask: "130.00")
    try await stage.finish(holding: [Contract.call: 650, Contract.put: 65])
  }
}
