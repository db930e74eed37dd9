/// A point of time in whole microseconds since 1970-01-01T00:00:00Z.
///
/// The log stores it as an integer and shows it as `2026-11-23T03:45:00.123456Z`: UTC, six decimals, always. Years 0001
/// to 9999. India has had one offset (+05:30) since 1945, so trading days are computed without a time zone file.
public struct Timestamp: Hashable, Sendable, Comparable, Codable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public init(from decoder: any Decoder) throws {
    self.microseconds = try decoder.singleValueContainer().decode(Int64.self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  public static func + (left: Timestamp, right: Microseconds) -> Timestamp {
    Timestamp(microseconds: left.microseconds + right.count)
  }

  public static func - (left: Timestamp, right: Timestamp) -> Microseconds {
    Microseconds(left.microseconds - right.microseconds)
  }

  static let istOffset: Int64 = 19_800_000_000

  /// `0001-01-01T00:00:00.000000Z`: an earlier time cannot be printed, so nothing reads as one.
  public static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
  /// `9999-12-31T23:59:59.999999Z`
  public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

  /// The trading day in India at this moment.
  public var indianDay: Day {
    Day(daysSinceEpoch: Int32((microseconds + Timestamp.istOffset).flooredQuotient(86_400_000_000)))
  }

  /// Whether the clock in India shows `time` or later on this day.
  public func isInIndia(atOrAfter time: TimeOfDay) -> Bool {
    self - indianDay.startInIndia >= Microseconds(Int64(time.minutes) * 60_000_000)
  }
}

/// A length of time in whole microseconds.
public struct Microseconds: Hashable, Sendable, Comparable, Codable {
  public let count: Int64
  public init(_ count: Int64) { self.count = count }
  public init(from decoder: any Decoder) throws { self.count = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
  public static func seconds(_ count: Int64) -> Microseconds { Microseconds(count * 1_000_000) }
  public static func milliseconds(_ count: Int64) -> Microseconds { Microseconds(count * 1_000) }
  public static func < (left: Microseconds, right: Microseconds) -> Bool { left.count < right.count }
}

/// A calendar day, as an expiry has or a trading day in India.
public struct Day: Hashable, Sendable, Comparable, Codable {
  public let daysSinceEpoch: Int32
  public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

  public init(from decoder: any Decoder) throws {
    self.daysSinceEpoch = try decoder.singleValueContainer().decode(Int32.self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(daysSinceEpoch)
  }

  public static func < (left: Day, right: Day) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  /// `nil` unless the three name a day of the Gregorian calendar in the years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    guard day <= Day.length(ofMonth: month, year: year) else { return nil }
    // Days from civil, counted from 0000-03-01 so that the leap day ends the year.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.daysSinceEpoch = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func isLeap(_ year: Int) -> Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

  public var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(daysSinceEpoch) + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// The moment this day begins in India.
  public var startInIndia: Timestamp {
    Timestamp(microseconds: Int64(daysSinceEpoch) * 86_400_000_000 - Timestamp.istOffset)
  }
}

extension BinaryInteger {
  /// The quotient rounded towards minus infinity; `divisor` is positive.
  func flooredQuotient(_ divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
