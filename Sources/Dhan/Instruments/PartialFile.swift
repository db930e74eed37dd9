import Foundation

/// A file that is being fetched. What was received before an orderly failure can be continued; after a crash nobody knows
/// which of its bytes reached the disk, and it begins anew.
final class PartialFile {
  let path: String
  private let descriptor: Int32
  private(set) var length: Int64 = 0
  /// The `ETag` of the version that the bytes belong to; `nil` when the server named none that can be relied on.
  private(set) var version: String?

  /// Beside the file: the version, and how many of its bytes are known to be on the disk.
  private var notePath: String { path + ".note" }

  /// - Throws: also when another process fetches the same file now.
  init(path: String) throws(InstrumentFault) {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(.inputOutput, "\(path) cannot be opened") }
    self.descriptor = descriptor
    var held = stat()
    var named = stat()
    // Between opening and locking the other process may have finished: then the name is gone, or is another file.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &held) == 0, stat(path, &named) == 0,
      held.st_ino == named.st_ino
    else { throw InstrumentFault(.busy, "Another process fetches \(path) now. Wait for it.") }
    if let note = try? String(contentsOfFile: notePath, encoding: .utf8) {
      let lines = note.split(separator: "\n")
      if lines.count == 2, let known = Int64(lines[1]), known > 0, known <= held.st_size {
        length = known
        version = String(lines[0])
      }
    }
    unlink(notePath)
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw .system(.inputOutput, "\(path) cannot be cut") }
  }

  deinit { close(descriptor) }

  /// Forgets what was received; what comes now is of `version`.
  func restart(version: String?) throws(InstrumentFault) {
    guard ftruncate(descriptor, 0) == 0 else { throw .system(.inputOutput, "\(path) cannot be cut") }
    length = 0
    self.version = version
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(InstrumentFault) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = pwrite(descriptor, base, rest.count, off_t(length))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(.inputOutput, "\(path) cannot be written") }
      length += Int64(count)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Keeps what there is for another try. Failing at it costs no more than the bytes received.
  func keepForLater() {
    guard let version, length > 0, fsync(descriptor) == 0 else { return }
    try? Data("\(version)\n\(length)\n".utf8).write(to: URL(fileURLWithPath: notePath), options: .atomic)
  }
}
