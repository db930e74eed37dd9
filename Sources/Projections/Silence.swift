import Domain

/// How long a broker has left an account's calls without an answer: each of them costs as much of its budgets as one that
/// works, and a book must be read after it (rule 39).
public struct Silence: Hashable, Sendable, Codable {
  /// When the first of the calls was given up, and the newest.
  private var since: Timestamp
  private var last: Timestamp

  /// After so long without a call nobody knows any more whether the broker is silent.
  private static let memory = Microseconds.seconds(60)
  /// For how long calls have to stay without an answer before a repetition waits: one reply that is lost slows nothing down.
  private static let patience = Microseconds.seconds(6)
  private static let longestPause = Microseconds.seconds(20)

  init(at now: Timestamp) {
    since = now
    last = now
  }

  mutating func goesOn(at now: Timestamp) {
    if now - last > Silence.memory { since = now }
    last = now
  }

  /// How long after any other call of the account one is repeated that had no answer: a sixth of the silence so far.
  var pause: Microseconds {
    let length = last - since
    return length < Silence.patience ? Microseconds(0) : min(Silence.longestPause, Microseconds(length.count / 6))
  }
}

extension FollowerAccount {
  /// From when on a call may be repeated that had no answer; `now` where nothing speaks against it. One call at a time finds
  /// out whether the broker answers again, and the first answer lets all others go.
  public func mayRepeat(at now: Timestamp) -> Timestamp {
    guard let silence, let called = budget.lastCall else { return now }
    return max(now, called + silence.pause)
  }

  mutating func hearNothing(at now: Timestamp) {
    if silence == nil { silence = Silence(at: now) } else { silence?.goesOn(at: now) }
  }
}
