/// The hours in which the exchange takes orders, Monday to Friday. Data: they change by circular (options-domain.md §2.1).
public struct TradingSession: Hashable, Sendable, Codable {
  public var open: TimeOfDay
  /// From this minute on nothing trades any more.
  public var close: TimeOfDay

  public init(open: TimeOfDay, close: TimeOfDay) {
    self.open = open
    self.close = close
  }

  public func holds(_ moment: Timestamp) -> Bool {
    moment.indianDay.isWeekday && moment.isInIndia(atOrAfter: open) && !moment.isInIndia(atOrAfter: close)
  }

  /// When it opens next after `moment`.
  public func nextOpening(after moment: Timestamp) -> Timestamp {
    var day = moment.indianDay
    while true {
      let opening = day.inIndia(at: open)
      if day.isWeekday, opening > moment { return opening }
      day = day.next
    }
  }
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
