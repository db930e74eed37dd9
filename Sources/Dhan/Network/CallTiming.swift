import Domain
import NIOCore

/// How long the gateway waits for what.
public struct CallTiming: Hashable, Sendable {
  /// From sending a request to the end of its answer.
  public var answer = Microseconds.seconds(10)
  /// For a connection, name look-up and TLS included. A request that has none by then was certainly not sent.
  public var connect = Microseconds.seconds(3)
  /// How long nothing must have left before ``DhanGateway/keepWarm()`` sends something.
  public var warmAfter = Microseconds.seconds(20)

  public init() {}
}

extension Microseconds {
  var timeAmount: TimeAmount { .microseconds(count) }
}
