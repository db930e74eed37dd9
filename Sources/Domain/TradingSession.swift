/// Hours of a day in which the exchange takes orders. Data: they change by circular (options-domain.md §2.1).
public struct TradingSession: Hashable, Sendable, Codable {
  public var open: TimeOfDay
  /// From this minute on nothing trades any more.
  public var close: TimeOfDay

  public init(open: TimeOfDay, close: TimeOfDay) {
    self.open = open
    self.close = close
  }

  /// Whether the clock in India shows these hours; whatever day it is.
  public func holds(_ moment: Timestamp) -> Bool {
    moment.isInIndia(atOrAfter: open) && !moment.isInIndia(atOrAfter: close)
  }
}

/// Ordinary hours, from a day on.
public struct DatedSession: Hashable, Sendable, Codable {
  public var from: Day
  public var session: TradingSession

  public init(from: Day, session: TradingSession) {
    self.from = from
    self.session = session
  }
}

/// Trading outside the ordinary days and hours, such as the hour of Diwali.
public struct SpecialSession: Hashable, Sendable, Codable {
  public var day: Day
  public var session: TradingSession
  /// Whether entries of this session are copied. Exits always are (rule 16).
  public var copies: Bool

  public init(day: Day, session: TradingSession, copies: Bool = false) {
    self.day = day
    self.session = session
    self.copies = copies
  }
}

/// Some hours of one day in which the exchange takes orders.
public struct MarketSession: Hashable, Sendable {
  public let day: Day
  public let hours: TradingSession
  /// Whether entries are copied in it.
  public let copiesEntries: Bool

  public var opens: Timestamp { day.inIndia(at: hours.open) }
  public var closes: Timestamp { day.inIndia(at: hours.close) }

  func holds(_ moment: Timestamp) -> Bool { opens <= moment && moment < closes }
}

extension Day {
  /// Monday to Friday; a holiday of the exchange is one all the same.
  public var isWeekday: Bool {
    // 1970-01-01 was a Thursday.
    let sinceMonday = ((Int(daysSinceEpoch) + 3) % 7 + 7) % 7
    return sinceMonday < 5
  }
  public var next: Day { Day(daysSinceEpoch: daysSinceEpoch + 1) }

  public func inIndia(at time: TimeOfDay) -> Timestamp {
    startInIndia + Microseconds(Int64(time.minutes) * 60_000_000)
  }
}
