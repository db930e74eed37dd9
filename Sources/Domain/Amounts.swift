/// Money in whole paise (1/100 rupee). Prices, premiums, capital; never a floating-point number.
public struct Paise: Hashable, Sendable, Comparable, Codable {
  public let count: Int64
  public init(_ count: Int64) { self.count = count }
  public init(from decoder: any Decoder) throws { self.count = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
  public static let zero = Paise(0)
  public static func rupees(_ count: Int64) -> Paise { Paise(count * 100) }
  public static func < (left: Paise, right: Paise) -> Bool { left.count < right.count }
  public static func + (left: Paise, right: Paise) -> Paise { Paise(left.count + right.count) }
  public static func - (left: Paise, right: Paise) -> Paise { Paise(left.count - right.count) }
  public static func += (left: inout Paise, right: Paise) { left = left + right }
}

extension Paise: CustomStringConvertible {
  /// Rupees with two decimals: `152.35`, `-0.05`.
  public var description: String {
    let magnitude = count.magnitude
    let fraction = magnitude % 100
    return "\(count < 0 ? "-" : "")\(magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// Reads rupees with at most two decimals, exactly. `nil` for anything else, `1e3` and `NaN` included.
  public init?(rupees text: some StringProtocol) {
    var digits = Substring(text)
    let negative = digits.first == "-"
    if negative { digits.removeFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 15,
      whole.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    var paise = Int64(whole)! * 100  // At most 15 digits stand there, which Int64 holds.
    if parts.count == 2 {
      let fraction = parts[1]
      guard (1...2).contains(fraction.utf8.count), fraction.utf8.allSatisfy({ (48...57).contains($0) }) else {
        return nil
      }
      paise += Int64(fraction)! * (fraction.utf8.count == 1 ? 10 : 1)  // One or two digits, checked above.
    }
    self.init(negative ? -paise : paise)
  }
}

/// Units of a contract, as the broker counts: lots × lot size. Signed where it is a position (long positive).
public struct Quantity: Hashable, Sendable, Comparable, Codable {
  public let units: Int64
  public init(_ units: Int64) { self.units = units }
  public init(from decoder: any Decoder) throws { self.units = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(units)
  }
  public static let zero = Quantity(0)
  public var magnitude: Quantity { Quantity(abs(units)) }
  public static prefix func - (value: Quantity) -> Quantity { Quantity(-value.units) }
  public static func < (left: Quantity, right: Quantity) -> Bool { left.units < right.units }
  public static func + (left: Quantity, right: Quantity) -> Quantity { Quantity(left.units + right.units) }
  public static func - (left: Quantity, right: Quantity) -> Quantity { Quantity(left.units - right.units) }
  public static func += (left: inout Quantity, right: Quantity) { left = left + right }
  public static func -= (left: inout Quantity, right: Quantity) { left = left - right }
  /// The premium of this many units at `price`.
  public static func * (price: Paise, quantity: Quantity) -> Paise { Paise(price.count * quantity.units) }
}

extension Quantity: CustomStringConvertible {
  public var description: String { String(units) }
}

/// Whole lots. Signed where it is a position (long positive).
public struct Lots: Hashable, Sendable, Comparable, Codable {
  public let count: Int64
  public init(_ count: Int64) { self.count = count }
  public init(from decoder: any Decoder) throws { self.count = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
  public static let zero = Lots(0)
  public static let one = Lots(1)
  public var magnitude: Lots { Lots(abs(count)) }
  public static prefix func - (value: Lots) -> Lots { Lots(-value.count) }
  public static func < (left: Lots, right: Lots) -> Bool { left.count < right.count }
  public static func + (left: Lots, right: Lots) -> Lots { Lots(left.count + right.count) }
  public static func - (left: Lots, right: Lots) -> Lots { Lots(left.count - right.count) }
  public static func += (left: inout Lots, right: Lots) { left = left + right }
  public static func -= (left: inout Lots, right: Lots) { left = left - right }
}

extension Lots: CustomStringConvertible {
  public var description: String { String(count) }
}

/// Units in one lot of one contract; at least one.
public struct LotSize: Hashable, Sendable, Codable {
  public let units: Int64

  /// `nil` unless `units` is positive.
  public init?(_ units: Int64) {
    guard units > 0 else { return nil }
    self.units = units
  }
  public init(from decoder: any Decoder) throws {
    let units = try decoder.singleValueContainer().decode(Int64.self)
    guard units > 0 else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "lot size \(units)"))
    }
    self.units = units
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(units)
  }

  /// The whole lots in `quantity`, towards zero: an odd rest is not a lot.
  public func wholeLots(in quantity: Quantity) -> Lots { Lots(quantity.units / units) }
  public func quantity(of lots: Lots) -> Quantity { Quantity(lots.count * units) }
}
