import Domain

/// Where a child stands.
public struct ChildReference: Hashable, Sendable, Codable {
  public let key: PositionKey
  public let origin: LinkOrigin
  /// Index into the link's children; children are never removed from a link.
  public let index: Int
}

/// A request that has no outcome yet.
public struct OpenRequest: Hashable, Sendable, Codable {
  public let id: RequestID
  public let kind: RequestKind
  public let child: ChildReference
  public let purpose: ChildPurpose
  public let requestedBy: SequenceNumber
  public let requestedAt: Timestamp
  /// When it last left the machine; `nil` while it waits in the lane.
  public internal(set) var attemptedAt: Timestamp?
  public internal(set) var isInDoubt = false
  /// How often the broker turned it away with proof that nothing was placed (rule 27).
  public internal(set) var turnedAway: Int64 = 0
  /// Not to be attempted again before this moment.
  public internal(set) var notBefore: Timestamp?
  /// Clean readings of the book, since the doubt arose, that did not show the order, and when the first was.
  public internal(set) var absentReadings: Int64 = 0
  public internal(set) var firstAbsentAt: Timestamp?
  /// When the last of those readings was asked for.
  public internal(set) var lastAbsentAt: Timestamp?
  /// A person knows that the broker did not take it (rule 30).
  public internal(set) var isKnownAbsent = false
}

/// A placement that was in doubt until a person gave the number of its order.
public struct NumberedByHand: Hashable, Sendable, Codable {
  public let request: OpenRequest
  public let at: Timestamp
}

extension OpenRequest {
  /// The first pause after a request was turned away; it doubles with every further one.
  static let firstPause = Microseconds.milliseconds(500)
  static let doublings: Int64 = 5

  /// Back into the lane, to leave again after a pause.
  mutating func turnAway(at now: Timestamp) {
    attemptedAt = nil
    isInDoubt = false
    notBefore = now + Microseconds(OpenRequest.firstPause.count << min(turnedAway, OpenRequest.doublings))
    turnedAway += 1
  }

  /// It leaves the machine (again).
  mutating func attempt(at now: Timestamp) {
    attemptedAt = now
    isInDoubt = false
    absentReadings = 0
    firstAbsentAt = nil
    lastAbsentAt = nil
    isKnownAbsent = false
  }

  /// A clean reading, asked for at `askedAt`, did not show its order.
  mutating func countAbsence(askedAt: Timestamp) {
    absentReadings += 1
    firstAbsentAt = firstAbsentAt ?? askedAt
    lastAbsentAt = askedAt
  }

  /// Whether it waits in the lane and may be attempted at `now`.
  public func isWaiting(at now: Timestamp) -> Bool { attemptedAt == nil && notBefore.map { $0 <= now } ?? true }
}

/// The requests of one account that have no outcome: what is to be sent, is being sent, or is in doubt. A projection.
public struct Outbox: Hashable, Sendable, Codable {
  /// In the order in which they were requested.
  public internal(set) var requests: [OpenRequest] = []

  public subscript(id: RequestID) -> OpenRequest? { requests.first { $0.id == id } }

  mutating func add(_ request: OpenRequest) { requests.append(request) }

  mutating func take(_ id: RequestID) -> OpenRequest? {
    guard let index = requests.firstIndex(where: { $0.id == id }) else { return nil }
    return requests.remove(at: index)
  }

  mutating func update(_ id: RequestID, _ change: (inout OpenRequest) -> Void) {
    guard let index = requests.firstIndex(where: { $0.id == id }) else { return }
    change(&requests[index])
  }
}

/// How often an account called the broker of late (rule 39), from the attempts in the log.
public struct CallBudget: Hashable, Sendable, Codable {
  public static let perSecond = 10
  public static let perMinute = 250
  public static let perHour = 1_000
  public static let perDay = 7_000

  private var times: [Timestamp] = []
  private var next = 0
  private var day = Day(daysSinceEpoch: 0)
  private var today = 0

  public init() {}

  mutating func spend(at now: Timestamp) {
    if times.count < CallBudget.perHour {
      times.append(now)
    } else {
      times[next] = now
    }
    next = (next + 1) % CallBudget.perHour
    if now.indianDay != day {
      day = now.indianDay
      today = 0
    }
    today += 1
  }

  /// The moment from which `reserve` tenths of each limit leave room for one more call; `now` when there is room.
  public func roomAt(_ now: Timestamp, keeping reserve: Int = 0) -> Timestamp {
    func share(_ limit: Int) -> Int { limit * (10 - reserve) / 10 }
    if now.indianDay == day, today >= share(CallBudget.perDay) {
      return Day(daysSinceEpoch: day.daysSinceEpoch + 1).startInIndia
    }
    var result = now
    for (limit, window) in [
      (CallBudget.perSecond, Microseconds.seconds(1)), (CallBudget.perMinute, .seconds(60)),
      (CallBudget.perHour, .seconds(3_600)),
    ] {
      guard let time = callBefore(share(limit)) else { continue }
      result = max(result, time + window)
    }
    return result
  }

  /// How many calls each limit still allows.
  public func remaining(at now: Timestamp) -> (second: Int, minute: Int, hour: Int, day: Int) {
    func left(_ limit: Int, _ window: Microseconds) -> Int { limit - times.count { now - $0 < window } }
    return (
      left(CallBudget.perSecond, .seconds(1)), left(CallBudget.perMinute, .seconds(60)),
      left(CallBudget.perHour, .seconds(3_600)), CallBudget.perDay - (now.indianDay == day ? today : 0)
    )
  }

  /// When the newest call left; `nil` before the first.
  var lastCall: Timestamp? { callBefore(1) }

  /// The time of the call `count` calls ago.
  private func callBefore(_ count: Int) -> Timestamp? {
    guard times.count >= count else { return nil }
    return times[((next - count) % CallBudget.perHour + CallBudget.perHour) % CallBudget.perHour]
  }
}
