/// When the next call of one account may leave, so that the broker's windows are never overrun (rule 39).
///
/// A pure value: time comes in as nanoseconds of a monotonic clock. Windows slide; everything that left counts, whether
/// call or reading, answered or not. The network can bring closer together what left apart, above all when the first of
/// many calls have to open connections. So a call counts from its answer, by which it had certainly arrived, and each
/// window is taken 5 % longer than the broker's.
struct CallBudget {
  enum Kind {
    /// Places, modifies or cancels. It waits for the second's window alone: the longer ones were budgeted upstream, and
    /// an exit that is late is worse than a 429.
    case call
    /// Leaves part of every window free for calls.
    case reading
  }

  struct Window {
    let span: Int64
    let limit: Int
    /// How many of the window readings leave free.
    let reserve: Int

    static let broker = [
      Window(span: 1_050_000_000, limit: 10, reserve: 3),
      Window(span: 63_000_000_000, limit: 250, reserve: 50),
      Window(span: 3_780_000_000_000, limit: 1_000, reserve: 200),
      Window(span: 90_720_000_000_000, limit: 7_000, reserve: 1_400),
    ]
  }

  private static let second: Int64 = 1_000_000_000
  /// A call that is answered later than this after it left was slow at the broker, not on the way.
  private static let longestWay = second / 2

  private let windows: [Window]
  /// When the latest calls left, oldest overwritten first; as many as the longest window counts.
  private var departures: [Int64] = []
  private var oldest = 0
  /// How many of the latest have no answer yet.
  private var underWay = 0
  private var callsHeldUntil = Int64.min
  private var readingsHeldUntil = Int64.min
  private var pause = CallBudget.second

  /// - Parameter windows: shortest first; the first one holds calls.
  init(windows: [Window] = Window.broker) { self.windows = windows }

  /// The first moment at which one more may leave; it may lie in the past, which means at once.
  func earliest(_ kind: Kind) -> Int64 {
    switch kind {
    case .call: max(callsHeldUntil, windows[0].opens(after: departure, reserve: 0))
    case .reading:
      windows.reduce(readingsHeldUntil) { max($0, $1.opens(after: departure, reserve: $1.reserve)) }
    }
  }

  /// - Parameter now: not before any earlier departure.
  mutating func leave(at now: Int64) {
    underWay = min(underWay + 1, windows[windows.count - 1].limit)
    if departures.count < windows[windows.count - 1].limit {
      departures.append(now)
    } else {
      departures[oldest] = now
      oldest = (oldest + 1) % departures.count
    }
  }

  /// A call has its answer, or has none to expect. It is taken for the oldest one under way, which is never too early.
  mutating func returned(at now: Int64) {
    guard underWay > 0 else { return }
    let index = place(underWay)
    departures[index] = min(now, departures[index] + CallBudget.longestWay)
    underWay -= 1
  }

  /// The broker said that there were too many. Calls rest a second; readings one, and twice as long each time that
  /// happens again, up to thirty. What left before the pause and is refused in it does not lengthen it.
  mutating func rateLimited(at now: Int64) {
    callsHeldUntil = max(callsHeldUntil, now + CallBudget.second)
    guard now >= readingsHeldUntil else { return }
    readingsHeldUntil = now + pause
    pause = min(pause * 2, 30 * CallBudget.second)
  }

  /// The broker answered something else.
  mutating func answered(at now: Int64) {
    if now >= readingsHeldUntil { pause = CallBudget.second }
  }

  /// The `count`-th latest departure, the latest being the first; `nil` when there were fewer.
  private func departure(_ count: Int) -> Int64? {
    count <= departures.count ? departures[place(count)] : nil
  }

  private func place(_ count: Int) -> Int {
    let index = oldest + departures.count - count
    return index < departures.count ? index : index - departures.count
  }
}

extension CallBudget.Window {
  /// With `limit` places, one is free again when the departure `limit` places back has left the window.
  fileprivate func opens(after departure: (Int) -> Int64?, reserve: Int) -> Int64 {
    departure(limit - reserve).map { $0 + span } ?? .min
  }
}
