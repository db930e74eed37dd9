import Domain
import Foundation
import Testing

@testable import Daemon

@Suite("Orders and explanations") struct OrdersReportTests {
  static func history(_ session: ReportSession) throws -> OrderHistory {
    var history = OrderHistory()
    try LogWalk.entries(of: session.log) { history.take($0) }
    return history
  }

  @Test("orders of closed episodes stay in the table") func finished() throws {
    let session = try ReportSession.tradingDay()
    let history = try Self.history(session)
    #expect(history.orders.count == 6)
    #expect(history.orders.allSatisfy { $0.stateWord == "TRADED" && $0.filled == $0.quantity })
    let text = OrdersReport(history, follower: "asha").text(.india)
    #expect(text.split(separator: "\n").count == 4)
    #expect(text.contains("NIFTY 29 DEC 24000 CALL MARGIN"))
    #expect(text.contains(" IST"))
    #expect(!text.contains("ravi"))
    let orders = try #require(
      try StatusReportTests.object(OrdersReport(history, follower: "asha").json)["orders"] as? [[String: Any]])
    let first = try #require(orders.first)
    #expect(first["leader_order_id"] as? String == "1001")
    #expect(first["purpose"] as? String == "entry")
    #expect(first["side"] as? String == "BUY")
    #expect(first["quantity"] as? Int == 260)
    #expect(first["filled"] as? Int == 260)
    #expect(first["price"] as? String == "152.35")
    #expect(first["average_price"] as? String == "152.35")
    #expect(first["status"] as? String == "TRADED")
    #expect((first["correlation_id"] as? String)?.hasPrefix("cp1-") == true)
    let request = try #require((first["requests"] as? [[String: Any]])?.first)
    #expect(request["outcome"] as? String == "accepted")
    #expect(request["kind"] as? String == "placement")
    #expect((request["stages"] as? [String: Any])?["attempt_to_outcome_us"] as? Int == 1_000)
  }

  @Test("requests in doubt are named with their ids, and leave the list when they are settled") func inDoubt() throws {
    let session = try ReportSession()
    session.answers = false
    try session.leader("1001", .buy, lots: 10)
    let dispatch = try #require(session.sent.first)
    try session.observe(.doubted("asha", dispatch.requestID, text: "the connection broke"))
    let report = OrdersReport(try Self.history(session), inDoubt: true)
    let text = report.text(.utc)
    #expect(text.contains("\(dispatch.requestID)"))
    #expect(text.contains("the connection broke"))
    #expect(text.contains("placement of BUY 4 lots"))
    #expect(text.split(separator: "\n").count == 3, "a head, a line, and what to do")
    guard case .place(let ticket) = dispatch.call else { Issue.record("not a placement"); return }
    try session.observe(
      .followerOrder(
        "asha",
        BrokerOrder(
          orderID: "777", correlationID: ticket.correlationID, key: ticket.key, side: .buy, type: .limit,
          validity: .day,
          quantity: ticket.terms.quantity, price: ticket.terms.price.limit, status: .pending,
          updatedAt: session.clock.now()), .book
      ))
    let after = try Self.history(session)
    #expect(OrdersReport(after, inDoubt: true).text(.utc) == "No request is in doubt.")
    #expect(after.orders.first?.requests.first?.outcomeWord == "accepted")
    #expect(after.orders.first?.orderID == "777")
  }

  @Test(
    "an explanation has the arithmetic, the outcome and the fills", arguments: ["leader", "order", "label", "request"])
  func explain(by: String) throws {
    let session = try ReportSession.tradingDay()
    let order = try #require(try Self.history(session).orders.first { $0.follower == "asha" })
    let id =
      switch by {
      case "leader": "1001"
      case "order": order.orderID?.description ?? ""
      case "label": order.label.description
      default: order.requests[0].id.description
      }
    let report = try ExplainReport(id, in: session.log)
    #expect(report.followers.map(\.name) == (by == "leader" ? ["asha", "ravi"] : ["asha"]))
    let text = report.text(.utc)
    #expect(text.contains("Order 1001 of the leader, NIFTY 29 DEC 24000 CALL MARGIN"))
    #expect(
      text.contains(
        "rule 3: floor(2/5 × 10 lots) = 4 lots; filled 0, working 0, forgone 0 → BUY 4 lots at 152.35"))
    #expect(text.contains("placement accepted"))
    #expect(text.contains("filled 4 lots at 152.35 each"))
    #expect(text.contains("asha: copied, 4 lots"))
    #expect(text.contains("leader → request 0µs  → sent 0µs  → outcome 1ms  → first fill"))
    let document = try StatusReportTests.object(report.json)
    #expect(document["leader_order_id"] as? String == "1001")
    let follower = try #require((document["followers"] as? [[String: Any]])?.first)
    #expect((follower["end"] as? [String: Any])?["end"] as? String == "copied")
    let request = try #require(
      ((follower["orders"] as? [[String: Any]])?.first?["requests"] as? [[String: Any]])?.first)
    #expect((request["why"] as? [String: Any])?["rule"] as? Int == 3)
    #expect((request["why"] as? [String: Any])?["ratio"] as? String == "2/5")
    #expect((request["stages"] as? [String: Any])?["attempt_to_outcome_us"] as? Int == 1_000)
  }

  @Test("what was not copied says why") func skipped() throws {
    let session = try ReportSession.tradingDay()
    let ravi = try #require(try ExplainReport("1001", in: session.log).followers.last)
    #expect(
      ravi.steps.contains {
        $0.kind == "forgone" && $0.text == "gives up 6 lots: limit max_open_lots is reached (rule 4)"
      })
    try session.leader("1004", .buy, lots: 1, filled: 1)
    let small = try ExplainReport("1004", in: session.log)
    #expect(small.text(.utc).contains("asha: not copied: the follower's share is less than one lot"))
  }

  @Test("exits tell the leader's fraction") func exit() throws {
    let session = try ReportSession.tradingDay()
    let text = try ExplainReport("1002", in: session.log).text(.utc)
    #expect(
      text.contains(
        "rule 10: the leader leaves 10 of 10 lots, of which this order closes 4 lots for the follower in all; "
          + "filled 0, working 0 → SELL 4 lots at 152.35"))
  }

  @Test("an id that nobody knows is a matter of usage") func unknown() throws {
    let session = try ReportSession.tradingDay()
    for id in ["4711", "", String(repeating: "x", count: 40)] {
      #expect(throws: ReportFault.self) { try ExplainReport(id, in: session.log) }
    }
  }
}
