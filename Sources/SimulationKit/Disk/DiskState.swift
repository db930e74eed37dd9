import CSQLite

/// What a simulated disk holds and what is wrong with it. Owned by ``DiskFileSystem``, which lets one thread in at a time.
final class DiskState {
  var directory = DiskDirectory()
  var faults = DiskFaults()
  var random: SeededGenerator
  let sectorSize: Int
  /// How many operations that can change the disk were begun.
  private(set) var operations = 0
  var stopsAt: Int?
  private(set) var isStopped = false
  private var isWriteUndecided = false
  /// Handles of an earlier one belong to processes that are gone.
  private(set) var generation = 0
  var microsecondsSpent = 0
  private var thread: UInt?
  /// Whether several threads used the disk since its processes were last ended.
  private(set) var hasSeveralThreads = false

  init(seed: UInt64, sectorSize: Int) {
    random = SeededGenerator(seed: seed)
    self.sectorSize = sectorSize
  }

  /// Counts an operation and lets it happen, or says why not.
  ///
  /// - Parameter growth: by how many bytes the files become longer.
  func admit(_ operation: DiskOperation, on path: String, growth: Int = 0) -> Int32 {
    if isStopped { return DiskState.inputOutput(operation) }
    if operation.changes {
      operations += 1
      if operations == stopsAt {
        isStopped = true
        isWriteUndecided = operation == .write
        return DiskState.inputOutput(operation)
      }
    }
    if faults.slowPerThousand > 0, random.below(1_000) < faults.slowPerThousand {
      microsecondsSpent += Int.random(in: faults.slowMicroseconds, using: &random)
    }
    switch faults.failure(of: operation, on: path) {
    case .inputOutput: return DiskState.inputOutput(operation)
    case .noSpace: return SQLITE_FULL
    case nil: break
    }
    if operation != .open, faults.errorsPerThousand > 0, random.below(1_000) < faults.errorsPerThousand {
      return DiskState.inputOutput(operation)
    }
    if growth > 0, let capacity = faults.capacity, directory.length + growth > capacity { return SQLITE_FULL }
    return SQLITE_OK
  }

  /// Whether a write that was refused is the one at which the process stopped.
  func takesLastWrite() -> Bool {
    defer { isWriteUndecided = false }
    return isWriteUndecided
  }

  /// Takes note of who uses the disk.
  func note(_ thread: UInt) {
    if let known = self.thread, known != thread { hasSeveralThreads = true }
    self.thread = thread
  }

  /// Ends all processes that used the disk, and the stop with them.
  func endProcesses() {
    generation += 1
    isStopped = false
    isWriteUndecided = false
    stopsAt = nil
    thread = nil
    hasSeveralThreads = false
    directory.forgetProcesses()
  }

  /// What SQLite calls EIO in an operation; macros that compute are not imported.
  private static func inputOutput(_ operation: DiskOperation) -> Int32 {
    switch operation {
    case .open: SQLITE_CANTOPEN
    case .read: SQLITE_IOERR | 1 << 8
    case .write: SQLITE_IOERR | 3 << 8
    case .sync: SQLITE_IOERR | 4 << 8
    case .truncate: SQLITE_IOERR | 6 << 8
    case .delete: SQLITE_IOERR | 10 << 8
    }
  }
}
