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

  @Test("rule 29: doubt, readings, the second attempt, the surplus and its end are told with their rules")
  func surplus()
    throws
  {
    let session = try ReportSession()
    session.answers = false
    try session.leader("1001", .buy, lots: 10, filled: 10)
    let dispatch = try #require(session.sent.first)
    guard case .place(let ticket) = dispatch.call else { Issue.record("not a placement"); return }
    try session.observe(.doubted("asha", dispatch.requestID, text: "no reply"))
    for pause in [1, 5] as [Int64] {
      session.wait(.seconds(pause))
      try session.observe(.followerBookRead("asha", orders: 0, askedAt: session.clock.now()))
    }
    let table = OrdersReport(try OrdersReportTests.history(session), inDoubt: true, now: session.clock.now()).text(.utc)
    #expect(!table.contains("\(dispatch.requestID)"), "it has left again: \(table)")
    func appears(_ id: OrderID) throws {
      try session.observe(
        .followerOrder(
          "asha",
          BrokerOrder(
            orderID: id, correlationID: ticket.correlationID, key: ticket.key, side: .buy, type: .limit, validity: .day,
            quantity: ticket.terms.quantity, price: ticket.terms.price.limit, filled: ticket.terms.quantity,
            averagePrice: ticket.terms.price.limit, status: .traded, updatedAt: session.clock.now()), .book))
    }
    try appears("777")
    session.answers = true
    try appears("778")
    let text = try Self.text("778", session)
    for words in [
      "in doubt: no reply (rule 27)", "does not show it, the 1. in turn (rule 29)",
      "again under its own label since the broker does not have it (rule 29)", "order 778 is a surplus", "rule 29",
      "alert over: surplus",
    ] { #expect(text.contains(words), "\(words): \(text)") }
    let status = StatusReport(state: session.state, now: session.clock.now())
    #expect(status.followers[0].surplus == 0)
    #expect(status.followers[0].positions.map(\.actual) == [ticket.terms.quantity])
    #expect(status.followers[0].positions.map(\.owner) == [.zero], "promise 11")
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

  static func order(
    _ id: OrderID, _ side: Side, _ type: OrderType, _ product: ProductType, lots: Int64, filled: Int64 = 0,
    at session: ReportSession, reference: Paise = .zero
  ) -> BrokerOrder {
    BrokerOrder(
      orderID: id, correlationID: nil, key: PositionKey(contract: ReportSession.contract, product: product), side: side,
      type: type, validity: .day, quantity: Quantity(lots * ReportSession.lot),
      price: type == .market ? .zero : Paise(15_235), filled: Quantity(filled * ReportSession.lot),
      averagePrice: filled > 0 ? Paise(15_235) : .zero, status: filled == lots ? .traded : .pending,
      updatedAt: session.clock.now(), referencePrice: reference)
  }

  @Test("a protected limit tells what it was made of") func reference() throws {
    let session = try ReportSession()
    let market = Self.order("1001", .buy, .market, .margin, lots: 10, at: session, reference: Paise(15_200))
    try session.observe(.leaderOrder(market, .stream))
    let text = try Self.text("1001", session)
    #expect(text.contains("price made of the market when the leader placed his order, 152.00"))
    #expect(text.contains("(rule 19) → BUY 4 lots at 159.60"))
    let report = try StatusReportTests.object(ExplainReport("1001", in: session.log).json)
    let follower = try #require((report["followers"] as? [[String: Any]])?.first)
    let request = try #require(
      ((follower["orders"] as? [[String: Any]])?.first?["requests"] as? [[String: Any]])?.first)
    let why = try #require(request["why"] as? [String: Any])
    #expect(why["reference_source"] as? String == "frame")
    #expect(why["reference_price"] as? String == "152.00")
  }

  @Test("an order whose product is in question waits for a reading, and says so before and after") func product() throws
  {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    let sale = Self.order("1002", .sell, .limit, .intraday, lots: 10, filled: 10, at: session)
    try session.observe(.leaderOrder(sale, .stream))
    #expect(
      try Self.text("1002", session).contains(
        "asha: not ended yet: a reading of the leader's positions has to tell which product it counts under (rule 8)"))
    try session.observe(.leaderPositions([]))
    let text = try Self.text("1002", session)
    #expect(text.contains("Order 1002 of the leader, NIFTY 29 DEC 24000 CALL MARGIN"))
    #expect(text.contains("it counts under MARGIN (rule 8)"))
    #expect(text.contains("asha: copied, 4 lots"))
    #expect(try DayReportTests.asha(session).lines.map(\.verdict.text) == ["copied, 4 lots", "copied, 4 lots"])
  }
}
