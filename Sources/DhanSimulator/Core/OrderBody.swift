import Domain

/// The flat body of an order call, read as strictly as the broker reads it (S4): known fields only, spelt exactly, each
/// once, and no empty string.
struct OrderBody {
  private let members: [JSONMember]
  private let acceptsStringNumbers: Bool

  /// `nil` when `bytes` are no JSON object.
  init?(_ bytes: [UInt8], _ switches: Switches) {
    guard let members = JSONValue(bytes)?.members else { return nil }
    self.members = members
    self.acceptsStringNumbers = switches.acceptsStringNumbers
  }

  /// Part of a body whose amounts may be strings, as in the documentation's own sample (§5.3); `nil` for no JSON object.
  init?(_ value: JSONValue) {
    guard let members = value.members else { return nil }
    self.members = members
    self.acceptsStringNumbers = true
  }

  static let placeFields: Set<String> = [
    "dhanClientId", "correlationId", "transactionType", "exchangeSegment", "productType", "orderType", "validity",
    "securityId", "quantity", "disclosedQuantity", "price", "triggerPrice", "afterMarketOrder", "amoTime",
    "boProfitValue", "boStopLossValue",
  ]
  static let modifyFields: Set<String> = [
    "dhanClientId", "orderId", "orderType", "legName", "quantity", "price", "disclosedQuantity", "triggerPrice",
    "validity",
  ]

  /// Whether every field is one of `known`, stands once, and is not an empty string.
  func holdsOnly(_ known: Set<String>) -> Bool {
    for (index, member) in members.enumerated() {
      guard known.contains(member.name), member.value != .string("") else { return false }
      for earlier in members[..<index] where earlier.name == member.name { return false }
    }
    return true
  }

  /// A `null` counts as absent: the official client sends some.
  func value(_ name: String) -> JSONValue? {
    guard let value = members.first(where: { $0.name == name })?.value, value != .null else { return nil }
    return value
  }

  func has(_ name: String) -> Bool { value(name) != nil }
  func text(_ name: String) -> String? { value(name)?.text }

  func word<Word: RawRepresentable>(_ name: String) -> Word? where Word.RawValue == String {
    text(name).flatMap { Word(rawValue: $0) }
  }

  /// `nil` when the field is there and is no whole number that fits; `absent` when it is not there.
  func units(_ name: String, absent: Int64 = 0) -> Int64? {
    guard let value = value(name) else { return absent }
    return digits(of: value).flatMap { Int64($0) }
  }

  /// Rupees, as ``units(_:absent:)``.
  func rupees(_ name: String, absent: Paise = .zero) -> Paise? {
    guard let value = value(name) else { return absent }
    return digits(of: value).flatMap { OrderBody.paise($0) }
  }

  func flag(_ name: String, absent: Bool = false) -> Bool? {
    guard let value = value(name) else { return absent }
    if case .bool(let flag) = value { return flag }
    return nil
  }

  private func digits(of value: JSONValue) -> String? {
    switch value {
    case .number(let digits): digits
    case .string(let digits) where acceptsStringNumbers: digits
    default: nil
    }
  }

  /// Zeros beyond the second decimal change nothing.
  private static func paise(_ text: String) -> Paise? {
    if let paise = Paise(rupees: text) { return paise }
    guard text.contains(".") else { return nil }
    var digits = Substring(text)
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return Paise(rupees: digits)
  }
}

/// What the broker accepts as `correlationId` (dhan-api-v2.md §4.8).
enum CorrelationText {
  static func isValid(_ text: String, cap: Int64) -> Bool {
    text.utf8.count <= cap
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
