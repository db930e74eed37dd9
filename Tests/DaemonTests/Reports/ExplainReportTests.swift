import Domain
import Engine
import Foundation
import Ports
import Testing

@testable import Daemon

/// An explanation tells everything that happened to an order, whatever became of it.
@Suite("Explanations") struct ExplainReportTests {
  static func text(_ id: String, _ session: ReportSession) throws -> String {
    try ExplainReport(id, in: session.log).text(.utc)
  }

  @Test("a doubt is told when it arose and when it was settled") func doubt() throws {
    let session = try ReportSession()
    session.answers = false
    try session.leader("1001", .buy, lots: 10)
    let dispatch = try #require(session.sent.first)
    try session.observe(.doubted("asha", dispatch.requestID, text: "the connection broke"))
    #expect(try Self.text("1001", session).contains("in doubt: the connection broke"))
    #expect(try Self.text("1001", session).contains("ALERT: a request has no known outcome"))
    guard case .place(let ticket) = dispatch.call else { Issue.record("not a placement"); return }
    try session.observe(
      .followerOrder(
        "asha",
        BrokerOrder(
          orderID: "777", correlationID: ticket.correlationID, key: ticket.key, side: .buy, type: .limit,
          validity: .day, quantity: ticket.terms.quantity, price: ticket.terms.price.limit, status: .pending,
          updatedAt: session.clock.now()), .book))
    let after = try Self.text("777", session)
    #expect(after.contains("in doubt: the connection broke"))
    #expect(after.contains("placement accepted as order 777"))
    #expect(after.contains("alert over: in_doubt"))
  }

  @Test("what was turned away, waited and left again is told step by step") func turnedAway() throws {
    let session = try ReportSession()
    session.answers = false
    try session.leader("1001", .buy, lots: 10)
    let request = try #require(session.sent.first).requestID
    try session.observe(.refused("asha", request, .rateLimited, text: "DH-904 Rate limit"))
    let waiting = try Self.text("1001", session)
    #expect(waiting.contains("turned away, and waits to be tried again: DH-904 Rate limit"))
    session.answers = true
    session.wait(.seconds(2))
    try session.observe(.clock(due: "lane"))
    let text = try Self.text("1001", session)
    #expect(text.contains("after it was decided [\(request)]"))
    #expect(text.contains("at attempt 2"))
  }

  @Test("a modification that was overtaken in the lane is told as withdrawn") func withdrawn() throws {
    let session = try ReportSession()
    session.fills = false
    try session.leader("1001", .buy, lots: 10)
    // Eight entries and two changes are the calls of this second, so that the next change waits, and is overtaken.
    for number in 2...12 { try session.leader(OrderID(stringLiteral: "10\(number)"), .buy, lots: 10, price: 15_000) }
    for id: OrderID in ["102", "103"] { try session.leader(id, .buy, lots: 10, price: 15_010) }
    try session.leader("1001", .buy, lots: 10, price: 15_240)
    session.wait(.milliseconds(300))
    try session.leader("1001", .buy, lots: 10, price: 15_250)
    let text = try Self.text("1001", session)
    #expect(text.contains("; waits in the lane"))
    #expect(text.contains("modification withdrawn: something else was wanted before it left"))
  }

  @Test("a refused exit is told with the broker's words and the alert") func refusedExit() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    session.fills = false
    try session.leader("1002", .sell, lots: 10, filled: 10)
    let order = try #require(session.restingOrder(of: "asha"))
    try session.end(order, .rejected, reason: "RMS: blocked")
    let text = try Self.text("1002", session)
    #expect(text.contains("the broker shows order \(order) REJECTED: RMS: blocked"))
    #expect(text.contains("ALERT: an exit was refused"))
  }

  @Test("a link of our own tells its cause and its arithmetic") func ownLink() throws {
    var settings = ReportSession.pair
    settings.trueUp = .trim
    let session = try ReportSession(settings: settings)
    try session.leader("1001", .buy, lots: 10)
    try session.leader("1001", .buy, lots: 10, status: .cancelled)
    let origin = try #require(
      try OrdersReportTests.history(session).orders.map(\.child.origin).first { $0.ownPurpose == .trueUp })
    let text = try Self.text("\(origin)", session)
    #expect(text.hasPrefix("Link of our own \(origin): lots that the leader never got are given back (rule 18)"))
    #expect(text.contains("#\(try #require(origin.cause))"))
    #expect(text.contains("rule 18: the leader's orders ended with 0 lots"))
    #expect(text.contains(": copied, 4 lots"))
    #expect(
      try StatusReportTests.object(ExplainReport("\(origin)", in: session.log).json)["subject"] as? String == "own_link"
    )
  }

  @Test("an order of the account's owner is told as his, with what it did to ours") func foreign() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    try session.ownerTrades("asha", -1)
    let id = try #require(
      try OrdersReportTests.history(session).unclaimed.keys.map(\.orderID).first { $0.text.string.hasPrefix("3") })
    let report = try ExplainReport("\(id)", in: session.log)
    #expect(report.subject == .foreignOrder("asha"))
    let text = report.text(.utc)
    #expect(text.hasPrefix("Order \(id) in asha's account, not placed by copytrade"))
    #expect(text.contains("asha: the account's owner or the broker placed it: it counts as the owner's"))
    #expect(text.contains("SELL 1 lot NIFTY 29 DEC 24000 CALL MARGIN LIMIT at 150.00: TRADED, 1 lot filled at 150.00"))
    #expect(text.contains("ALERT: somebody else closed lots that we had opened"))
  }

  @Test("decisions name the event that they were made upon") func causes() throws {
    let session = try ReportSession.tradingDay()
    let report = try ExplainReport("1001", in: session.log)
    let seen = try #require(report.leaderSteps.first).sequence
    let request = try #require(report.followers.first?.steps.first { $0.kind == "request" })
    #expect(request.cause == seen)
    #expect(report.text(.utc).contains("(upon #\(seen))"))
  }

  @Test("a follower for which nothing was decided is told as well") func nothingYet() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 1)
    let text = try Self.text("1001", session)
    #expect(text.contains("asha: not ended yet: nothing is due so far"))
    #expect(text.contains("ravi: not ended yet: 1 lot copied"))
  }
}
