#if DEBUG
  import Glibc
  import Synchronization

  /// Where this process was told to die, from its environment; read once.
  final class StopOrder: Sendable {
    static let given = getenv(StopPoint.variable).map { StopOrder(String(cString: $0)) }
    /// Less than a simulated broker takes to reply, and less than an `fsync`.
    private static let moment: UInt32 = 1_000

    private let point: StopPoint
    private let time: Int
    private let passed = Atomic<Int>(0)

    /// - Parameter text: a point, a colon, and the how manieth time, such as `before_commit:3`. Anything else ends the process
    ///   with a usage error: a test that stops nowhere would prove nothing.
    private init(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let point = StopPoint(rawValue: String(parts[0])), let time = Int(parts[1]), time > 0
      else {
        "copytrade: \(StopPoint.variable)=\(text) names no stop point. Write POINT:TIME.\n".utf8CString.withUnsafeBytes
        {
          _ = write(STDERR_FILENO, $0.baseAddress, $0.count - 1)
        }
        exit(64)
      }
      self.point = point
      self.time = time
    }

    func isMet(by point: StopPoint) -> Bool {
      point == self.point && passed.add(1, ordering: .relaxed).newValue == time
    }

    static func die() -> Never {
      kill(getpid(), SIGKILL)
      // The signal ends every thread before this one goes on.
      while true { pause() }
    }

    static func dieSoon() {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          usleep(StopOrder.moment)
          StopOrder.die()
        }, nil)
    }
  }
#endif
