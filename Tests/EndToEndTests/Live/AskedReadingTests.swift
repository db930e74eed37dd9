import Foundation
import Testing

/// What the service asks the broker for, because nobody told it.
@Suite("Readings that are asked for", .timeLimit(.minutes(10))) struct AskedReadingTests {
  private typealias Contract = LiveStage.Contract

  private func place(_ stage: LiveStage, _ side: String, _ units: Int, _ more: String) async throws {
    try await stage.simulator(
      "POST", "orders",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(Contract.call)","side":"\#(side)","quantity":\#(units),\#(more)}"#
    )
  }

  @Test("a leader who converts INTRADAY to MARGIN and then exits leaves the followers flat, and nobody short (rule 8)")
  func conversion() async throws {
    let stage = try await LiveStage.open()
    try stage.configure()
    try await stage.startAndWait()
    try await place(stage, "BUY", 650, #""price":152.30,"product":"INTRADAY""#)
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    try await stage.simulator(
      "POST", "convert",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(Contract.call)","from":"INTRADAY","to":"MARGIN","quantity":650}"#
    )
    try await place(stage, "SELL", 650, #""price":151.90,"product":"MARGIN""#)
    try await stage.untilInSync(["asha": [:], "vikram": [:]])
    let settled = try await stage.events("product.settled")
    #expect(settled.map { $0.text("product") } == ["INTRADAY"], "\(settled)")
    #expect(try await !stage.events("leader.positions").isEmpty)
    // They leave under the product in which they entered: one order in, one out, and never anything short.
    for (client, units) in [(LiveStage.asha, 195), (LiveStage.vikram, 130)] {
      let book = try await stage.book(of: client).map { "\($0.transactionType) \($0.filledQty)" }
      #expect(book == ["BUY \(units)", "SELL \(units)"])
    }
    let placed = try await stage.events("placement.requested")
    #expect(placed.allSatisfy { $0.text("product") == "INTRADAY" }, "\(placed)")
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test(
    "a MARKET order that only the book shows is copied around a quote, and without a data plan at the leader's fill",
    arguments: [true, false])
  func quote(hasDataPlan: Bool) async throws {
    let stage = try await LiveStage.open(
      settings: "switches: {shows_market_as_limit: false, data_plan: \(hasDataPlan)}")
    try stage.configure(lines: ["entries: { max_age: 2m }", "market: { quotes: broker }"])
    try await stage.startAndWait()
    func show(ask: String) async throws {
      try await stage.simulator("POST", "quotes", #"{"security_id":"\#(Contract.call)","bid":151.90,"ask":\#(ask)}"#)
    }
    func copies() async throws -> [String] {
      try await stage.book(of: LiveStage.asha).map { "\($0.transactionType) \($0.quantity) at \($0.price)" }
    }
    // Nobody offers anything, so that the order rests; and the stream keeps it to itself.
    try await show(ask: "0")
    try await stage.fault(#""kind":"drop","on":"update","account":"\#(LiveStage.leader)","times":"every""#)
    try await place(stage, "BUY", 650, #""order_type":"MARKET""#)
    if hasDataPlan {
      // 151.90 and five percent, down to the tick.
      try await stage.until("asha's copy rests") { try await copies() == ["BUY 195 at 159.45"] }
      let quotes = try await stage.events("quote.seen")
      #expect(!quotes.isEmpty && quotes.allSatisfy { $0.payload["price"] as? Int == 15_190 }, "\(quotes)")
    } else {
      try await stage.until("the service knows the order and cannot have a quote") {
        try await stage.events("leader.order").count == 1 && stage.log.contains("no quotes can be had")
      }
      #expect(stage.log.contains("806"))
      #expect(try await copies() == [])
    }
    try await show(ask: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    #expect(stage.log.matches(of: /no quotes can be had/).count == (hasDataPlan ? 0 : 1))
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
