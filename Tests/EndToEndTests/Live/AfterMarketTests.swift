import Foundation
import Testing

/// Orders that the leader places while the market is closed.
@Suite("After-market orders", .timeLimit(.minutes(10))) struct AfterMarketTests {
  private typealias Contract = LiveStage.Contract

  private func opened(_ stage: LiveStage) async throws {
    try await stage.simulator("POST", "switches", #"{"market_hours":"always_open"}"#)
  }

  @Test(
    "one that waits is copied when the exchange has it, or as one that waits, by the settings",
    arguments: ["wait", "copy"])
  func copied(policy: String) async throws {
    let stage = try await LiveStage.open(settings: "switches: {market_hours: closed}")
    try stage.configure(lines: ["entries: { max_age: 3s, after_market: \(policy) }"])
    try await stage.startAndWait()
    try await stage.simulator(
      "POST", "orders",
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(Contract.call)","side":"BUY","quantity":650,"price":140.00,"after_market":true}"#
    )
    func copies(_ status: String) async throws -> [[String]] {
      var rows: [[String]] = []
      for client in [LiveStage.asha, LiveStage.vikram] {
        rows.append(
          try await stage.book(of: client).filter { $0.orderStatus == status }.map {
            "\($0.transactionType) \($0.quantity) at \($0.price)"
          })
      }
      return rows
    }
    let wanted = [["BUY 195 at 140"], ["BUY 130 at 140"]]
    try await stage.until("the service knows the leader's order") {
      try await !stage.events("leader.order").isEmpty
    }
    if policy == "copy" {
      try await stage.until("the copies wait with it") { try await copies("PENDING") == wanted }
    }
    // The session begins long after the order was placed.
    try await Task.sleep(for: .seconds(5))
    #expect(try await copies("PENDING") == (policy == "copy" ? wanted : [[], []]))
    try await opened(stage)
    try await stage.until("the copies rest in the session") { try await copies("PENDING") == wanted }
    try await stage.simulator("POST", "quotes", #"{"security_id":"\#(Contract.call)","bid":139.50,"ask":140.00}"#)
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
