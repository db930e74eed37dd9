import Domain

/// How long the order-update stream waits for what (dhan-api-v2.md §6.6).
public struct StreamTiming: Sendable {
  /// For a connection, name look-up included.
  public var connect = Microseconds.seconds(5)
  /// For TLS and the upgrade to a WebSocket, once connected.
  public var handshake = Microseconds.seconds(5)
  /// Between our pings. After two without a sign of life from the server it is taken for dead.
  public var ping = Microseconds.seconds(25)
  /// A connection that ends abnormally this soon after the login hints at a refused token (§6.1).
  public var rapid = Microseconds.seconds(5)
  /// A connection that held this long was good: the pauses begin anew.
  public var good = Microseconds.seconds(30)
  public var firstPause = Microseconds.milliseconds(500)
  public var longestPause = Microseconds.seconds(30)
  /// After a handshake that was answered with HTTP 429.
  public var rateLimitPause = Microseconds.seconds(60)
  /// After this many rapid ends in a row only the longest pause is made.
  public var rapidLimit = 10
  /// Shortens a pause so that accounts do not come back all at once; by default to anything from half to whole.
  public var jitter: @Sendable (Microseconds) -> Microseconds = {
    Microseconds(Int64.random(in: ($0.count / 2)...max($0.count / 2, $0.count)))
  }

  public init() {}
}
