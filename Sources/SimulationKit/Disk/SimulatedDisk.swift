import Synchronization

/// A disk in memory under SQLite, which fails as disks fail, drawn from a seed.
///
/// A store on it is opened with ``vfsName`` and without a lock file:
///
///     let disk = SimulatedDisk(seed: 7)
///     var options = SQLiteEventLog.Options()
///     options.vfs = disk.vfsName
///     options.takesLock = false
///     let log = try SQLiteEventLog(path: "/log.db", options: options)
///     disk.stop(at: disk.operations + 5)  // the fifth write or synchronisation from now, and all after it, fail
///     …                                   // append until that is met
///     disk.cutPower()                     // or kill()
///     let again = try SQLiteEventLog(path: "/log.db", options: options)
///
/// It keeps apart what was written, which everybody sees, and what is durable. A synchronisation makes a file durable,
/// its name too; a power cut leaves of everything else what chance leaves, sector by sector. What a synchronisation that
/// failed did not write is never written later, unless it is written again: Linux forgets it.
///
/// One seed and one sequence of calls always give the same faults. Only SQLite's own salts differ: they come from a
/// generator that it has for the whole process. Any number of disks can be used side by side, each by any number of
/// threads; with several, the order of their calls is theirs. The disk ends with its last reference or open file.
public final class SimulatedDisk: Sendable {
  /// The name under which SQLite knows the disk.
  public let vfsName: String
  let system: DiskFileSystem

  private static let count = Atomic(0)

  /// - Parameter sectorSize: the bytes that a power cut leaves or loses together.
  public init(seed: UInt64, sectorSize: Int = 512) {
    let number = SimulatedDisk.count.wrappingAdd(1, ordering: .relaxed).oldValue
    vfsName = "simulated-disk-\(number)"
    system = DiskFileSystem(name: vfsName, DiskState(seed: seed, sectorSize: sectorSize))
  }

  deinit { system.unregister() }

  /// What is wrong with the disk, from now on.
  public var faults: DiskFaults {
    get { system.locked { $0.faults } }
    set { system.locked { $0.faults = newValue } }
  }

  /// How many operations were begun that can change the disk: writes, truncations, synchronisations and deletions. They
  /// are numbered from 1, over all files and restarts.
  public var operations: Int { system.locked { $0.operations } }

  /// How many bytes all files hold together.
  public var usedBytes: Int { system.locked { $0.directory.length } }

  /// How many bytes can still be written; `nil` where the disk has no end.
  public var freeBytes: Int? {
    system.locked { state in state.faults.capacity.map { max(0, $0 - state.directory.length) } }
  }

  /// The microseconds that slow operations, and waiting for locks, have taken since this was last asked.
  public func takeTimeSpent() -> Int {
    system.locked { state in
      defer { state.microsecondsSpent = 0 }
      return state.microsecondsSpent
    }
  }

  /// The paths of all files, in their order.
  public var paths: [String] { system.locked { $0.directory.files.keys.sorted() } }

  /// The length of a file, or `nil` where there is none.
  public func length(of path: String) -> Int? { system.locked { $0.directory[path]?.length } }

  /// Makes a file of `length` zeros, durably, as something that takes space away.
  ///
  /// - Returns: whether there was room for it; nothing is left where there was not.
  public func allocate(_ path: String, length: Int) -> Bool {
    system.locked { state in
      let others = state.directory.length - (state.directory[path]?.length ?? 0)
      if let capacity = state.faults.capacity, others + length > capacity { return false }
      let zeros = DiskBytes(capacity: length)
      zeros.resize(to: length)
      state.directory.set(path, DiskFile(zeros))
      state.directory.synchronize(path)
      return true
    }
  }

  /// Deletes a file, durably, and gives its space back.
  public func remove(_ path: String) {
    system.locked { state in
      state.directory.set(path, nil)
      state.directory.synchronize(path)
    }
  }
}
