import Domain
import EventStore
import Foundation
import Testing

@testable import Daemon

@Suite("Day report") struct DayReportTests {
  static let day = ReportSession.start.indianDay
  static let tomorrow = Day(daysSinceEpoch: day.daysSinceEpoch + 1)

  static func report(_ session: ReportSession, _ day: Day = day) throws -> DayReport {
    try DayReport(day, in: session.log)
  }

  static func asha(_ session: ReportSession, _ day: Day = day) throws -> FollowerDay {
    try #require(try report(session, day).followers.first { $0.name == "asha" })
  }

  @Test("every order of the leader has a line for every follower, with its end") func lines() throws {
    let report = try Self.report(try ReportSession.tradingDay())
    #expect(report.followers.map(\.name) == ["asha", "ravi"])
    #expect(report.followers.map { $0.lines.map(\.origin) } == [["1001", "1002", "1003"], ["1001", "1002", "1003"]])
    let asha = report.followers[0]
    #expect(asha.counts == "3 orders of the leader: 3 copied")
    #expect(asha.lines.map { $0.follower(report.names) }.first == "BUY 4 lots at 152.35")
    #expect(asha.lines.map(\.verdict.text) == ["copied, 4 lots", "copied, 4 lots", "copied, 2 lots"])
    let ravi = report.followers[1]
    #expect(ravi.counts == "3 orders of the leader: 1 copied, 2 copied in part")
    #expect(ravi.lines[0].verdict.text == "copied, 4 lots; gave up 6 lots: limit max_open_lots is reached (rule 4)")
    #expect(ravi.reasons.map(\.reason) == [.openLots])
    #expect(ravi.reasons.map(\.count) == [2])
    #expect(report.text(.india).contains("  2 × limit max_open_lots is reached (rule 4)"))
  }

