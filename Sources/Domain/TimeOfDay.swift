/// A time of day in India, to the minute.
public struct TimeOfDay: Hashable, Sendable, Comparable, Codable {
  /// Since midnight in India.
  public let minutes: Int

  init?(minutes: Int64) {
    guard (0..<1_440).contains(minutes) else { return nil }
    self.minutes = Int(minutes)
  }

  /// Reads `HH:MM`.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
    let digits = [0, 1, 3, 4].map { Int(bytes[$0]) - 48 }
    guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
    guard hour < 24, minute < 60 else { return nil }
    self.minutes = hour * 60 + minute
  }

  /// The time `count` minutes later, at most the last minute of the day.
  public func later(byMinutes count: Int) -> TimeOfDay {
    TimeOfDay(minutes: Int64(min(minutes + count, 1_439))) ?? self
  }

  public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.minutes < right.minutes }
}

extension TimeOfDay: CustomStringConvertible {
  public var description: String {
    let padded = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return padded.joined(separator: ":")
  }
}
