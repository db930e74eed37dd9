import Domain

/// Reads the `Date` of a reply: `Mon, 23 Nov 2026 03:45:00 GMT` (RFC 9110 §5.6.7). Older forms are not used by anybody.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func timestamp(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let number = Int(parts[1]), let year = Int(parts[3]),
      let month = months.firstIndex(of: String(parts[2])),
      let day = Day(year: year, month: month + 1, day: number)
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    let seconds = Int64(day.daysSinceEpoch) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    return Timestamp(microseconds: seconds * 1_000_000)
  }
}
