import Domain
import Ports

/// What the broker says went wrong, out of any of its error bodies (E4–E10 and E12 of dhan-api-v2.md §1.3).
///
/// Codes are not diagnostic, the message is (§1.4, §1.5). Both are free of control characters and tokens.
struct BrokerError: Hashable, Sendable, CustomStringConvertible {
  /// Who speaks: only the trading system's word proves that an order was not taken.
  enum Origin: Hashable, Sendable { case trading, data, other }

  /// `DH-906`, `807`, `RS-9005`, `AUTH001`; `nil` where the body has none.
  let code: String?
  let message: String
  let origin: Origin

  var description: String { code.map { "\($0) \(message)" } ?? message }

  /// `nil` for a body that is no error: a reading, a reply, an empty body, a page of HTML.
  init?(body: [UInt8]) {
    guard let root = try? LenientJSON.body(body) else { return nil }
    self.init(root)
  }

  init?(_ root: LenientJSON.Value) {
    // An error may come as the only element of an array (E7).
    guard let object = root.isArray ? root.onlyChild : root, object.isObject else { return nil }
    let hasFailed = ["FAILED", "FAILURE", "ERROR"].contains(object.telling("status")?.word)
    if let named = BrokerError(named: object) {
      self = named
    } else if hasFailed {
      self.init(failed: object)
    } else if let error = object.telling("error")?.text, (object.telling("status")?.integer ?? 0) >= 400 {
      self.init(code: nil, message: error, origin: .other)
    } else {
      return nil
    }
    guard !root.isArray || hasFailed else { return nil }
  }

  /// E4, E10, E12, and what stands in the `remarks` of E6.
  private init?(named object: LenientJSON.Value) {
    let code = object.telling("internalErrorCode", "errorCode", "error_code")?.text
    let message = object.telling("internalErrorMessage", "errorMessage", "error_message")?.text
    let type = object.telling("errorType", "error_type")?.text
    guard code != nil || message != nil || type != nil else { return nil }
    let words = message ?? object.telling("message", "remarks")?.text ?? type ?? "without a message"
    let isOldRefusal = object.telling("errorCode")?.word == "BADREQUESTERROR"
    self.init(code: code, message: words, origin: Self.origin(code: code, type: type, isOldRefusal: isOldRefusal))
  }

  /// E5, E6, E7, E9.
  private init(failed object: LenientJSON.Value) {
    if let remarks = object.telling("remarks"), remarks.isObject, let named = BrokerError(named: remarks) {
      self = named
    } else if let data = object.telling("data"), let entry = data.onlyChild, data.isObject {
      self.init(code: entry.key, message: entry.text ?? "without a message", origin: .data)
    } else {
      let message = object.telling("message", "remarks", "data")?.text
      self.init(code: nil, message: message ?? "without a message", origin: .other)
    }
  }

  private init(code: String?, message: String, origin: Origin) {
    let cleaned = code.map { BrokerText.clean($0.uppercased()) }
    self.code = cleaned.flatMap { $0.isEmpty || $0.utf8.count > 31 || $0 != code?.uppercased() ? nil : $0 }
    self.message = BrokerText.clean(message)
    self.origin = origin
  }

  private static func origin(code: String?, type: String?, isOldRefusal: Bool) -> Origin {
    let code = code?.uppercased() ?? ""
    if code.hasPrefix("DH-") || (code.hasPrefix("RS-") && isOldRefusal) { return .trading }
    if code.count == 3, code.hasPrefix("8") { return .data }
    // E12: documented, never seen.
    let refusals = ["VALIDATION_ERROR", "AUTHENTICATION_ERROR", "AUTHORIZATION_ERROR"]
    return refusals.contains(type?.uppercased() ?? "") ? .trading : .other
  }
}

extension BrokerError {
  /// The token is not known (any more).
  var saysDeadToken: Bool {
    if ["DH-901", "807", "808", "809", "810", "AUTH001"].contains(code) { return true }
    return says(
      "invalid token", "token is invalid", "token invalid", "token expired", "token is expired", "token has expired")
  }

  /// The one body that is certain to mean *not placed* (rule 39).
  var saysRateLimited: Bool { code == "DH-904" }

  /// The call came from an address that is not registered (§2.7).
  var saysAddressRefused: Bool {
    if code == "DH-911" { return true }
    let words = message.lowercased().split { !$0.isLetter }
    return zip(words, words.dropFirst()).contains { $0 == "invalid" && $1 == "ip" }
  }

  /// What the error proves of a call; `nil` when it proves nothing.
  func refusal(of call: BrokerCall) -> RefusalClass? {
    guard origin == .trading, let code, !["DH-908", "DH-909", "DH-910"].contains(code) else { return nil }
    if saysRateLimited { return .rateLimited }
    if saysDeadToken { return .deadToken }
    if saysAddressRefused { return .addressRefused }
    switch call {
    case .place: return .other
    case .cancel: return says("transit") ? .inTransit : .other
    case .modify: return says("transit") ? .inTransit : saysBelowFilled ? .belowFilled : .other
    }
  }

  /// The wording is not known (Q9 of §14): a quantity compared with what is done.
  private var saysBelowFilled: Bool {
    says("quantity", "qty") && says("filled", "traded", "executed") && says("below", "less", "lower", "greater", "more")
  }

  private func says(_ phrases: String...) -> Bool {
    let text = message.lowercased()
    return phrases.contains { text.contains($0) }
  }
}

extension LenientJSON.Value {
  /// What a container holds, when that is one thing.
  var onlyChild: LenientJSON.Value? {
    let children = children
    return children.count == 1 ? children[0] : nil
  }
}
