import Foundation
import Testing

/// The leader's order goes away.
@Suite("Scenarios: cancels", .serialized, .timeLimit(.minutes(10))) struct CancelScenarios {
  private typealias Contract = LiveStage.Contract

  @Test("scenario 21: a cancel before the follower's acknowledgement goes out after it")
  func beforeAcknowledgement() async throws {
    let stage = try await LiveStage.scenario()
    try await stage.unacknowledged()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.until("the placement has left") { try await stage.events("placement.requested").count == 1 }
    try await stage.cancelLeaderOrder(order)
    try await stage.untilLeaderOrder(order, "CANCELLED")
    #expect(try await stage.events("cancellation.requested").isEmpty)
    try await stage.endFaults()
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])
    try await stage.finish(holding: [:])
  }

  @Test(
    "scenario 22: a cancel while the follower's order is in TRANSIT, where the broker takes none, goes out when it rests"
  )
  func duringTransit() async throws {
    let stage = try await LiveStage.scenario(switches: "transit_delay: 0")
    // The leader's order is at the exchange before anybody hears of it, and the copy is long on its way.
    try await stage.fault(#""kind":"drop","on":"update","account":"\#(LiveStage.leader)","times":"every""#)
    try await stage.fault(#""kind":"server_error","on":"reads","account":"\#(LiveStage.leader)","times":"every""#)
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.turn(#""transit_delay":"2s""#)
    try await stage.endFaults()
    try await stage.fault(#""kind":"close","on":"stream","account":"\#(LiveStage.leader)""#)
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 TRANSIT"])
    try await stage.turn(#""transit_delay":"0""#)
    try await stage.cancelLeaderOrder(order)
    try await stage.untilLeaderOrder(order, "CANCELLED")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 23: a cancel after partial fills leaves both with what is filled")
  func afterPartialFill() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 260, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 PENDING"])
    // The fifth lot makes no whole one of the follower's, and puts the leader behind him in the exchange's queue.
    try await stage.changeLeaderOrder(order, "\"quantity\":325")
    try await stage.untilLeaderQuantity(order, 325)
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.00", askSize: 65)
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.00 PART_TRADED 65 filled"])
    try await stage.changeLeaderOrder(order, #""price":150.10"#)
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.10 PART_TRADED 65 filled"])
    try await stage.quote(Contract.call, bid: "149.60", ask: "150.10", askSize: 130)
    try await stage.untilHeld(by: LiveStage.leader, [Contract.call: 130])
    try await stage.cancelLeaderOrder(order)
    try await stage.untilRows(Contract.call, ["BUY 130 at 150.10 CANCELLED 65 filled"])
    try await stage.finish(holding: [Contract.call: 65])
  }

  @Test("scenario 24: all orders cancelled at once are cancelled at once")
  func all() async throws {
    let stage = try await LiveStage.scenario()
    var orders: [String] = []
    for (contract, units, price) in [(Contract.call, 130, 140), (Contract.put, 130, 130), (Contract.bank, 60, 300)] {
      for step in 0...1 {
        orders.append(try await stage.order("BUY", units, of: contract, at: "\(price - step)"))
      }
    }
    let wanted = [
      Contract.call: ["BUY 65 at 140.00", "BUY 65 at 139.00"], Contract.put: ["BUY 65 at 130.00", "BUY 65 at 129.00"],
      Contract.bank: ["BUY 30 at 300.00", "BUY 30 at 299.00"],
    ]
    for (contract, rows) in wanted { try await stage.untilRows(contract, rows.map { $0 + " PENDING" }) }
    for order in orders { try await stage.cancelLeaderOrder(order) }
    for (contract, rows) in wanted { try await stage.untilRows(contract, rows.map { $0 + " CANCELLED" }) }
    try await stage.finish(holding: [:])
  }

  @Test("scenario 25: a leader's order that is rejected before anything went out is not copied")
  func rejectedBefore() async throws {
    let stage = try await LiveStage.scenario(switches: "skipped_statuses: [TRANSIT]")
    // Not a whole number of ticks.
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.02")
    try await stage.untilLeaderOrder(order, "REJECTED")
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == [])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 26: a leader's order that is rejected after the copy went out takes the copy back")
  func rejectedAfter() async throws {
    // The leader has money for less than he wants; the follower has enough for his half.
    let stage = try await LiveStage.scenario(
      switches: "transit_delay: 300ms",
      simulator: """
        accounts:
          - {client_id: "1000000001", capital: 10_000}
          - {client_id: "1000000002", capital: 1_500_000}
        """)
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilLeaderOrder(order, "REJECTED")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 27: what the broker or the exchange cancels of the leader's is cancelled of the follower's")
  func withoutAPerson() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    // The broker's risk desk.
    try await stage.squareOff(LiveStage.leader)
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 CANCELLED"])
    // The exchange, of the leader's alone.
    let suspended = try await stage.order("BUY", 60, of: Contract.bank, at: "300.00")
    try await stage.untilRows(Contract.bank, ["BUY 30 at 300.00 PENDING"])
    try await stage.simulator(
      "POST", "exchange", #"{"order_id":"\#(suspended)","action":"cancel","reason":"Trading is suspended"}"#)
    try await stage.untilRows(Contract.bank, ["BUY 30 at 300.00 CANCELLED"])
    // The exchange at the end of its day, for both.
    _ = try await stage.order("BUY", 130, of: Contract.put, at: "130.00")
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    try await stage.turn(#""market_hours":"closed""#)
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 EXPIRED"])
    try await stage.finish(holding: [:])
  }

  @Test("scenario 27: what the exchange cancels of the follower's alone is not sent again, and the reason is recorded")
  func followersAlone() async throws {
    let stage = try await LiveStage.scenario()
    let order = try await stage.order("BUY", 130, of: Contract.call, at: "150.00")
    try await stage.untilRows(Contract.call, ["BUY 65 at 150.00 PENDING"])
    let copy = try #require(try await stage.book(of: LiveStage.asha).first)
    try await stage.simulator("POST", "exchange", #"{"order_id":"\#(copy.orderId)","action":"cancel"}"#)
    try await stage.until("the service knows") {
      try await stage.events("follower.order").last?.text("status") == "CANCELLED"
    }
    try await stage.changeLeaderOrder(order, #""price":150.50"#)
    try await stage.quote(Contract.call, bid: "150.00", ask: "150.50")
    try await stage.untilLeaderOrder(order, "TRADED")
    try await stage.finish(holding: [:])
    #expect(try await stage.rows(of: LiveStage.asha, Contract.call) == ["BUY 65 at 150.00 CANCELLED"])
  }
}

extension LiveStage {
  /// The broker cancels and closes everything of an account.
  func squareOff(_ client: String) async throws {
    try await simulator("POST", "square-off", #"{"account":"\#(client)"}"#)
  }
}
