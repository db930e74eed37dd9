import Domain

/// How one connection of the stream ended.
struct SessionEnd: Hashable, Sendable {
  enum Cause: Hashable, Sendable {
    /// The server, the network, or our own look-out for a dead server.
    case failed
    /// The end was neither asked for nor announced: no close frame, or one with an error's code.
    case failedAbnormally
    /// HTTP 429 at the handshake.
    case rateLimited
    /// ``OrderUpdateStream/reconnect()``
    case asked
    case cancelled
  }

  let cause: Cause
  /// For a person.
  let text: String
  /// How long it stood after the login; `nil` when it never came so far.
  var loggedInFor: Microseconds?
}

/// How long to wait before the next connection: the pure part of the stream's patience.
struct ReconnectPlan {
  private let timing: StreamTiming
  private var failures = 0
  /// Ends in a row that came abnormally and soon after the login.
  private(set) var rapidEnds = 0

  init(timing: StreamTiming) { self.timing = timing }

  /// Whether an end looks as if the broker refused the token.
  func isRapid(_ end: SessionEnd) -> Bool {
    guard end.cause == .failedAbnormally, let held = end.loggedInFor else { return false }
    return held < timing.rapid
  }

  var rapidEndsExhausted: Bool { rapidEnds >= timing.rapidLimit }

  mutating func pause(after end: SessionEnd) -> Microseconds {
    if isRapid(end) { rapidEnds += 1 } else if end.loggedInFor != nil { rapidEnds = 0 }
    switch end.cause {
    case .asked:
      failures = 0
      // Whoever asks all the time gets no storm.
      return (end.loggedInFor ?? timing.firstPause) < timing.firstPause ? timing.firstPause : Microseconds(0)
    case .cancelled: return Microseconds(0)
    case .rateLimited:
      failures += 1
      return timing.rateLimitPause
    case .failed, .failedAbnormally:
      if let held = end.loggedInFor, held >= timing.good { failures = 0 }
      let longest = timing.longestPause
      let doubled = failures >= 20 ? longest.count : min(longest.count, timing.firstPause.count << failures)
      failures += 1
      return timing.jitter(rapidEndsExhausted ? longest : Microseconds(doubled))
    }
  }
}
