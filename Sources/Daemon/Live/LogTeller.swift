import Domain
import EventStore
import Logging
import Ports

/// Writes a line for each event that a person wants to hear of, with its sequence and what it belongs to.
///
/// Reads the log beside the engine, so that telling costs the engine nothing.
final class LogTeller {
  private let store: String
  private let room: EngineRoom
  private let logger: Logger
  private var source: SQLiteEventReader?
  private var told = SequenceNumber.beforeFirst
  private var narrator: Narrator

  init(store: String, room: EngineRoom, contracts: any ContractDirectory, logger: Logger) {
    self.store = store
    self.room = room
    self.logger = logger
    narrator = Narrator(directory: contracts)
  }

  /// Tells what came since the last time. What cannot be read now is told the next time.
  func tell() {
    guard room.lastSequence > max(told.value, 0) else { return }
    do {
      let source = try source ?? SQLiteEventReader(path: store)
      self.source = source
      // What was in the log before this start was told then.
      let from = max(told.next, SequenceNumber(room.firstSequence))
      try LogWalk.entries(of: source, from: from) { entry in
        told = entry.sequence
        guard let line = narrator.words(for: entry) else { return }
        let correlation = entry.correlation.map { "\($0)" } ?? "-"
        logger.log(
          level: entry.event.level, "\(line)",
          metadata: ["sequence": "\(entry.sequence)", "correlation": "\(correlation)"])
      }
    } catch {
      logger.debug("the log could not be read for telling: \(error)")
    }
  }
}

extension Event {
  fileprivate var level: Logger.Level {
    switch self {
    case .diskLow: .critical
    case .leaderSight(let changed) where changed.blindSince != nil: .critical
    case .diskRecovered: .notice
    case .alertRaised, .accountBlocked, .requestDoubted, .requestRefused, .orderAdopted: .warning
    case .followerHalted: .error
    case .streamChanged(let changed): changed.isConnected ? .info : .notice
    case .operatorCommanded, .requestResolved: .notice
    default: .info
    }
  }
}
