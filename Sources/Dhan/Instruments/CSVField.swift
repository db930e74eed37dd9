import Domain
import Glibc

/// One field of a line, without the quotes and blanks around it. Lives no longer than the line's bytes.
struct CSVField {
  let bytes: UnsafeRawBufferPointer

  /// What the broker writes for *nothing* (dhan-api-v2.md §9.3).
  var isAbsent: Bool { bytes.isEmpty || isWord("NA") }

  func isWord(_ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
    return memcmp(base, word.utf8Start, bytes.count) == 0
  }

  /// The number times 10^`places`, cut towards zero; `isExact` tells whether anything was cut.
  ///
  /// `nil` for anything but digits with at most one point and a minus, and for what has more than 15 digits before it.
  func decimal(places: Int) -> (value: Int64, isExact: Bool)? {
    var index = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var value: Int64 = 0
    let begin = index
    while index < bytes.count, let digit = digit(at: index) {
      value = value * 10 + digit
      index += 1
      if index - begin > 15 { return nil }
    }
    guard index > begin else { return nil }
    var left = places
    var isExact = true
    if index < bytes.count {
      guard bytes[index] == UInt8(ascii: ".") else { return nil }
      index += 1
      while index < bytes.count {
        guard let digit = digit(at: index) else { return nil }
        if left > 0 {
          value = value * 10 + digit
          left -= 1
        } else if digit != 0 {
          isExact = false
        }
        index += 1
      }
    }
    while left > 0 {
      value *= 10
      left -= 1
    }
    return (isNegative ? -value : value, isExact)
  }

  /// The number times 10^`places` when that is whole, positive and below two thousand million.
  func positive(places: Int) -> Int32? {
    guard let (value, isExact) = decimal(places: places), isExact, value > 0 else { return nil }
    return Int32(exactly: value)
  }

  /// `YYYY-MM-DD`; a time behind it means nothing (dhan-api-v2.md §9.4).
  var day: Day? {
    guard bytes.count >= 10, bytes.count == 10 || bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
      bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10)
    else { return nil }
    return Day(year: year, month: month, day: day)
  }

  /// The text, cut at the end of a character when it is longer than a ``ShortText`` holds. `nil` when it holds a NUL.
  var shortened: ShortText? {
    let hasQuote = bytes.contains(UInt8(ascii: "\""))
    if !hasQuote, let text = ShortText(utf8: bytes) { return text }
    let whole = String(decoding: bytes, as: UTF8.self).replacing("\"\"", with: "\"")
    var end = whole.startIndex
    var length = 0
    while end < whole.endIndex {
      length += whole[end].utf8.count
      if length > ShortText.capacity { break }
      end = whole.index(after: end)
    }
    return ShortText(validating: whole[..<end])
  }

  private func digit(at index: Int) -> Int64? {
    let byte = bytes[index]
    return byte >= 0x30 && byte <= 0x39 ? Int64(byte - 0x30) : nil
  }

  private func number(_ range: Range<Int>) -> Int? {
    var value: Int64 = 0
    for index in range {
      guard let digit = digit(at: index) else { return nil }
      value = value * 10 + digit
    }
    return Int(value)
  }
}
