import Domain
import EventStore

/// A place in the log as a person names it: a sequence number, a time, a date, or `start`.
public enum LogPoint: Equatable, Sendable {
  case start
  case sequence(SequenceNumber)
  case time(Timestamp)
  /// A trading day, which is a day in India.
  case day(Day)

  /// `nil` when `text` names no place. A time without a zone is UTC, or Indian time when `style` is.
  public init?(_ text: String, style: TimeStyle = .utc) {
    if text == "start" {
      self = .start
    } else if let number = Int64(text) {
      guard number > 0 else { return nil }
      self = .sequence(SequenceNumber(number))
    } else if let day = Day(text) {
      self = .day(day)
    } else if let time = Timestamp(text, defaultsToIndia: style == .india) {
      self = .time(time)
    } else {
      return nil
    }
  }

  /// How to write a point, for messages.
  public static let help = "a sequence number, a time (2026-11-23T03:45:00Z), a trading day (2026-11-23), or start"

  /// The first event from here on; one past the end when there is none.
  public func first(in source: any EventSource) throws -> SequenceNumber {
    switch self {
    case .start: .first
    case .sequence(let number): number
    case .time(let time): try LogPoint.firstEvent(notBefore: time, in: source)
    case .day(let day): try LogPoint.firstEvent(notBefore: day.startInIndia, in: source)
    }
  }

  /// The last event up to here, the point itself included: a date includes its whole day.
  public func last(in source: any EventSource) throws -> SequenceNumber {
    let next: SequenceNumber
    switch self {
    case .start: return .beforeFirst
    case .sequence(let number): return number
    case .time(let time):
      next = try LogPoint.firstEvent(notBefore: Timestamp(microseconds: time.microseconds + 1), in: source)
    case .day(let day):
      let tomorrow = Day(daysSinceEpoch: day.daysSinceEpoch + 1)
      next = try LogPoint.firstEvent(notBefore: tomorrow.startInIndia, in: source)
    }
    return SequenceNumber(next.value - 1)
  }

  /// Halves the log instead of reading it: `recorded_at` never falls.
  private static func firstEvent(notBefore time: Timestamp, in source: any EventSource) throws -> SequenceNumber {
    func isBefore(_ sequence: Int64) throws -> Bool {
      var before = false
      try source.read(from: SequenceNumber(sequence), through: SequenceNumber(sequence), limit: 1) { row in
        before = row.recordedAt < time.microseconds
      }
      return before
    }
    var upper: Int64 = 1
    while try isBefore(upper) { upper *= 2 }
    var lower = upper / 2
    while lower + 1 < upper {
      let middle = lower + (upper - lower) / 2
      if try isBefore(middle) { lower = middle } else { upper = middle }
    }
    return SequenceNumber(upper)
  }
}
