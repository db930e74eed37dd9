import Glibc

/// A file system of a few megabytes, which a ballast file can fill to the last byte. Gone when it is let go.
///
/// Needs the right to mount, as root has it. A limit on file sizes would be no stand-in: what passes it is told as another
/// error than a full disk.
public final class SmallDisk {
  public struct NotMounted: Error, CustomStringConvertible {
    let reason: String
    public var description: String { "A file system cannot be mounted here (\(reason)); run the tests as root." }
  }

  public let path: String
  private var ballast: String { path + "/ballast" }

  /// Makes the folder at `path` and mounts a file system there.
  public init(at path: String, megabytes: Int = 24) throws(NotMounted) {
    self.path = path
    guard mkdir(path, 0o700) == 0,
      mount("copytrade-test", path, "tmpfs", 0, "size=\(megabytes)m,mode=0700") == 0
    else { throw NotMounted(reason: String(cString: strerror(errno))) }
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Takes every byte that is left.
  public func fill() {
    let descriptor = open(ballast, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    for size in [1 << 16, 1 << 12, 1] {
      let zeros = [UInt8](repeating: 0, count: size)
      while write(descriptor, zeros, size) > 0 {}
    }
  }

  /// Gives all of it back.
  public func free() { unlink(ballast) }
}
