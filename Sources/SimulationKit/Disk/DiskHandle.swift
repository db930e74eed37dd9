import CSQLite

/// A file that a process has open.
final class DiskHandle {
  private let system: DiskFileSystem
  private let path: String
  private let file: DiskFile
  private let generation: Int
  private let isReadOnly: Bool
  /// Whether the first synchronisation makes the directory durable too, as SQLite does for files it creates.
  private var synchronizesDirectory: Bool

  init(
    _ system: DiskFileSystem, _ path: String, _ file: DiskFile, generation: Int, isReadOnly: Bool,
    synchronizesDirectory: Bool
  ) {
    self.system = system
    self.path = path
    self.file = file
    self.generation = generation
    self.isReadOnly = isReadOnly
    self.synchronizesDirectory = synchronizesDirectory
  }

  private var identity: ObjectIdentifier { ObjectIdentifier(self) }

  /// Runs `body` where the operation may happen; a process that is gone gets nothing done.
  private func perform(_ operation: DiskOperation, growth: (DiskFile) -> Int = { _ in 0 }, _ body: (DiskState) -> Int32)
    -> Int32
  {
    system.locked { state in
      guard generation == state.generation else { return SQLITE_IOERR }
      let code = state.admit(operation, on: path, growth: growth(file))
      return code == SQLITE_OK ? body(state) : refuse(operation, code, state)
    }
  }

  private func refuse(_ operation: DiskOperation, _ code: Int32, _ state: DiskState) -> Int32 {
    if operation == .sync, !state.isStopped {
      file.failToSynchronize(&state.random, sectorSize: state.sectorSize)
    }
    return code
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
    perform(.read) { _ in file.read(into: buffer, at: offset) ? SQLITE_OK : SQLITE_IOERR | 2 << 8 }
  }

  /// As SQLite's own file system on Linux, it cannot write as much as 128 KiB at a time.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
    guard bytes.count <= 0x1FFFF else { return SQLITE_FULL }
    let code = perform(.write, growth: { max(0, offset + bytes.count - $0.length) }) { _ in
      file.write(bytes, at: offset)
      return SQLITE_OK
    }
    if code != SQLITE_OK { writePart(bytes, at: offset) }
    return code
  }

  /// A process that ends while it writes may have written a part, in whole sectors.
  private func writePart(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    system.locked { state in
      guard generation == state.generation, state.takesLastWrite() else { return }
      let size = state.sectorSize
      let sectors = (offset + bytes.count + size - 1) / size - offset / size
      let end = (offset / size + state.random.below(sectors + 1)) * size
      let part = min(max(end - offset, 0), bytes.count)
      file.write(UnsafeRawBufferPointer(rebasing: bytes[..<part]), at: offset)
    }
  }

  func truncate(to length: Int) -> Int32 {
    perform(.truncate) { _ in
      file.truncate(to: length)
      return SQLITE_OK
    }
  }

  func synchronize() -> Int32 {
    perform(.sync) { state in
      if state.faults.lies { return SQLITE_OK }
      file.synchronize()
      if synchronizesDirectory { state.directory.synchronize() } else { state.directory.synchronize(path) }
      synchronizesDirectory = false
      return SQLITE_OK
    }
  }

  var length: Int { system.locked { _ in file.length } }

  func lock(_ level: Int32) -> Int32 {
    system.locked { state in
      // A system grants a lock for writing only on a file that was opened for it.
      let isGranted = level <= SQLITE_LOCK_SHARED || !isReadOnly
      guard generation == state.generation, isGranted else { return SQLITE_IOERR | 15 << 8 }
      return file.locks.lock(level, for: identity) ? SQLITE_OK : SQLITE_BUSY
    }
  }

  func unlock(to level: Int32) { system.locked { _ in file.locks.unlock(to: level, for: identity) } }

  var isReserved: Bool { system.locked { _ in file.locks.isReserved } }

  // MARK: The index of the write-ahead log

  /// What this process sees; kept while it uses it, whatever became of the file.
  private var sharedMemory: SharedMemory?

  func mapRegion(_ number: Int, size: Int, extending: Bool) -> UnsafeMutableRawPointer? {
    system.locked { state in
      if sharedMemory == nil {
        let isGone = generation != state.generation
        let memory = (isGone ? nil : file.sharedMemory) ?? SharedMemory()
        sharedMemory = memory
        if !isGone { file.sharedMemory = memory }
      }
      return sharedMemory?.region(number, size: size, extending: extending, for: identity)
    }
  }

  func lockRegion(_ slots: Range<Int>, _ flags: Int32) -> Int32 {
    system.locked { _ in
      guard let sharedMemory else { return SQLITE_IOERR }
      if flags & SQLITE_SHM_UNLOCK != 0 {
        sharedMemory.unlock(slots, for: identity)
        return SQLITE_OK
      }
      return sharedMemory.lock(slots, isShared: flags & SQLITE_SHM_SHARED != 0, for: identity)
        ? SQLITE_OK : SQLITE_BUSY
    }
  }

  /// Entering and leaving is a barrier of memory.
  func barrier() { system.locked { _ in } }

  func unmapRegions() {
    system.locked { _ in
      guard let memory = sharedMemory else { return }
      memory.leave(identity)
      sharedMemory = nil
      if memory.isUnused, file.sharedMemory === memory { file.sharedMemory = nil }
    }
  }

  func close() {
    unmapRegions()
    unlock(to: SQLITE_LOCK_NONE)
  }
}
