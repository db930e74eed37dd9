import CSQLite
import Glibc

/// A disk as SQLite uses it: the registered file system, and the one thread at a time that it lets in.
///
/// Every open file keeps it alive, since SQLite holds on to it for as long.
///
/// Sendable: all that changes is behind `state`, which is private and reached through ``locked(_:)`` alone, under the mutex. `vfs`
/// and `mutex` point to memory that is set up before `init` returns, lives as long as this, and that only SQLite and the mutex's own
/// functions write to from then on; both allow any thread.
final class DiskFileSystem: @unchecked Sendable {
  let vfs: UnsafeMutablePointer<sqlite3_vfs>
  private let state: DiskState
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init(name: String, _ state: DiskState) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    vfs = .allocate(capacity: 1)
    vfs.initialize(to: sqlite3_vfs())
    vfs.pointee.iVersion = 2
    vfs.pointee.szOsFile = Int32(DiskMethods.size)
    vfs.pointee.mxPathname = 512
    vfs.pointee.zName = UnsafePointer(strdup(name))
    vfs.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
    setMethods()
    sqlite3_vfs_register(vfs, 0)
  }

  /// Takes the name out of SQLite's list. What is open stays open.
  func unregister() { sqlite3_vfs_unregister(vfs) }

  deinit {
    free(UnsafeMutablePointer(mutating: vfs.pointee.zName))
    vfs.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func locked<Result>(_ body: (DiskState) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    state.note(UInt(pthread_self()))
    return body(state)
  }

  private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> DiskFileSystem? {
    vfs?.pointee.pAppData.map { Unmanaged<DiskFileSystem>.fromOpaque($0).takeUnretainedValue() }
  }

  private func setMethods() {
    vfs.pointee.xOpen = { vfs, name, file, flags, given in
      file?.pointee.pMethods = nil
      guard let system = DiskFileSystem.of(vfs), let file else { return SQLITE_CANTOPEN }
      // Temporary files, which SQLite keeps in memory here, have no name.
      guard let name else { return SQLITE_CANTOPEN }
      given?.pointee = flags
      return system.open(String(cString: name), flags, into: file)
    }
    vfs.pointee.xDelete = { vfs, name, synchronizes in
      guard let system = DiskFileSystem.of(vfs), let name else { return SQLITE_IOERR }
      return system.delete(String(cString: name), synchronizing: synchronizes != 0)
    }
    vfs.pointee.xAccess = { vfs, name, flags, result in
      guard let system = DiskFileSystem.of(vfs), let name else { return SQLITE_IOERR }
      let length = system.locked { $0.directory[String(cString: name)]?.length }
      // As on a system's disk, an empty journal does not count as one.
      result?.pointee = (flags == SQLITE_ACCESS_EXISTS ? length ?? 0 > 0 : length != nil) ? 1 : 0
      return SQLITE_OK
    }
    vfs.pointee.xFullPathname = { _, name, size, output in
      guard let name, let output, strlen(name) < Int(size) else { return SQLITE_CANTOPEN }
      strcpy(output, name)
      return SQLITE_OK
    }
    vfs.pointee.xRandomness = { vfs, count, output in
      guard let system = DiskFileSystem.of(vfs), let output else { return 0 }
      system.locked { state in
        for index in 0..<Int(count) { output[index] = CChar(truncatingIfNeeded: state.random.next()) }
      }
      return count
    }
    vfs.pointee.xSleep = { vfs, microseconds in
      guard let system = DiskFileSystem.of(vfs) else { return 0 }
      let isShared = system.locked { state in
        state.microsecondsSpent += Int(microseconds)
        return state.hasSeveralThreads
      }
      // Time is only counted, but where another thread holds a lock it must be able to get on.
      if isShared { usleep(UInt32(max(0, microseconds))) }
      return microseconds
    }
    vfs.pointee.xCurrentTimeInt64 = { _, output in
      output?.pointee = 212_600_000_000_000
      return SQLITE_OK
    }
    vfs.pointee.xCurrentTime = { _, output in
      output?.pointee = 2_460_648.5
      return SQLITE_OK
    }
    vfs.pointee.xGetLastError = { _, _, _ in 0 }
  }

  private func open(_ path: String, _ flags: Int32, into file: UnsafeMutablePointer<sqlite3_file>) -> Int32 {
    locked { state in
      let code = state.admit(.open, on: path)
      guard code == SQLITE_OK else { return code }
      let isNew = state.directory[path] == nil
      if isNew {
        guard flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
        state.directory.set(path, DiskFile())
      }
      guard let opened = state.directory[path] else { return SQLITE_CANTOPEN }
      let journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL
      DiskMethods.attach(
        DiskHandle(
          self, path, opened, generation: state.generation, isReadOnly: flags & SQLITE_OPEN_READONLY != 0,
          synchronizesDirectory: flags & SQLITE_OPEN_CREATE != 0 && flags & journals != 0), to: file)
      return SQLITE_OK
    }
  }

  private func delete(_ path: String, synchronizing: Bool) -> Int32 {
    locked { state in
      guard state.directory[path] != nil else { return SQLITE_IOERR | 23 << 8 }
      let code = state.admit(.delete, on: path)
      guard code == SQLITE_OK else { return code }
      state.directory.set(path, nil)
      if synchronizing, !state.faults.lies { state.directory.synchronize() }
      return SQLITE_OK
    }
  }
}
