import Domain
import Glibc

/// The right to write to a store: a lock of the system on `<store>.lock`, which ends with the process at the latest.
///
/// The file stays when the lock ends; removing it would let two writers hold two files of the same name.
final class StoreLock {
  private var descriptor: Int32
  /// Tries of a millisecond each: ``StoreWriter/isPresent(at:)`` holds the lock for microseconds while it asks, and must
  /// not turn away a service that starts at that moment.
  private static let patience = 20

  /// - Throws: ``EventStoreError/Code/inUse``, saying who holds the lock.
  init(store path: String) throws {
    let lockPath = path + ".lock"
    descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw StoreFile.systemError("The lock file \(lockPath) cannot be opened") }
    // Held by the open file, not by the process: a second writer in this process is refused like any other.
    var patience = StoreLock.patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let isHeld = errno == EWOULDBLOCK
      if isHeld, patience > 0 {
        patience -= 1
        usleep(1_000)
        continue
      }
      let failure = StoreFile.systemError("The lock file \(lockPath) cannot be locked")
      let holder = StoreLock.text(in: descriptor)
      Glibc.close(descriptor)
      descriptor = -1
      guard isHeld else { throw failure }
      throw EventStoreError(
        .inUse, "The store \(path) is being written by \(holder.isEmpty ? "another process" : holder). Stop it first.")
    }
    write(StoreLock.ownText)
  }

  deinit { release() }

  func release() {
    guard descriptor >= 0 else { return }
    ftruncate(descriptor, 0)
    close(descriptor)
    descriptor = -1
  }

  private func write(_ text: String) {
    // What is written here is for people; the lock itself does not depend on it.
    ftruncate(descriptor, 0)
    var text = text
    _ = text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private static func text(in descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let line = bytes.prefix(max(count, 0)).prefix { $0 >= 0x20 }
    return String(decoding: line, as: UTF8.self)
  }

  private static var ownText: String {
    var name = [CChar](repeating: 0, count: 256)
    let isKnown = gethostname(&name, name.count - 1) == 0
    let letters = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let host = isKnown ? String(decoding: letters, as: UTF8.self) : "unknown host"
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let started = Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
    return "process \(getpid()) on \(host), since \(started)\n"
  }
}
