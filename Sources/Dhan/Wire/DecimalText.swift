/// A decimal number read from its text: `mantissa × 10^exponent`, exactly, in integers.
struct DecimalText {
  private var isNegative = false
  private var mantissa: UInt64 = 0
  private var exponent = 0
  /// Digits other than zero stood behind those that the mantissa could hold.
  private var hasMore = false

  /// Reads `-12`, `65.0`, `.5`, `1.5E3`. `nil` for everything else, `NaN` and an empty text included.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    var digits = 0
    var isFraction = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if byte >= 0x30, byte <= 0x39 {
        take(UInt64(byte - 0x30), isFraction: isFraction)
        digits += 1
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    if index < bytes.count {
      guard bytes[index] | 0x20 == UInt8(ascii: "e"), let stated = DecimalText.exponent(bytes, from: index + 1) else {
        return nil
      }
      exponent += stated
    }
  }

  private mutating func take(_ digit: UInt64, isFraction: Bool) {
    if mantissa <= (UInt64.max - 9) / 10 {
      mantissa = mantissa * 10 + digit
      if isFraction { exponent -= 1 }
    } else {
      if digit != 0 { hasMore = true }
      if !isFraction { exponent += 1 }
    }
  }

  private static func exponent(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    var sign = 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      if bytes[index] == UInt8(ascii: "-") { sign = -1 }
      index += 1
    }
    guard index < bytes.count, bytes.count - index <= 4 else { return nil }
    var value = 0
    while index < bytes.count {
      guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return sign * value
  }

  /// The whole number, if it is one.
  var integer: Int64? {
    guard let (value, isExact) = scaled(by: 0), isExact else { return nil }
    return value
  }

  /// Rupees as paise; a fraction of a paisa goes to the nearest one, a half to the even one.
  var paise: Int64? { scaled(by: 2)?.value }

  /// The number times 10^`shift`, rounded half to even; `nil` when it does not fit.
  private func scaled(by shift: Int) -> (value: Int64, isExact: Bool)? {
    if mantissa == 0 { return (0, true) }
    let power = exponent + shift
    guard power < 0 else {
      // More than nineteen digits, or zeros that make as many.
      guard !hasMore, power <= 18 else { return nil }
      let (magnitude, overflow) = mantissa.multipliedReportingOverflow(by: DecimalText.powerOfTen(power))
      guard !overflow, let value = Int64(exactly: magnitude) else { return nil }
      return (isNegative ? -value : value, true)
    }
    // The mantissa is less than 2 × 10^19: twenty places further down it is nothing.
    guard power >= -19 else { return (0, false) }
    let divisor = DecimalText.powerOfTen(-power)
    var (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: divisor)
    let isAbove = rest > divisor / 2 || (rest == divisor / 2 && hasMore)
    if isAbove || (rest == divisor / 2 && quotient % 2 == 1) { quotient += 1 }
    guard let value = Int64(exactly: quotient) else { return nil }
    return (isNegative ? -value : value, rest == 0 && !hasMore)
  }

  /// For powers from 0 to 19.
  private static func powerOfTen(_ power: Int) -> UInt64 {
    var value: UInt64 = 1
    for _ in 0..<power { value *= 10 }
    return value
  }
}
