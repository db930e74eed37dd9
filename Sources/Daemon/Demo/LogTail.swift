import Domain
import EventStore
import Ports
import Projections

/// Reads a log beside the service that writes it: what is new, told, and the state that it leads to.
final class LogTail {
  private let path: String
  private var reader: SQLiteEventReader?
  private var narrator = Narrator()
  private(set) var state = State()
  private(set) var starts = 0
  /// Why the last reading came to nothing.
  private(set) var fault: String?

  init(path: String) { self.path = path }

  var status: StatusReport { StatusReport(state: state, now: SystemClock().now()) }

  /// The lines of what was recorded since the last time. What cannot be read now, as while a service starts, comes the next
  /// time.
  func read() -> [String] {
    var lines: [String] = []
    do {
      let reader = try reader ?? SQLiteEventReader(path: path)
      self.reader = reader
      try LogWalk.entries(of: reader, from: state.lastSequence.next) { entry in
        state.fold(entry)
        if case .serviceStarted = entry.event { starts += 1 }
        if let line = narrator.line(for: entry) { lines.append(line) }
      }
      fault = nil
    } catch {
      fault = "\(error)"
      close()
    }
    return lines
  }

  /// Lets go of the store; the next reading opens it again.
  func close() {
    reader?.close()
    reader = nil
  }
}
