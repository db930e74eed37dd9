import Domain

/// Fractions for people: exact integers until the last digit that is shown.
enum Fraction {
  /// `numerator` ÷ `denominator` in decimals, half away from zero; blanks at the end are left out down to the fewest.
  ///
  /// - Precondition: `denominator` > 0.
  static func text(_ numerator: Int64, _ denominator: Int64, decimals: ClosedRange<Int>) -> String {
    var scale: Int128 = 1
    for _ in 0..<decimals.upperBound { scale *= 10 }
    let scaled = Rounding.halfUp.quotient(Int128(numerator.magnitude) * scale, Int128(denominator))
    var digits = String(scaled)
    while digits.count <= decimals.upperBound { digits = "0" + digits }
    var fraction = String(digits.suffix(decimals.upperBound))
    while fraction.count > decimals.lowerBound, fraction.last == "0" { fraction.removeLast() }
    let whole = digits.dropLast(decimals.upperBound)
    return (numerator < 0 && scaled != 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
