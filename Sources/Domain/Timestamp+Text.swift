extension Timestamp: CustomStringConvertible {
  /// `2026-11-23T03:45:00.123456Z`: the form that is exported and hashed.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(27)
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the 27 bytes of ``description``, without making a string: verifying hashes two of them per event.
  public func appendText(to bytes: inout [UInt8]) {
    let day = Day(daysSinceEpoch: Int32(microseconds.flooredQuotient(86_400_000_000)))
    let rest = Int(microseconds - Int64(day.daysSinceEpoch) * 86_400_000_000)
    day.appendText(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    appendClock(rest, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  private func appendClock(_ microsecondsOfDay: Int, to bytes: inout [UInt8]) {
    let seconds = microsecondsOfDay / 1_000_000
    bytes.appendDecimal(seconds / 3_600, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDecimal(seconds / 60 % 60, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDecimal(seconds % 60, digits: 2)
    bytes.append(UInt8(ascii: "."))
    bytes.appendDecimal(microsecondsOfDay % 1_000_000, digits: 6)
  }

  /// The same moment as a person in India reads it: `2026-11-23 09:15:00.123456 IST`.
  public var indianDescription: String {
    let shifted = Timestamp(microseconds: microseconds + Timestamp.istOffset)
    var text = shifted.description
    text.removeLast()
    return text.replacing("T", with: " ") + " IST"
  }

  /// Reads `YYYY-MM-DD`, optionally followed by `T` or a blank and `HH:MM[:SS[.ffffff]]`, optionally followed by `Z`,
  /// ` IST` or `±HH:MM`. Without a zone the text is UTC, or Indian time when `defaultsToIndia` is true. `nil` when the
  /// zone moves it out of the years 0001 to 9999, as it does with the broker's `0001-01-01 00:00:00` of India.
  public init?(_ text: some StringProtocol, defaultsToIndia: Bool = false) {
    var scanner = TimestampScanner(Array(text.utf8))
    guard let value = scanner.timestamp(defaultOffset: defaultsToIndia ? Timestamp.istOffset : 0),
      Timestamp.earliest <= value, value <= Timestamp.latest
    else { return nil }
    self = value
  }
}

extension Day: CustomStringConvertible {
  /// `2026-11-23`
  public var description: String {
    var bytes: [UInt8] = []
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func appendText(to bytes: inout [UInt8]) {
    let (year, month, day) = civil
    bytes.appendDecimal(year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDecimal(month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDecimal(day, digits: 2)
  }

  public init?(_ text: some StringProtocol) {
    var scanner = TimestampScanner(Array(text.utf8))
    guard let value = scanner.day(), scanner.isAtEnd else { return nil }
    self = value
  }
}

extension Array where Element == UInt8 {
  /// Appends `value` in decimal, padded with zeros to `digits`. `value` is not negative and has no more digits.
  mutating func appendDecimal(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    var rest = value
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}

/// Reads the times that people and the broker write.
private struct TimestampScanner {
  let bytes: [UInt8]
  var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func digits(_ count: Int) -> Int? {
    guard offset + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[offset..<(offset + count)] {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    offset += count
    return value
  }

  mutating func take(_ character: Character) -> Bool {
    guard offset < bytes.count, bytes[offset] == character.asciiValue else { return false }
    offset += 1
    return true
  }

  mutating func day() -> Day? {
    guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
    return Day(year: year, month: month, day: day)
  }

  mutating func timestamp(defaultOffset: Int64) -> Timestamp? {
    guard let day = day() else { return nil }
    var micros: Int64 = 0
    if take("T") || take(" ") {
      guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
      var second = 0
      var fraction = 0
      if take(":") {
        guard let value = digits(2), value < 60 else { return nil }
        second = value
        if take(".") {
          var read = 0
          while read < 6, let digit = digits(1) {
            fraction = fraction * 10 + digit
            read += 1
          }
          guard read > 0 else { return nil }
          while read < 6 {
            fraction *= 10
            read += 1
          }
          while digits(1) != nil {}
        }
      }
      micros = (Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)) * 1_000_000 + Int64(fraction)
    }
    guard let zone = zone(defaultOffset: defaultOffset), isAtEnd else { return nil }
    return Timestamp(microseconds: Int64(day.daysSinceEpoch) * 86_400_000_000 + micros - zone)
  }

  private mutating func zone(defaultOffset: Int64) -> Int64? {
    if isAtEnd { return defaultOffset }
    if take("Z") { return 0 }
    _ = take(" ")
    if take("I") { return take("S") && take("T") ? Timestamp.istOffset : nil }
    let sign: Int64
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
    return sign * (Int64(hour) * 3_600 + Int64(minute) * 60) * 1_000_000
  }
}
