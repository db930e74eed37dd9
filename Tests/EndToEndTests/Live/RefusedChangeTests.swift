import Foundation
import Testing

/// A change that was answered 200 and comes back from the exchange.
@Suite("A change that comes back", .timeLimit(.minutes(10))) struct RefusedChangeTests {
  private typealias Contract = LiveStage.Contract

  private func rows(_ stage: LiveStage, _ client: String) async throws -> [String] {
    try await stage.book(of: client).map { "\($0.transactionType) \($0.quantity) at \($0.price) \($0.orderStatus)" }
  }

  @Test(
    "of a follower's order leaves one order at the exchange and no second one, whatever the stream calls it (Q20)",
    arguments: ["pending", "rejected"])
  func follower(word: String) async throws {
    let stage = try await LiveStage.open(settings: "switches: {refused_change_word: \(word)}")
    try stage.configure([.asha])
    try await stage.startAndWait()
    let order = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    try await stage.until("the copy rests") { try await rows(stage, LiveStage.asha) == ["BUY 195 at 130 PENDING"] }
    try await stage.fault(
      #""kind":"reject_late","on":"modify","account":"\#(LiveStage.asha)","text":"17070 : price out of range""#)
    try await stage.changeLeaderOrder(order, #""price":131.00"#)
    try await stage.until("the change came back") {
      try await stage.events("follower.order").contains { $0.text("reason")?.contains("17070") == true }
    }
    // The next change of the leader's is copied to the order that is there.
    try await Task.sleep(for: .seconds(3))
    #expect(try await rows(stage, LiveStage.asha).filter { $0.hasSuffix("PENDING") }.count <= 1)
    try await stage.changeLeaderOrder(order, #""price":132.00"#)
    try await stage.until("the copy follows the next change, and is alone") {
      try await rows(stage, LiveStage.asha).filter { $0.hasSuffix("PENDING") } == ["BUY 195 at 132 PENDING"]
    }
    try await stage.simulator("POST", "quotes", #"{"security_id":"\#(Contract.put)","bid":131.50,"ask":132.00}"#)
    try await stage.untilInSync(["asha": [Contract.put: 195]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test("of the leader's order leaves his order and its copy as they were", arguments: ["pending", "rejected"])
  func leader(word: String) async throws {
    let stage = try await LiveStage.open(settings: "switches: {refused_change_word: \(word)}")
    try stage.configure([.asha], lines: ["entries: { max_age: 1m }"])
    try await stage.startAndWait()
    let order = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    try await stage.until("the copy rests") { try await rows(stage, LiveStage.asha) == ["BUY 195 at 130 PENDING"] }
    try await stage.fault(
      #""kind":"reject_late","on":"modify","account":"\#(LiveStage.leader)","text":"17070 : price out of range""#)
    let (status, _) = try await stage.http(
      "PUT", "/v2/orders/\(order)", headers: ["access-token": "simulator-\(LiveStage.leader)"],
      body: #"{"dhanClientId":"\#(LiveStage.leader)","orderId":"\#(order)","orderType":"LIMIT","quantity":1300,"#
        + #""price":131.00,"validity":"DAY"}"#)
    #expect(status == 200)
    try await stage.until("the change came back") {
      try await stage.events("leader.order").contains { $0.text("reason")?.contains("17070") == true }
    }
    // What is done about it would be done by then.
    try await Task.sleep(for: .seconds(3))
    #expect(try await rows(stage, LiveStage.asha) == ["BUY 195 at 130 PENDING"])
    #expect(try await stage.events("leader.order").allSatisfy { $0.text("status") != "REJECTED" })
    try await stage.simulator("POST", "quotes", #"{"security_id":"\#(Contract.put)","bid":129.50,"ask":130.00}"#)
    try await stage.untilInSync(["asha": [Contract.put: 195]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
