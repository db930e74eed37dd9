import Domain
import Engine
import Foundation
import Testing

@testable import Daemon

/// Whatever is not copied has its reason and rule, in the report of the day and in the explanation.
@Suite("Not copied") struct NotCopiedTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the explanation and the report say of asha.
    let verdict: String
    let kind: CopyVerdict.Kind
    let play: @Sendable (ReportSession) throws -> Void
  }

  static let scenarios = [
    Scenario(
      testDescription: "below one lot", verdict: "not copied: the follower's share is less than one lot (rule 3)",
      kind: .skipped
    ) { try $0.leader("1001", .buy, lots: 1, filled: 1) },
    Scenario(
      testDescription: "too old",
      verdict: "not copied: it was older than entries.max_age when it could have gone out (rule 17)", kind: .tooOld
    ) { session in
      try session.leader("1001", .buy, lots: 10, filled: 10, age: .seconds(60))
    },
    Scenario(
      testDescription: "opposite position of the owner",
      verdict: "not copied: the follower's owner holds the opposite by hand (rule 21)", kind: .skipped
    ) { session in
      try session.ownerTrades("asha", -2)
      try session.leader("1001", .buy, lots: 10, filled: 10)
    },
    Scenario(
      testDescription: "halted", verdict: "not copied: the operator had halted the follower (rule 36)", kind: .skipped
    ) { session in
      try session.observe(.operatorCommand(.halted, "asha"))
      try session.leader("1001", .buy, lots: 10, filled: 10)
    },
    Scenario(
      testDescription: "refused", verdict: "not copied: the broker refused it (rule 5)", kind: .refused
    ) { session in
      session.fills = false
      try session.leader("1001", .buy, lots: 10)
      let order = try #require(session.restingOrder(of: "asha"))
      try session.end(order, .rejected, reason: "RMS: margin")
      try session.leader("1001", .buy, lots: 10, filled: 10)
    },
    Scenario(
      testDescription: "nothing held", verdict: "not copied: the follower holds nothing that it could close (rule 10)",
      kind: .skipped
    ) { session in
      try session.leader("1000", .buy, lots: 1, filled: 1)
      try session.leader("1001", .sell, lots: 1, filled: 1)
    },
    Scenario(
      testDescription: "the leader's order ended", verdict: "not copied: the leader's order ended without a fill",
      kind: .skipped
    ) { session in
      session.fills = false
      try session.leader("1001", .buy, lots: 10)
      try session.leader("1001", .buy, lots: 10, status: .cancelled)
    },
    Scenario(
      testDescription: "nothing due yet", verdict: "not ended yet: nothing is due so far", kind: .open
    ) { try $0.leader("1001", .buy, lots: 1) },
    Scenario(
      testDescription: "resting", verdict: "not ended yet: 4 lots on the way or resting", kind: .open
    ) { session in
      session.fills = false
      try session.leader("1001", .buy, lots: 10)
    },
  ]

  @Test("the day and the explanation say the same reason", arguments: scenarios) func reason(scenario: Scenario) throws
  {
    let session = try ReportSession()
    try scenario.play(session)
    let line = try #require(try DayReportTests.asha(session).lines.first { $0.origin == "1001" })
    #expect(line.verdict.text == scenario.verdict)
    #expect(line.verdict.kind == scenario.kind)
    let explained = try ExplainReport("1001", in: session.log)
    #expect(explained.text(.utc).contains("asha: \(scenario.verdict)\n"))
  }

  @Test("an order from before the follower was ready is told with rule 6") func early() throws {
    let session = try ReportSession()
    try session.leader("1001", .buy, lots: 10)
    var settings = ReportSession.pair
    settings.followers.append(ReportSession.follower("mira", "1000000004", ratio: "1"))
    try session.observe(.configuration(settings))
    let mira = try #require(try DayReportTests.report(session).followers.last)
    #expect(mira.count(.apart) == 1)
    #expect(
      mira.lines.map(\.verdict.text) == [
        "not copied: the follower's positions had not been read when it was first seen (rule 6)"
      ])
  }

  @Test("a follower for which nothing is sent is told to be on paper only") func onPaper() throws {
    var settings = ReportSession.pair
    settings.followers[0].sends = false
    let session = try ReportSession(settings: settings)
    try session.leader("1001", .buy, lots: 10, filled: 10)
    let line = try #require(try DayReportTests.asha(session).lines.first)
    #expect(
      line.verdict.text
        == "not ended yet: 4 lots on the way or resting (on paper only: nothing is sent for this follower)")
    #expect(line.fills.isEmpty)
  }

  @Test("every reason that a rule gives names that rule, once") func rules() {
    for reason in SkipReason.allCases {
      #expect(reason.explained.components(separatedBy: "(rule ").count == (reason.rule == nil ? 1 : 2))
    }
  }
}
