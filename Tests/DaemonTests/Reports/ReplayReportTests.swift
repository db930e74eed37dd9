import Domain
import Engine
import EventStore
import Foundation
import Testing

@testable import Daemon

@Suite("Replay") struct ReplayReportTests {
  @Test("one line an event, then the state") func lines() throws {
    let session = try ReportSession.tradingDay()
    var lines: [ReplayReport.Line] = []
    let state = try ReplayReport(session.log).run { lines.append($0) }
    #expect(lines.map(\.sequence.value) == Array(1...session.log.lastSequence.value))
    #expect(lines.allSatisfy { !$0.sentence.isEmpty && !$0.sentence.contains("\n") })
    #expect(
      lines[0].text(.utc)
        == "      1  2026-11-23T03:25:00.000000Z  service     service started, version test, decisions of version 15")
    #expect(state.text.contains("After event \(session.log.lastSequence):"))
    for line in lines {
      let object = try StatusReportTests.object(line.json)
      #expect(object["sequence"] as? Int64 == line.sequence.value)
      #expect(object["payload"] is [String: Any])
      #expect(
        Set(object.keys).isSuperset(of: [
          "recorded_at", "occurred_at", "stream", "type", "causation", "correlation", "text",
        ]))
    }
    #expect(try StatusReportTests.object(state.json)["state"] is [String: Any])
  }

  @Test("a stretch is printed, and everything before it is folded") func stretch() throws {
    let session = try ReportSession.tradingDay()
    let middle = SequenceNumber(session.log.lastSequence.value / 2)
    var lines: [ReplayReport.Line] = []
    let from = LogPoint.sequence(SequenceNumber(middle.value - 2))
    let state = try ReplayReport(session.log, from: from, to: .sequence(middle)).run { lines.append($0) }
    #expect(lines.map(\.sequence.value) == [middle.value - 2, middle.value - 1, middle.value])
    #expect(state.status.lastSequence == middle)
  }

  @Test("points are numbers, times, trading days and the start") func points() throws {
    let session = try ReportSession.tradingDay()
    let log = session.log
    let last = log.lastSequence
    #expect(LogPoint("start") == .start)
    #expect(LogPoint("12") == .sequence(SequenceNumber(12)))
    for wrong in ["0", "-1", "", "end", "2026-13-01", "tomorrow"] { #expect(LogPoint(wrong) == nil, "\(wrong)") }
    let day = try #require(LogPoint("2026-11-23"))
    #expect(try day.first(in: log) == .first)
    #expect(try day.last(in: log) == last)
    #expect(try #require(LogPoint("2026-11-24")).first(in: log) == last.next)
    #expect(try #require(LogPoint("2026-11-22")).last(in: log) == .beforeFirst)
    let events = try log.events()
    for event in events {
      let time = try #require(LogPoint(event.draft.recordedAt.description))
      let same = events.filter { $0.draft.recordedAt == event.draft.recordedAt }
      #expect(try time.first(in: log) == same.first?.sequence)
      #expect(try time.last(in: log) == same.last?.sequence)
    }
    #expect(LogPoint("2026-11-23 08:55:00", style: .india) == .time(ReportSession.start))
    #expect(LogPoint("2026-11-23T03:25:00") == .time(ReportSession.start))
  }

  @Test("decisions made again are equal, whatever point it ends at") func verified() throws {
    let session = try ReportSession.tradingDay()
    let report = try ReplayVerification(session.log)
    #expect(report.exitStatus == .done)
    #expect(report.lastSequence == session.log.lastSequence)
    #expect(report.decisions > 10)
    #expect(report.text(.utc).contains("\(report.decisions) decisions made again, all equal."))
    for end in 1...session.log.lastSequence.value {
      #expect(try ReplayVerification(session.log, to: .sequence(SequenceNumber(end))).failure == nil, "to \(end)")
    }
  }

  /// The log of `session` with the event at `sequence` changed, its chain valid.
  static func tampered(
    _ session: ReportSession, _ change: (Event) -> Event?, into log: any EventLog = MemoryEventLog()
  ) throws -> (log: any EventLog, sequence: SequenceNumber?) {
    var first: SequenceNumber?
    for stored in try session.log.events() {
      var draft = stored.draft
      let event = try draft.type.withBytes { type in
        try draft.payload.withUnsafeBytes {
          try LogFold.decode(type: type, version: draft.schemaVersion, payload: $0)
        }
      }
      if first == nil, let changed = change(event) {
        first = stored.sequence
        draft.payload = changed.payload
      }
      _ = try log.append([draft], expecting: [draft.stream: log.head(of: draft.stream)])
    }
    return (log, first)
  }

  @Test("a decision that was changed is named") func different() throws {
    let session = try ReportSession.tradingDay()
    let (log, sequence) = try Self.tampered(session) { event in
      guard case .placementRequested(var request) = event, request.purpose == .exit else { return nil }
      request.terms.price = .limit(request.terms.price.limit + Paise(5))
      return .placementRequested(request)
    }
    let report = try ReplayVerification(log)
    #expect(report.failure?.sequence == sequence)
    #expect(report.exitStatus == .checkFailed)
    #expect(report.text(.utc).contains("DIFFERENT at event \(try #require(sequence))"))
    let document = try StatusReportTests.object(report.json)
    #expect(document["equal"] as? Bool == false)
    #expect((document["first_difference"] as? [String: Any])?["sequence"] as? Int64 == sequence?.value)
  }

  @Test("decisions that are missing at the end are named by the place where they should be") func missing() throws {
    let session = try ReportSession(settings: ReportSession.pair)
    session.answers = false
    try session.leader("1001", .buy, lots: 10)
    let events = try session.log.events()
    let cause = try #require(events.last { !(EventType(name: $0.draft.type)?.isDecision ?? true) }).sequence
    #expect(events.count >= Int(cause.value) + 3)
    for kept in Int(cause.value)..<events.count {
      let log = MemoryEventLog()
      for event in events[..<kept] {
        _ = try log.append([event.draft], expecting: [event.draft.stream: log.head(of: event.draft.stream)])
      }
      #expect(try ReplayVerification(log).failure?.sequence.value == Int64(kept) + 1)
    }
  }

  @Test("decisions of another version are listed, not judged") func otherVersion() throws {
    let session = try ReportSession.tradingDay()
    var (log, _) = try Self.tampered(session) { event in
      guard case .serviceStarted(var started) = event else { return nil }
      started.decisionVersion = 999
      return .serviceStarted(started)
    }
    #expect(try ReplayVerification(log).otherVersions == [])
    let copy = MemoryEventLog()
    for stored in try log.events() {
      var draft = stored.draft
      if draft.type == EventType.linkEnded.name, copy.lastSequence.value == stored.sequence.value - 1 {
        draft.correlation = nil
        draft.payload = EventReplacement.end(draft.payload)
      }
      _ = try copy.append([draft], expecting: [draft.stream: copy.head(of: draft.stream)])
    }
    log = copy
    let report = try ReplayVerification(log)
    #expect(report.exitStatus == .done)
    #expect(!report.otherVersions.isEmpty)
    #expect(report.text(.utc).contains("in stretches that other versions"))
    #expect(report.text(.utc).contains("decisions of version 999"))
  }
}

private enum EventReplacement {
  /// Another number of lots in a recorded end.
  static func end(_ payload: [UInt8]) -> [UInt8] {
    Array(String(decoding: payload, as: UTF8.self).replacingOccurrences(of: "\"lots\":4", with: "\"lots\":5").utf8)
  }
}
