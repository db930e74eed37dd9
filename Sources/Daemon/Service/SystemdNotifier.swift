import Glibc

/// Tells systemd how the service is doing, as `sd_notify(3)` does: datagrams to the socket that `NOTIFY_SOCKET` names.
///
/// Without `NOTIFY_SOCKET`, as in a terminal or a container, everything here does nothing. Nothing here fails or waits: a
/// service that cannot talk to its supervisor goes on trading.
public struct SystemdNotifier: Sendable {
  /// How often ``alive()`` is to be called: half of what systemd waits for before it kills the service. `nil` when it does
  /// not wait for us.
  public let watchdogInterval: Duration?
  private let address: [UInt8]?

  /// - Parameters:
  ///   - environment: what the service was started with.
  ///   - process: the number of this process; `WATCHDOG_PID` may mean another one.
  public init(environment: [String: String], process: Int32 = getpid()) {
    address = environment["NOTIFY_SOCKET"].flatMap(SystemdNotifier.address)
    if address != nil, let limit = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), limit > 1,
      environment["WATCHDOG_PID"].map({ Int32($0) == process }) ?? true
    {
      watchdogInterval = .microseconds(limit / 2)
    } else {
      watchdogInterval = nil
    }
  }

  /// The service is up: what waits for it may start.
  public func ready() { send("READY=1") }

  /// The configuration is being read again; ``ready()`` ends it.
  ///
  /// - Parameter monotonic: the time of the monotonic clock (`CLOCK_MONOTONIC`) since the machine started.
  public func reloading(monotonic: Duration) {
    let (seconds, attoseconds) = monotonic.components
    send("RELOADING=1\nMONOTONIC_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)")
  }

  public func stopping() { send("STOPPING=1") }

  /// One line for `systemctl status`. Line ends become blanks, since a line of its own would be another message.
  public func status(_ text: String) {
    let line = String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    send("STATUS=\(line)")
  }

  /// Keeps systemd from taking the service for hung. Call it from where hanging would show.
  public func alive() { send("WATCHDOG=1") }

  private func send(_ message: String) {
    guard let address else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(message.utf8)
    address.withUnsafeBytes { address in
      guard let base = address.baseAddress else { return }
      _ = sendto(
        descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
        base.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    }
  }

  /// The bytes of a `sockaddr_un`. `nil` for what is no unix socket, and for a path that does not fit.
  private static func address(_ name: String) -> [UInt8]? {
    guard name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count > 1 else { return nil }
    var path = Array(name.utf8)
    // A leading @ stands for the NUL of an abstract name, which has no NUL at its end and is as long as it is.
    if path[0] == UInt8(ascii: "@") { path[0] = 0 } else { path.append(0) }
    guard path.count <= MemoryLayout<sockaddr_un>.size - MemoryLayout<sa_family_t>.size else { return nil }
    return withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + path
  }
}
