import Domain
import EventStore
import Foundation
import Projections
import Testing

@testable import Daemon

@Suite("Status") struct StatusReportTests {
  static func report(_ session: ReportSession, writerPresent: Bool? = true) -> StatusReport {
    StatusReport(state: session.state, now: session.clock.now(), writerPresent: writerPresent)
  }

  static func object(_ json: JSONValue) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(json.text.utf8))
    return try #require(value as? [String: Any])
  }

  @Test("rule 37: a low disk is an alert, and says why only exits are sent") func lowDisk() throws {
    var state = try ReportSession.tradingDay().state
    let now = state.now
    state.apply(.diskLow(DiskLow(free: 9 << 20)), sequence: state.lastSequence.next, recordedAt: now)
    let report = StatusReport(state: state, now: now, writerPresent: true)
    #expect(report.mode == .closeOnly)
    #expect(report.followers.allSatisfy { $0.state == .closeOnly })
    #expect(report.text(.utc).contains("ALERT, the disk of the log is low"))
    #expect(report.text(.utc).contains("exits only until the disk has room"))
    state.apply(.diskRecovered(DiskRecovered(free: nil)), sequence: state.lastSequence.next, recordedAt: now)
    #expect(StatusReport(state: state, now: now, writerPresent: true).mode == .running)
  }

  @Test("the document has the keys and values of the interface") func document() throws {
    let session = try ReportSession.tradingDay()
    let document = try Self.object(Self.report(session).json)
    #expect(Set(document.keys) == ["last_sequence", "mode", "leader", "followers", "stale_market_data"])
    #expect(document["last_sequence"] as? Int64 == session.log.lastSequence.value)
    #expect(document["mode"] as? String == "running")
    let leader = try #require(document["leader"] as? [String: Any])
    #expect(leader["client_id"] as? String == "1000000001")
    #expect(leader["stream"] as? String == "connected")
    #expect(try #require(leader["last_event_at"] as? String).hasSuffix("Z"))
    let followers = try #require(document["followers"] as? [[String: Any]])
    #expect(followers.map { $0["name"] as? String } == ["asha", "ravi"])
    let asha = followers[0]
    #expect(asha["client_id"] as? String == "1000000002")
    #expect(asha["state"] as? String == "in_sync")
    #expect(asha["stream"] as? String == "connected")
    #expect(asha["open_requests"] as? Int == 0)
    #expect(asha["in_doubt"] as? Int == 0)
    #expect(asha["waiting"] as? [String: Int] == ["exits": 0, "cancels": 0, "modifications": 0, "entries": 0])
    #expect((asha["conditions"] as? [Any])?.isEmpty == true)
    let budget = try #require(asha["budget"] as? [String: Int])
    #expect(budget == ["second": 7, "minute": 247, "hour": 997, "day": 6_997])
    let position = try #require((asha["positions"] as? [[String: Any]])?.first)
    #expect(position["exchange_segment"] as? String == "NSE_FNO")
    #expect(position["security_id"] as? String == "47317")
    #expect(position["product"] as? String == "MARGIN")
    #expect(position["leader_quantity"] as? Int == 325)
    #expect(position["expected_quantity"] as? Int == 130)
    #expect(position["actual_quantity"] as? Int == 130)
  }

  @Test("limits are no drift: what was forgone is not expected") func forgone() throws {
    let session = try ReportSession.tradingDay()
    let ravi = Self.report(session).followers[1]
    #expect(ravi.state == .inSync)
    #expect(ravi.positions.map(\.leader.units) == [325])
    #expect(ravi.positions.map(\.expected.units) == [260])
    #expect(ravi.positions.map(\.actual.units) == [260])
  }

  @Test("orders that rest are work, calls without an outcome are in doubt, the worst is the state") func conditions()
    throws
  {
    let session = try ReportSession()
    session.fills = false
    try session.leader("1001", .buy, lots: 10)
    let working = Self.report(session).followers[0]
    #expect(working.state == .working)
    #expect(working.conditions.map(\.reason) == ["1 order works"])
    #expect(working.positions.first?.working.units == 260)
    session.answers = false
    try session.leader("1001", .buy, lots: 20)
    let request = try #require(session.state.followers[0].outbox.requests.first)
    try session.observe(.doubted("asha", request.id, text: "the connection broke"))
    let doubt = Self.report(session).followers[0]
    #expect(doubt.state == .inDoubt)
    #expect(doubt.conditions.map(\.condition) == [.inDoubt, .working])
    #expect(doubt.inDoubt == 1)
    #expect(doubt.openRequests == 1)
    #expect(doubt.alerts.map(\.kind) == [.inDoubt])
    let text = Self.report(session).text(.utc)
    #expect(text.contains("asha in_doubt: 1 request has no known outcome"))
    #expect(text.contains("asha ALERT"))
  }

  @Test("what waits in the lane is counted by its urgency, and told only when something waits") func waiting() throws {
    let session = try ReportSession()
    session.fills = false
    #expect(!Self.report(session).text(.utc).contains("waits in the lane"))
    // Eight of the ten calls of a second are for entries; the rest of these has to wait.
    for number in 1...10 { try session.leader(OrderID(stringLiteral: "10\(number)"), .buy, lots: 10) }
    let asha = Self.report(session).followers[0]
    #expect(asha.waiting == [.entry: 2])
    #expect(Self.report(session).text(.utc).contains("asha waits in the lane: entries 2"))
    let document = try Self.object(Self.report(session).json)
    let waiting = (document["followers"] as? [[String: Any]])?.first?["waiting"] as? [String: Int]
    #expect(waiting == ["exits": 0, "cancels": 0, "modifications": 0, "entries": 2])
  }

  @Test("a refused exit is drift, and is told with its numbers") func drift() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    session.fills = false
    try session.leader("1002", .sell, lots: 10, filled: 10)
    for (id, entry) in session.book.sorted(by: { $0.key < $1.key }) where !entry.order.status.isFinal {
      try session.end(id, .rejected, reason: "RMS")
    }
    let asha = Self.report(session).followers[0]
    #expect(asha.state == .drifted)
    #expect(asha.positions.map(\.expected.units) == [0])
    #expect(asha.positions.map(\.actual.units) == [260])
    #expect(asha.conditions.first?.reason == "NIFTY 29 DEC 24000 CALL should be 0 units and is 260")
    #expect(Self.report(session).text(.utc).contains("DIFFERS"))
  }

  @Test("what the owner closes by hand is forgone, not drift") func closedByHand() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10, filled: 10)
    try session.ownerTrades("asha", -1)
    let asha = Self.report(session).followers[0]
    #expect(asha.positions.map(\.expected.units) == [195])
    #expect(asha.positions.map(\.actual.units) == [195])
    #expect(asha.state == .inSync)
    #expect(asha.alerts.map(\.kind) == [.closedByOthers])
  }

  @Test("a follower without a baseline is blocked") func blocked() throws {
    let session = try ReportSession()
    var settings = ReportSession.pair
    settings.followers.append(ReportSession.follower("mira", "1000000004", ratio: "1"))
    try session.observe(.configuration(settings))
    let mira = try #require(Self.report(session).followers.last)
    #expect(mira.state == .blocked)
    #expect(mira.conditions.map(\.reason) == ["its positions have not been read yet"])
  }

  @Test("a follower that is not configured any more is told while it holds something") func unconfigured() throws {
    let session = try ReportSession.tradingDay()
    var settings = ReportSession.pair
    settings.followers.removeLast()
    try session.observe(.configuration(settings))
    #expect(Self.report(session).followers.map(\.state) == [.inSync, .blocked])
  }

  @Test("running is what the log says and the lock confirms") func mode() throws {
    let session = try ReportSession.tradingDay()
    #expect(Self.report(session, writerPresent: true).mode == .running)
    #expect(Self.report(session, writerPresent: nil).mode == .running)
    #expect(Self.report(session, writerPresent: false).mode == .stopped)
    #expect(Self.report(session, writerPresent: false).leader.isConnected == false)
    try session.observe(.stopped)
    #expect(Self.report(session, writerPresent: true).mode == .stopped)
  }

  @Test("a store is read while it is written, after its writer was killed, and before anything is in it") func stores()
    throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log.db"
    let log = try SQLiteEventLog(path: path)
    #expect(try StatusReport.read(store: path, now: ReportSession.start).mode == .stopped)
    let session = try ReportSession.tradingDay(log)
    #expect(StoreWriter.isPresent(at: path) == true)
    #expect(try StatusReport.read(store: path, now: session.clock.now()).mode == .running)
    try log.close()
    #expect(StoreWriter.isPresent(at: path) == false)
    // As a process leaves it that was killed: the text without the lock.
    _ = try folder.file("log.db.lock", "process 1 on here, since then\n")
    #expect(StoreWriter.isPresent(at: path) == false)
    let stopped = try StatusReport.read(store: path, now: session.clock.now())
    #expect(stopped.mode == .stopped)
    #expect(stopped.isInSync)
    #expect(StoreWriter.isPresent(at: folder.path + "/none.db") == false)
  }

  @Test("a store that a probe looks at can be opened at that moment") func probeDoesNotTurnAway() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log.db"
    for _ in 0..<20 {
      let log = try SQLiteEventLog(path: path)
      _ = StoreWriter.isPresent(at: path)
      try log.close()
      _ = try folder.file("log.db.lock", "process 1\n")
      #expect(StoreWriter.isPresent(at: path) == false)
    }
  }
}
