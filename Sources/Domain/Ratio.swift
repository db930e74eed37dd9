/// An exact, positive fraction: follower's capital over leader's (rule 3). No floating-point number ever stands for it,
/// because 0.29 × 100 lots is 29 lots and not 28.
public struct Ratio: Hashable, Sendable, Codable {
  public let numerator: Int64
  public let denominator: Int64

  /// The fraction in lowest terms, or `nil` unless both parts are positive.
  public init?(_ numerator: Int64, _ denominator: Int64) {
    guard numerator > 0, denominator > 0 else { return nil }
    var (larger, smaller) = (numerator, denominator)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    self.numerator = numerator / larger
    self.denominator = denominator / larger
  }

  public static let one = Ratio(numerator: 1, denominator: 1)

  private init(numerator: Int64, denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Reads `2`, `0.4`, or `2/5`; decimals are kept exactly. `nil` for anything else, zero and negative values included.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      guard let (value, scale) = Ratio.decimal(parts[0]) else { return nil }
      self.init(value, scale)
    case 2:
      guard let upper = Ratio.decimal(parts[0]), let lower = Ratio.decimal(parts[1]) else { return nil }
      let (numerator, overflow) = upper.value.multipliedReportingOverflow(by: lower.scale)
      let (denominator, overflowBelow) = lower.value.multipliedReportingOverflow(by: upper.scale)
      guard !overflow, !overflowBelow else { return nil }
      self.init(numerator, denominator)
    default: return nil
    }
  }

  private static func decimal(_ text: some StringProtocol) -> (value: Int64, scale: Int64)? {
    let trimmed = String(text.filter { $0 != " " && $0 != "_" })
    let parts = trimmed.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= 9, let value = Int64(parts[0] + fraction)
    else { return nil }
    var scale: Int64 = 1
    for _ in fraction.utf8 { scale *= 10 }
    return (value, scale)
  }

  /// `value` × numerator ÷ (denominator × `divisor`), rounded; exact in 128 bits.
  ///
  /// - Precondition: `value` ≥ 0, `divisor` > 0, and the result fits 64 bits.
  public func scaled(_ value: Int64, dividedBy divisor: Int64 = 1, rounding: Rounding = .down) -> Int64 {
    precondition(value >= 0 && divisor > 0, "A ratio scales amounts without sign.")
    return rounding.quotient(Int128(value) * Int128(numerator), Int128(denominator) * Int128(divisor))
  }
}

extension Ratio: Comparable {
  public static func < (left: Ratio, right: Ratio) -> Bool {
    Int128(left.numerator) * Int128(right.denominator) < Int128(right.numerator) * Int128(left.denominator)
  }
}

extension Ratio: CustomStringConvertible {
  public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

/// Which way a fraction of a lot goes.
public enum Rounding: Sendable {
  case down, up
  case halfUp

  /// `numerator` ÷ `denominator` for a numerator without sign and a positive denominator.
  public func quotient(_ numerator: Int128, _ denominator: Int128) -> Int64 {
    switch self {
    case .down: Int64(numerator / denominator)
    case .up: Int64((numerator + denominator - 1) / denominator)
    case .halfUp: Int64((2 * numerator + denominator) / (2 * denominator))
    }
  }
}
