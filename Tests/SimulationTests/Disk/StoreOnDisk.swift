import Domain
import SimulationKit
import Testing

@testable import EventStore

/// A store on a simulated disk, and what was said about it: which events were acknowledged, which append was under way.
final class StoreOnDisk {
  static let path = "/log.db"

  let disk: SimulatedDisk
  var options = SQLiteEventLog.Options()
  /// The last event whose append returned.
  private(set) var acknowledged = 0
  /// The last event of an append that did not return; the store may hold all of it or nothing.
  private(set) var doubtful: Int?
  private var random: SeededGenerator

  init(seed: UInt64) {
    disk = SimulatedDisk(seed: seed)
    random = SeededGenerator(seed: seed ^ 0xD15C)
    options.vfs = disk.vfsName
    options.takesLock = false
    // Small, so that a short run meets checkpoints.
    options.idleCheckpointPages = 6
    options.forcedCheckpointPages = 24
  }

  func open() throws -> SQLiteEventLog { try SQLiteEventLog(path: StoreOnDisk.path, options: options) }

  /// Opens the store and holds it against what was said.
  func reopen(_ comment: Comment) throws -> SQLiteEventLog {
    let log = try open()
    try check(log, comment)
    return log
  }

  /// What every event is by its number, whoever appends it.
  static func draft(_ number: Int) -> EventDraft {
    let occurred = Timestamp(microseconds: 1_795_404_300_000_000 + Int64(number) * 1_000_003)
    let text = String(repeating: "x", count: number * 37 % 700)
    return EventDraft(
      stream: number % 3 == 0 ? "leader" : "follower/asha",
      eventID: EventID(high: UInt64(number) << 16 | 0x8000, low: 0x8000_0000_0000_0001), type: "leader.order",
      schemaVersion: 1, recordedAt: occurred, occurredAt: occurred, causation: nil, correlation: nil,
      payload: Array("{\"number\":\(number),\"text\":\"\(text)\"}".utf8))
  }

  /// Appends the next events in one batch.
  func append(_ count: Int, to log: some EventLog) throws {
    let first = Int(log.lastSequence.value) + 1
    let drafts = (first..<(first + count)).map(StoreOnDisk.draft)
    var expected: [StreamName: StreamVersion] = [:]
    for draft in drafts { expected[draft.stream] = log.head(of: draft.stream) }
    doubtful = first + count - 1
    let results = try log.append([AppendBatch(drafts, expecting: expected)])
    for result in results { _ = try result.get() }
    acknowledged = first + count - 1
    doubtful = nil
  }

  /// Uses the store as a service does, until something fails: appends, snapshots, idle moments, ends and starts.
  func work(rounds: Int) throws {
    var log = try open()
    for _ in 0..<rounds {
      switch random.below(12) {
      case 0: try log.saveSnapshot(kind: "state", format: 1, state: [UInt8](repeating: 7, count: random.below(9_000)))
      case 1: try log.checkpointWhenIdle()
      case 2:
        if random.chance(50) { try log.close() } else { log.discard() }
        log = try open()
      default: try append(1 + random.below(8), to: log)
      }
    }
    try log.close()
  }

  /// Every acknowledged event is there as it was appended, and beyond them at most one whole append.
  func check(_ log: SQLiteEventLog, _ comment: Comment) throws {
    let last = Int(log.lastSequence.value)
    #expect(last == acknowledged || last == doubtful, "\(comment): \(last), acknowledged \(acknowledged)")
    let events = try log.events()
    #expect(events.map(\.draft) == (0..<last).map { StoreOnDisk.draft($0 + 1) }, comment)
    acknowledged = last
    doubtful = nil
  }

  func verify() throws -> VerifyReport { try LogVerifier.verify(path: StoreOnDisk.path, vfs: disk.vfsName) }
}
