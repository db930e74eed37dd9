import Foundation
import Testing

/// Changes that meet something else on the way.
@Suite("Scenarios: changes on the way", .serialized, .timeLimit(.minutes(10))) struct ChangeTimingScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 18: a change before the follower's acknowledgement goes out after it")
  func beforeAcknowledgement() async throws {
    let stage = try await LiveStage.scenario()
    try await stage.unacknowledged()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.until("the placement has left") { try await stage.events("placement.requested").count == 1 }
    try await stage.changeLeaderOrder(order, #""price":149.00,"quantity":260"#)
    try await stage.untilLeaderQuantity(order, 260)
    try await stage.endFaults()
    try await stage.untilRows(Contract.call, ["BUY 130 at 149.00 PENDING"])
    let acknowledged = try #require(try await stage.events("request.accepted", "follower.order").first)
    let modified = try #require(try await stage.events("modification.requested").first)
    #expect(acknowledged.sequence < modified.sequence)
    try await stage.quote(Contract.call, bid: "148.60", ask: "149.00")
    try await stage.finish(holding: [Contract.call: 130])
  }

  @Test("scenario 19: a change that crosses a fill is refused, and the follower is ahead until the leader fills")
  func crossingFill() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.turn(#""transit_delay":"1500ms""#)
    try await stage.changeLeaderOrder(order, #""price":149.00"#)
    try await stage.until("the change has left") { try await stage.events("modification.requested").count == 1 }
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 TRADED"])
    #expect(try await stage.rows(of: LiveStage.leader, Contract.call) == ["BUY 130 at 149.00 PENDING"])
    try await stage.untilStatus("the follower is ahead") { $0["asha"]?.state == "working" }
    try await stage.quote(Contract.call, bid: "148.60", ask: "149.00")
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 20: a change that is refused late is not tried again until the leader moves")
  func refusedLate() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    try await stage.fault(
      #""kind":"reject_late","on":"modify","account":"\#(LiveStage.asha)","text":"17070 : The price is out of the range""#
    )
    try await stage.changeLeaderOrder(order, #""price":150.50"#)
    try await stage.until("the refusal is seen") {
      try await stage.events("follower.order").contains { $0.text("reason")?.contains("17070") == true }
    }
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == ["BUY 65 at 150.00 PENDING"])
    try await stage.changeLeaderOrder(order, #""price":151.00"#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 151.00 PENDING"])
    #expect(try await stage.events("modification.requested").count == 2)
    try await stage.quote(Contract.call, bid: "150.60", ask: "151.00")
    try await stage.finish(holding: [Contract.call: 65])
  }
}

extension LiveStage {
  /// The next order of the follower is taken at once, but he hears nothing of it for two seconds: neither by the reply nor,
  /// until the faults end, by stream or book.
  func unacknowledged() async throws {
    try await fault(#""kind":"drop","on":"update","account":"\#(LiveStage.asha)","times":"every""#)
    try await fault(#""kind":"server_error","on":"reads","account":"\#(LiveStage.asha)","times":"every""#)
    try await fault(#""kind":"delay","on":"place","account":"\#(LiveStage.asha)","delay":"2s""#)
  }

  /// Waits until the log has taken note of an order's new quantity.
  func untilLeaderQuantity(_ order: String, _ units: Int) async throws {
    try await until("the service knows that \(order) is for \(units)") {
      try await events("leader.order").last { $0.text("order_id") == order }?.payload["quantity"] as? Int == units
    }
  }
}
