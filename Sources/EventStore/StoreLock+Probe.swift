import Glibc

/// Asks from outside whether somebody writes to a store.
public enum StoreWriter {
  /// Whether a process holds the right to write to the store at `path`; `nil` when that cannot be told, as for a user who
  /// may not read the lock file.
  ///
  /// A service that was killed leaves its lock file behind, but not its lock.
  public static func isPresent(at path: String) -> Bool? {
    let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return errno == ENOENT ? false : nil }
    defer { close(descriptor) }
    var status = stat()
    // A writer that ends in order empties the file: nothing has to be tried then.
    guard fstat(descriptor, &status) == 0 else { return nil }
    if status.st_size == 0 { return false }
    // Shared, so that two askers do not meet each other; given back at once.
    while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      return errno == EWOULDBLOCK ? true : nil
    }
    flock(descriptor, LOCK_UN)
    return false
  }
}
