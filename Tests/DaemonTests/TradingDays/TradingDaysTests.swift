import Domain
import Engine
import EventStore
import Foundation
import PaperExchange
import Projections
import Testing

@testable import Daemon

/// Two trading days of a few hundred leader actions, drawn at random, at speed, with five followers.
@Suite("Trading days") struct TradingDaysTests {
  /// The seeds of a run: the one that `COPYTRADE_SEED` names, a range like `1-500`, or those of every build.
  static let seeds: [UInt64] = {
    guard let text = ProcessInfo.processInfo.environment["COPYTRADE_SEED"] else { return Array(1...10) }
    let ends = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return Array(1...10) }
    return Array(first...last)
  }()

  @Test(
    "promises 3, 5, 6, 8 and 11: whatever leader, market, owners, broker and network do on two days, limits hold, the leader flat means our lots flat or an alert, ledger and exchange agree, and every order has its end",
    arguments: seeds)
  func days(seed: UInt64) throws {
    let days = try TradingDays(seed: seed)
    try days.run()
    let replay = "COPYTRADE_SEED=\(seed) swift test --filter TradingDays"
    let isWanted = ProcessInfo.processInfo.environment["COPYTRADE_STORY"] != nil
    if !days.isSound || isWanted { print(try days.report(replay)) }
    #expect(days.isSound, "\(days.checks.violations.prefix(3)) – \(replay)")
    guard days.isSound else { return }
    try expectSoundOnDisk(days.log, replay)
  }

  /// Promise 10: the same events in a file make the same chain, and `audit verify` finds it sound.
  private func expectSoundOnDisk(_ log: MemoryEventLog, _ replay: String) throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteEventLog(path: folder.path + "/days.db")
    let drafts = try log.events().map(\.draft)
    let empty = Dictionary(drafts.map { ($0.stream, StreamVersion.empty) }, uniquingKeysWith: { first, _ in first })
    _ = try store.append(drafts, expecting: empty)
    #expect(store.lastHash == log.lastHash, "\(replay)")
    try store.close()
    let report = try AuditReport.verify(store: folder.path + "/days.db")
    #expect(report.findings.isSound, "\(replay)")
  }
}

extension TradingDays {
  /// Who did what, beside what the engine made of it.
  func report(_ replay: String) throws -> String {
    var lines = story
    var narrator = Narrator(DayMarket.instruments + DayMarket.others)
    try LogWalk.entries(of: log) { entry in
      if let words = narrator.words(for: entry) { lines.append((entry.recordedAt, "  #\(entry.sequence) \(words)")) }
    }
    let told = lines.enumerated().sorted {
      $0.element.at != $1.element.at ? $0.element.at < $1.element.at : $0.offset < $1.offset
    }.map { "\($0.element.at.indianDescription.dropFirst(11).prefix(12))  \($0.element.line)" }
    let isNamed = ProcessInfo.processInfo.environment["COPYTRADE_SEED"] != nil
    return (isNamed ? told : told.suffix(60)).joined(separator: "\n")
      + "\nalerts that said why: \(checks.excuses)\n\(checks.violations.joined(separator: "\n"))\n\(replay)"
  }
}
