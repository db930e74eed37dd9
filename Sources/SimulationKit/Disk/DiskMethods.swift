import CSQLite

/// The functions through which SQLite uses an open file.
enum DiskMethods {
  /// How much memory SQLite sets aside for a file: its own part, and a pointer to our handle behind it.
  static let size = offset + MemoryLayout<UnsafeMutableRawPointer>.size
  private static let offset = MemoryLayout<sqlite3_file>.stride

  // Safe from every thread: a static is initialised once, before anybody reads it, the table is complete then, and nobody holds a
  // pointer through which it could be written to: SQLite gets a constant one.
  nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: make())
    return methods
  }()

  static func attach(_ handle: DiskHandle, to file: UnsafeMutablePointer<sqlite3_file>) {
    UnsafeMutableRawPointer(file).storeBytes(
      of: Unmanaged.passRetained(handle).toOpaque(), toByteOffset: offset, as: UnsafeMutableRawPointer.self)
    file.pointee.pMethods = UnsafePointer(methods)
  }

  private static func handle(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Unmanaged<DiskHandle>? {
    guard let file else { return nil }
    let pointer = UnsafeMutableRawPointer(file).load(fromByteOffset: offset, as: UnsafeMutableRawPointer.self)
    return Unmanaged.fromOpaque(pointer)
  }

  private static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> DiskHandle? {
    handle(file)?.takeUnretainedValue()
  }

  private static func make() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    addFile(to: &methods)
    addLocks(to: &methods)
    addIndex(to: &methods)
    return methods
  }

  private static func addFile(to methods: inout sqlite3_io_methods) {
    methods.xClose = { file in
      let handle = DiskMethods.handle(file)
      handle?.takeUnretainedValue().close()
      file?.pointee.pMethods = nil
      handle?.release()
      return SQLITE_OK
    }
    methods.xRead = { file, buffer, count, offset in
      let bytes = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
      return DiskMethods.of(file)?.read(bytes, at: Int(offset)) ?? SQLITE_IOERR
    }
    methods.xWrite = { file, buffer, count, offset in
      let bytes = UnsafeRawBufferPointer(start: buffer, count: Int(count))
      return DiskMethods.of(file)?.write(bytes, at: Int(offset)) ?? SQLITE_IOERR
    }
    methods.xTruncate = { file, length in DiskMethods.of(file)?.truncate(to: Int(length)) ?? SQLITE_IOERR }
    methods.xSync = { file, _ in DiskMethods.of(file)?.synchronize() ?? SQLITE_IOERR }
    methods.xFileSize = { file, length in
      length?.pointee = sqlite3_int64(DiskMethods.of(file)?.length ?? 0)
      return SQLITE_OK
    }
    methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    // What SQLite's own file system says on Linux.
    methods.xSectorSize = { _ in 4_096 }
    methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
  }

  private static func addLocks(to methods: inout sqlite3_io_methods) {
    methods.xLock = { file, level in DiskMethods.of(file)?.lock(level) ?? SQLITE_IOERR }
    methods.xUnlock = { file, level in
      DiskMethods.of(file)?.unlock(to: level)
      return SQLITE_OK
    }
    methods.xCheckReservedLock = { file, result in
      result?.pointee = DiskMethods.of(file)?.isReserved == true ? 1 : 0
      return SQLITE_OK
    }
  }

  private static func addIndex(to methods: inout sqlite3_io_methods) {
    methods.xShmMap = { file, number, size, extending, output in
      let region = DiskMethods.of(file)?.mapRegion(Int(number), size: Int(size), extending: extending != 0)
      output?.pointee = region
      return SQLITE_OK
    }
    methods.xShmLock = { file, first, count, flags in
      DiskMethods.of(file)?.lockRegion(Int(first)..<Int(first + count), flags) ?? SQLITE_IOERR
    }
    methods.xShmBarrier = { file in DiskMethods.of(file)?.barrier() }
    methods.xShmUnmap = { file, _ in
      DiskMethods.of(file)?.unmapRegions()
      return SQLITE_OK
    }
  }
}
