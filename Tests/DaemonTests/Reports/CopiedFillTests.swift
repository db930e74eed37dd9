import Domain
import Foundation
import Testing

@testable import Daemon

@Suite("Slippage and latency") struct CopiedFillTests {
  static func fills(_ session: ReportSession, _ follower: FollowerName = "asha") throws -> [CopiedFill] {
    let history = try OrdersReportTests.history(session)
    let copies = CopiedFills(history)
    return history.orders.filter { $0.follower == follower }.flatMap { copies[$0] }
  }

  /// A session in which asha's order for 4 lots of the leader's 10 rests.
  static func resting(_ side: Side = .buy) throws -> (ReportSession, OrderID) {
    let session = try ReportSession()
    session.fills = false
    try session.leader("1001", side, lots: 10)
    return (session, try #require(session.restingOrder(of: "asha")))
  }

  @Test(
    "a fill's own price comes exactly from the averages before and after it",
    arguments: [
      // Average after each lot in paise, zero where the broker shows none; what each lot came to for one unit.
      ([15_200, 15_250], ["152.00", "153.00"]),
      ([15_200, 15_200, 15_210], ["152.00", "152.00", "152.30"]),
      ([0, 15_250], ["152.50", "152.50"]),
      ([15_200, 0, 15_230], ["152.00", "152.45", "152.45"]),
      ([0, 0], ["unknown", "unknown"]),
      ([15_200, 0], ["152.00", "unknown"]),
    ])
  func increments(averages: [Int64], prices: [String]) throws {
    let order = try #require(try OrdersReportTests.history(ReportSession.tradingDay()).orders.first)
    var record = order
    record.fills = averages.map {
      OrderFill(
        sequence: .first, at: ReportSession.start, quantity: Quantity(ReportSession.lot), averagePrice: Paise($0))
    }
    #expect(record.fillPrices.map { $0?.perUnit ?? "unknown" } == prices)
  }

  @Test(
    "it is worse to buy dearer and to sell cheaper",
    arguments: [
      (Side.buy, Int64(15_240), "+13.00", "+0.05", "5"), (.buy, 15_230, "-13.00", "-0.05", "-5"),
      (.sell, 15_240, "-13.00", "-0.05", "-5"), (.sell, 15_230, "+13.00", "+0.05", "5"),
      (.buy, 15_235, "0.00", "0.00", "0"),
    ])
  func sign(side: Side, price: Int64, rupees: String, perUnit: String, paise: String) throws {
    let (session, order) = try Self.resting(side)
    try session.leader("1001", side, lots: 10, filled: 10)
    try session.fill(order, average: Paise(price))
    let fill = try #require(try Self.fills(session).first)
    let slippage = try #require(fill.slippage)
    #expect(slippage.quantity == Quantity(4 * ReportSession.lot))
    #expect([slippage.rupees, slippage.perUnit, slippage.paisePerUnit] == [rupees, perUnit, paise])
  }

  @Test("a follower that fills first is compared with what the leader's average became later") func later() throws {
    let (session, order) = try Self.resting()
    try session.fill(order, average: Paise(15_235))
    #expect(try Self.fills(session).first?.slippage == nil)
    try session.leader("1001", .buy, lots: 10, filled: 10, average: 15_230)
    let fill = try #require(try Self.fills(session).first)
    #expect(fill.leaderPrice == Paise(15_230))
    #expect(fill.isLeaderPriceLater)
    #expect(fill.slippage?.perUnit == "+0.05")
  }

  @Test("a fill is compared with the leader's average of its time, not of later") func then() throws {
    let (session, order) = try Self.resting()
    try session.leader("1001", .buy, lots: 10, filled: 5, average: 15_230)
    try session.fill(order, lots: 2, average: Paise(15_235))
    try session.leader("1001", .buy, lots: 10, filled: 10, average: 15_220)
    #expect(try Self.fills(session).map(\.leaderPrice) == [Paise(15_230)])
    #expect(try Self.fills(session).map(\.isLeaderPriceLater) == [false])
  }

  @Test("latency runs from the leader's fill that made the lots due") func latency() throws {
    let (session, order) = try Self.resting()
    session.wait(.seconds(60))
    try session.leader("1001", .buy, lots: 10, filled: 5)
    session.wait(.milliseconds(20))
    try session.fill(order, lots: 2)
    session.wait(.seconds(5))
    try session.leader("1001", .buy, lots: 10, filled: 10)
    session.wait(.milliseconds(30))
    try session.fill(order)
    let fills = try Self.fills(session)
    // Each event takes a millisecond of its own.
    #expect(fills.map(\.latency) == [.milliseconds(21), .milliseconds(31)])
    #expect(fills.map(\.isAhead) == [false, false])
    #expect(fills.map(\.fill.quantity.units) == [130, 130])
  }

  @Test("a fill ahead of the leader's answers his order, and says so") func ahead() throws {
    let (session, order) = try Self.resting()
    session.wait(.milliseconds(100))
    try session.leader("1001", .buy, lots: 10, filled: 2)
    session.wait(.milliseconds(100))
    try session.fill(order, lots: 2)
    let fill = try #require(try Self.fills(session).first)
    #expect(fill.isAhead)
    // The two placements, their acceptance and their pictures took a millisecond each.
    #expect(fill.latency == .milliseconds(206))
    #expect(fill.words.contains("after the leader's order, ahead of his fill, #"))
  }

  @Test("lots of a link of our own have neither a leader's price nor a latency") func ownLink() throws {
    var settings = ReportSession.pair
    settings.trueUp = .trim
    let session = try ReportSession(settings: settings)
    try session.leader("1001", .buy, lots: 10)
    try session.leader("1001", .buy, lots: 10, status: .cancelled)
    let history = try OrdersReportTests.history(session)
    let own = try #require(history.orders.first { $0.child.origin.ownPurpose == .trueUp })
    let fill = try #require(CopiedFills(history)[own].first)
    #expect(fill.slippage == nil)
    #expect(fill.latency == nil)
    #expect(fill.words == "at 152.35 each" || fill.words.hasPrefix("at "))
  }

  @Test("the table and the document of orders have slippage and latency") func orders() throws {
    let (session, order) = try Self.resting()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    session.wait(.milliseconds(20))
    try session.fill(order, average: Paise(15_240))
    let report = OrdersReport(try OrdersReportTests.history(session), follower: "asha")
    let text = report.text(.utc)
    #expect(text.contains("SLIPPAGE"))
    #expect(text.contains("+0.05     21ms  TRADED"))
    let first = try #require((try StatusReportTests.object(report.json)["orders"] as? [[String: Any]])?.first)
    #expect(first["slippage_rupees"] as? String == "13.00")
    #expect(first["slippage_paise_per_unit"] as? String == "5")
    #expect(first["latency_us"] as? Int == 21_000)
    let fill = try #require((first["fills"] as? [[String: Any]])?.first)
    #expect(fill["price"] as? String == "152.40")
    #expect(fill["leader_average_price"] as? String == "152.35")
    #expect(fill["answers"] as? String == "leader_fill")
  }

  @Test(
    "fractions are exact until their last digit",
    arguments: [
      (Int64(15_235), Int64(100), "152.35"), (1, 3, "0.3333"), (2, 3, "0.6667"), (-1, 3, "-0.3333"), (0, 7, "0.00"),
      (-1, 100_000, "0.00"), (5, 2, "2.50"),
    ])
  func fractions(numerator: Int64, denominator: Int64, text: String) {
    #expect(Fraction.text(numerator, denominator, decimals: 2...4) == text)
  }

  @Test("the middle of an even number of latencies is the mean of the two in the middle") func median() {
    func range(_ counts: [Int64]) -> [Int64] {
      LatencyRange(counts.map { Microseconds($0) }).map { [$0.shortest.count, $0.median.count, $0.longest.count] } ?? []
    }
    #expect(range([]) == [])
    #expect(range([7]) == [7, 7, 7])
    #expect(range([9, 1, 5]) == [1, 5, 9])
    #expect(range([10, 1, 4, 8]) == [1, 6, 10])
  }
}
