import Domain

/// What the simulator knows of an account beside the exchange's book-keeping.
struct AccountRecord {
  var settings: SimulatedAccount
  /// The one token that works; `nil` after it was killed.
  var token: String?
  var tokenValidUntil: Timestamp
  var lastMint: Timestamp?
  var primaryAddress: String?
  var secondaryAddress: String?
  var primaryChanged: Timestamp?
  var secondaryChanged: Timestamp?
  var isKilled = false
  var orderCalls = CallLog()
  var dataCalls = CallLog()
  var quoteCalls = CallLog()
  /// When each chain was last read.
  var chainCalls: [ChainRequest: Timestamp] = [:]
  var otherCalls = CallLog()
  var tally = CallTally()

  init(_ settings: SimulatedAccount, tokenValidUntil: Timestamp) {
    self.settings = settings
    self.token = settings.token
    self.tokenValidUntil = tokenValidUntil
    self.primaryAddress = settings.addresses.first
    self.secondaryAddress = settings.addresses.dropFirst().first
  }

  /// Whether order calls may come from `source` (S11).
  func allows(_ source: String) -> Bool {
    let registered = [primaryAddress, secondaryAddress].compactMap(\.self)
    return registered.isEmpty || registered.contains(source)
  }
}

/// The calls that were let through, for the limits: no more than `limit` in any window, wherever it begins.
struct CallLog {
  private var times: [Timestamp] = []

  /// Counts a call and lets it through, or does neither.
  mutating func admits(at now: Timestamp, _ limit: CallLimit) -> Bool {
    let windows: [(most: Int64?, length: Microseconds)] = [
      (limit.perSecond, .seconds(1)), (limit.perMinute, .seconds(60)), (limit.perHour, .seconds(3_600)),
      (limit.perDay, .seconds(86_400)),
    ]
    var longest: Int64 = 0
    for case (let most?, let length) in windows {
      longest = max(longest, most)
      guard most > 0 else { return false }
      if times.count >= most, now - times[times.count - Int(most)] < length { return false }
    }
    guard longest > 0 else { return true }
    times.append(now)
    // Trimmed rarely, so that it costs nothing.
    if times.count > 2 * Int(longest) { times.removeFirst(times.count - Int(longest)) }
    return true
  }
}

/// What an account has asked, for the page of state.
struct CallTally {
  private(set) var orderCalls: Int64 = 0
  private(set) var reads: Int64 = 0
  /// The most calls of any kind in one second of the clock.
  private(set) var mostInOneSecond: Int64 = 0
  var rateLimited: Int64 = 0
  var refused: Int64 = 0
  private var second: Int64 = 0
  private var inThisSecond: Int64 = 0

  mutating func count(at now: Timestamp, isOrderCall: Bool) {
    if isOrderCall { orderCalls += 1 } else { reads += 1 }
    let second = now.microseconds / 1_000_000
    if second != self.second {
      self.second = second
      inThisSecond = 0
    }
    inThisSecond += 1
    mostInOneSecond = max(mostInOneSecond, inThisSecond)
  }
}
