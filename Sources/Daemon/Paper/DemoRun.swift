import Domain
import Engine
import EventStore
import Foundation
import PaperExchange
import Projections

/// The whole system on the embedded paper exchange: a bundled session, two followers, and one crash on the way.
///
/// Prints what happens as it happens, and at the end a table of what the leader holds, what each follower should hold and
/// what the exchange says it holds.
public struct DemoRun {
  public enum Pace {
    /// As fast as the machine can.
    case fast
    /// In the time of the session; `sleep` waits.
    case live(sleep: (Microseconds) -> Void)
  }

  /// The log's file in the folder.
  public static let storeName = "demo.db"

  let folder: URL
  let pace: Pace
  let out: (String) -> Void

  public init(folder: URL, pace: Pace, out: @escaping (String) -> Void) {
    self.folder = folder
    self.pace = pace
    self.out = out
  }

  /// How the two followers of the demonstration copy.
  public static let settings: CopySettings = {
    func follower(_ name: FollowerName, _ client: ClientID) -> FollowerSettings {
      FollowerSettings(
        name: name, clientID: client, sizing: Sizing(strategy: .capitalProportional(.startOfDay)))
    }
    return CopySettings(
      leader: "1000000001", followers: [follower("asha", "1000000002"), follower("vikram", "1000000003")])
  }()

  /// Plays the session.
  ///
  /// - Returns: whether everything is in sync at the end and the log is sound.
  public func run(version: ShortText) throws -> Bool {
    let path = folder.appendingPathComponent(DemoRun.storeName).path
    let clock = SteppedClock(PaperDemo.start)
    let exchange = PaperExchange(
      settings: PaperSettings(seed: 1), instruments: PaperDemo.instruments, accounts: PaperDemo.accounts)
    let session = PaperSession(exchange: exchange, settings: DemoRun.settings, clock: clock)
    out("The leader trades on the paper exchange; asha (30 % of his capital) and vikram (20 %) follow.")
    out("The log is \(path)\n")
    var log = try SQLiteEventLog(path: path)
    try session.start(log, version: version)
    var narrator = Narrator(PaperDemo.instruments)
    var told = SequenceNumber.beforeFirst
    func tell() throws {
      guard let engine = session.engine else { return }
      try LogWalk.entries(of: engine.log, from: told.next) { entry in
        told = entry.sequence
        if let line = narrator.line(for: entry) { out(line) }
      }
    }
    for step in PaperScript.demo.steps {
      try play(session, until: PaperDemo.start + step.at, tell)
      switch step.kind {
      case .say(let text): out("\n\(text)")
      case .act(let action): try session.act(action)
      case .crash:
        // The worst moment: calls have left, and their replies have not come.
        try session.advanceToOpenCall(before: session.clock.now() + .seconds(1))
        try tell()
        out("\nThe engine is dropped: all of its memory is gone, nothing was shut down, replies are on their way.")
        session.crash()
        log.discard()
        try session.advance(to: session.clock.now() + .milliseconds(400))
        log = try SQLiteEventLog(path: path)
        try session.start(log, version: version)
        out("0.4 s later a new engine folds \(told) events of the log and goes on from there.\n")
      }
    }
    try play(session, until: PaperDemo.start + PaperScript.demo.length + .seconds(10), tell)
    try session.stop()
    try log.close()
    return try judge(path, session.exchange)
  }

  private func play(_ session: PaperSession, until end: Timestamp, _ tell: () throws -> Void) throws {
    switch pace {
    case .fast:
      try session.advance(to: end)
      try tell()
    case .live(let sleep):
      while session.clock.now() < end {
        let next = min(end, session.clock.now() + .milliseconds(50))
        sleep(next - session.clock.now())
        try session.advance(to: next)
        try tell()
      }
    }
  }

  private func judge(_ path: String, _ exchange: PaperExchange) throws -> Bool {
    let reader = try SQLiteEventReader(path: path)
    let state = try LogFold.state(of: reader)
    let table = HoldingsTable(state: state, exchange: exchange)
    out("\n\(table.text)")
    let report = try LogVerifier.verify(
      path: path, decode: { _ = try LogFold.decode(type: $0, version: $1, payload: $2) })
    var verifier = ReplayVerifier()
    try reader.read(from: .first) { row in
      verifier.take(
        try LogFold.decode(row), sequence: SequenceNumber(row.sequence),
        recordedAt: Timestamp(microseconds: row.recordedAt),
        causation: row.causation == 0 ? nil : SequenceNumber(row.causation))
    }
    verifier.finish()
    out("\(report.events) events; audit verify: \(report.isSound ? "sound" : "DAMAGED"); anchor \(report.last)")
    out(
      "replay --verify: "
        + (verifier.failure.map { "DIFFERENT, \($0)" } ?? "\(verifier.decisions) decisions made again, all equal"))
    out(table.isInSync ? "\nIn sync." : "\nNOT in sync.")
    return table.isInSync && report.isSound && verifier.failure == nil
  }
}
