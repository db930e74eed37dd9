import Domain

/// The broker's times: the clock on a wall in India, without a zone, to the second (dhan-api-v2.md §4.6, §6.3, §8.2).
extension LenientJSON.Value {
  /// `2026-09-14 10:33:03`, also with `T` or a fraction, and `30/03/2025 15:37`. `nil` for times that mean *none*, such
  /// as `0001-01-01 00:00:00` and `01/01/1980 00:00:00`.
  var moment: Timestamp? {
    guard let text, text.utf8.count <= 40, let moment = Timestamp(yearFirst(text), defaultsToIndia: true) else {
      return nil
    }
    return moment.indianDay < LenientJSON.firstDay ? nil : moment
  }

  /// The day of a time, or a day alone. `nil` for days that mean *none*.
  var day: Day? {
    guard let text, text.utf8.count <= 40 else { return nil }
    let bytes = Array(yearFirst(text).utf8)
    guard bytes.count == 10 || (bytes.count > 10 && (bytes[10] == 0x20 || bytes[10] == UInt8(ascii: "T"))),
      let day = Day(String(decoding: bytes.prefix(10), as: UTF8.self))
    else { return nil }
    return day < LenientJSON.firstDay ? nil : day
  }

  /// `30/03/2025 15:37` as `2025-03-30 15:37`; any other text as it is.
  private func yearFirst(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[2] == UInt8(ascii: "/"), bytes[5] == UInt8(ascii: "/") else { return text }
    let turned = bytes[6..<10] + [0x2D] + bytes[3..<5] + [0x2D] + bytes[0..<2] + bytes[10...]
    return String(decoding: turned, as: UTF8.self)
  }
}

extension LenientJSON {
  /// 1990-01-01: no order is older, and every sentinel is.
  fileprivate static let firstDay = Day(daysSinceEpoch: 7_305)
}