  @Test("results, charges and marks come from our own fills") func money() throws {
    let session = try ReportSession()
    session.fills = false
    try session.leader("1001", .buy, lots: 10, filled: 10, price: 15_000)
    try session.fill(#require(session.restingOrder(of: "asha")), average: Paise(15_010))
    try session.leader("1002", .sell, lots: 5, filled: 5, price: 16_000)
    try session.fill(#require(session.restingOrder(of: "asha")), average: Paise(15_990))
    let asha = try Self.asha(session)
    let position = try #require(asha.positions.first)
    #expect(position.held == Quantity(2 * 65))
    #expect(asha.realised == Paise(2 * 65 * 980))
    #expect(position.average?.perUnit == "150.10")
    // The follower's own exit is the newest trade that the log knows.
    #expect(position.mark?.price == Paise(15_990))
    #expect(position.mark?.source == .followerTrade)
    #expect(asha.open == Paise(2 * 65 * 980))
    #expect(asha.notes.map(\.bought) == [Paise(260 * 15_010)])
    #expect(asha.notes.map(\.sold) == [Paise(130 * 15_990)])
    #expect(asha.notes.map(\.orders) == [2])
    // 4 lots 0.10 dearer, 2 lots 0.10 cheaper.
    #expect(asha.slippage?.rupees == "+39.00")
    let text = try Self.report(session).text(.utc)
    #expect(text.contains("realised 1274.00, open 1274.00, charges about "))
    #expect(text.contains("159.90, a trade of a follower's at 2026-11-23T"))
    #expect(text.contains("Charges are an estimate with the rates since 2026-04-01"))
  }

  @Test("lots that the owner closes are a result of ours, at the price of that trade") func closedByOthers() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    try session.ownerTrades("asha", -1, price: 16_000)
    let asha = try Self.asha(session)
    #expect(asha.positions.map(\.held.units) == [3 * 65])
    #expect(asha.realised == Paise(65 * (16_000 - 15_235)))
    // The owner's order is none of ours: it is in no contract note.
    #expect(asha.notes.map(\.sold) == [.zero])
  }

  @Test("without a price from the broker everything says that it is unknown") func unknownPrices() throws {
    let session = try ReportSession()
    session.fills = false
    try session.leader("1001", .buy, lots: 10, filled: 10, average: 0)
    try session.fill(#require(session.restingOrder(of: "asha")), average: .zero)
    let asha = try Self.asha(session)
    #expect(asha.slippage == nil)
    #expect(asha.unpricedUnits == Quantity(260))
    #expect(asha.unpricedPositions == 1)
    let text = try Self.report(session).text(.utc)
    #expect(text.contains("no price"))
    #expect(text.contains("slippage unknown"))
    #expect(text.contains("the broker told no price for 260 units"))
    try session.leader("1002", .sell, lots: 10, filled: 10)
    try session.fill(#require(session.restingOrder(of: "asha")))
    #expect(try Self.asha(session).realisedUnknown == Quantity(260))
  }

  @Test("a day that is over is told the same for ever, and each day has its own result") func days() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    let before = try Self.report(session)
    session.clock.set(Self.tomorrow.startInIndia + .seconds(36_000))
    try session.leader("1002", .sell, lots: 10, filled: 10, price: 16_000)
    let after = try Self.report(session)
    #expect(after.text(.utc) == before.text(.utc))
    #expect(after.lastSequence == before.lastSequence)
    #expect(try Self.asha(session).realised == .zero)
    let asha = try Self.asha(session, Self.tomorrow)
    #expect(asha.lines.map(\.origin) == ["1002"])
    #expect(asha.realised == Paise(260 * 765))
    #expect(asha.notes.map(\.bought) == [.zero])
    #expect(asha.positions.map(\.held.units) == [0])
  }

  @Test("days outside of the log are said to be, and are no error", arguments: [-1, 1]) func outside(by: Int32) throws {
    let session = try ReportSession.tradingDay()
    let day = Day(daysSinceEpoch: Self.day.daysSinceEpoch + by)
    let report = try Self.report(session, day)
    #expect(report.text(.utc) == "The log holds nothing of \(day), only of 2026-11-23.")
    let document = try StatusReportTests.object(report.json)
    #expect(document["in_log"] as? Bool == false)
    #expect((document["followers"] as? [Any])?.isEmpty == true)
    let empty = try DayReport(Self.day, in: MemoryEventLog())
    #expect(empty.text(.utc) == "The log is empty: the service never started with this store.")
  }

  @Test("a follower is chosen by name; a name that the log does not know is a matter of usage") func follower() throws {
    let session = try ReportSession.tradingDay()
    #expect(try DayReport(Self.day, follower: "ravi", in: session.log).followers.map(\.name) == ["ravi"])
    let fault = try #require(throws: ReportFault.self) {
      try DayReport(Self.day, follower: "nobody", in: session.log)
    }
    #expect(fault.exitStatus == .usage)
    #expect(fault.description.hasSuffix("It knows: asha, ravi."))
  }

  @Test("links of our own have a line with their purpose") func ownLink() throws {
    var settings = ReportSession.pair
    settings.trueUp = .trim
    let session = try ReportSession(settings: settings)
    try session.leader("1001", .buy, lots: 10)
    try session.leader("1001", .buy, lots: 10, status: .cancelled)
    let report = try Self.report(session)
    let asha = try #require(report.followers.first)
    #expect(asha.counts == "1 order of the leader: 1 copied")
    let own = try #require(asha.lines.first { $0.leader == nil })
    #expect(own.leader(report.names).hasPrefix("lots that the leader never got are given back (rule 18)"))
    #expect(own.follower(report.names).hasPrefix("SELL 4 lots at "))
  }

  @Test("the document names every number with its unit") func document() throws {
    let session = try ReportSession.tradingDay()
    let document = try StatusReportTests.object(try Self.report(session).json)
    #expect(document["day"] as? String == "2026-11-23")
    #expect(document["charge_rates_effective_from"] as? String == "2026-04-01")
    let ravi = try #require((document["followers"] as? [[String: Any]])?.last)
    let counts = try #require(ravi["leader_orders"] as? [String: Int])
    #expect(
      counts == [
        "seen": 3, "copied": 1, "partly": 2, "skipped": 0, "too_old": 0, "refused": 0, "open": 0, "apart": 0,
      ])
    let reason = try #require((ravi["reasons"] as? [[String: Any]])?.first)
    #expect(reason["reason"] as? String == "open_lots")
    #expect(reason["rule"] as? Int == 4)
    #expect(ravi["slippage_rupees"] as? String == "0.00")
    #expect(ravi["realised_rupees"] as? String == "0.00")
    #expect(ravi["open_rupees"] as? String == "0.00")
    #expect(ravi["charges_estimate_rupees"] as? String != nil)
    let latency = try #require((ravi["latency"] as? [String: Any])?["after_leader_fill"] as? [String: Int])
    #expect(Set(latency.keys) == ["count", "min_us", "median_us", "max_us"])
    let order = try #require((ravi["orders"] as? [[String: Any]])?.first)
    #expect(order["end"] as? String == "partly")
    #expect(order["lots_forgone"] as? Int == 6)
    let position = try #require((ravi["positions"] as? [[String: Any]])?.first)
    #expect(position["mark_price"] as? String == "152.35")
    #expect(position["mark_source"] as? String == "follower_trade")
  }
}
