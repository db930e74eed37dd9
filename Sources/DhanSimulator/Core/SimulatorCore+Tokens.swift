import Crypto
import Domain
import Foundation
import PaperExchange

/// Access tokens and registered addresses (dhan-api-v2.md §2).
extension SimulatorCore {
  /// Whose token it is, while it works.
  mutating func owner(of token: String, at now: Timestamp) -> ClientID? {
    guard let account = tokens[token], let until = accounts[account]?.tokenValidUntil, now < until else { return nil }
    return account
  }

  func deadToken(_ form: Switches.DeadToken) -> Reply {
    switch form {
    case .unauthorised:
      .refusal(401, "DH-901", "Client ID or user generated access token is invalid or expired.")
    case .invalidToken: .refusal(400, "DH-906", "Invalid Token")
    }
  }

  mutating func authentication(
    _ request: SimulatedRequest, _ parts: ArraySlice<Substring>, at now: Timestamp
  ) -> Reply {
    guard request.method == .post, parts.elementsEqual(["generateAccessToken"]) else {
      return .unknownPath(request.path, at: now)
    }
    let status = Int(switches.mintRefusalStatus)
    guard let name = request.query["dhanClientId"], let account = ClientID(validating: name),
      let record = accounts[account]
    else { return .authenticationError(status, "Invalid Client ID") }
    guard let pin = request.query["pin"], isSixDigits(pin), record.settings.pin.map({ $0 == pin }) ?? true else {
      return .authenticationError(status, "Invalid Pin")
    }
    guard let code = request.query["totp"], isSixDigits(code), !switches.checksTOTP || matches(code, record, now) else {
      return .authenticationError(status, "Invalid TOTP")
    }
    if let last = record.lastMint, now - last < switches.mintInterval {
      return .authenticationError(status, "Token can be generated once every 2 minutes.")
    }
    accounts[account]?.lastMint = now
    return tokenObject(mint(for: account, at: now), account, at: now)
  }

  mutating func renew(_ request: SimulatedRequest, _ account: ClientID, at now: Timestamp) -> Reply {
    guard request.method == .get, request.statedClientID == account.description else { return .badInput }
    return tokenObject(mint(for: account, at: now), account, at: now)
  }

  /// Makes the one token that works from now on.
  mutating func mint(_ chosen: String? = nil, for account: ClientID, at now: Timestamp) -> String {
    killToken(of: account)
    mintedTokens += 1
    let until = now + switches.tokenValidity
    let token = chosen ?? SimulatorCore.webToken(account, validUntil: until, number: mintedTokens)
    tokens[token] = account
    accounts[account]?.token = token
    accounts[account]?.tokenValidUntil = until
    if switches.mintedStreams == .close { endStreams(of: account, .close) }
    return token
  }

  mutating func killToken(of account: ClientID) {
    if let token = accounts[account]?.token { tokens[token] = nil }
    accounts[account]?.token = nil
  }

  /// A token that can be read like the broker's, and whose signature is none.
  private static func webToken(_ account: ClientID, validUntil: Timestamp, number: UInt64) -> String {
    let header = #"{"typ":"JWT","alg":"HS512"}"#
    let claims =
      #"{"iss":"dhan","partnerId":"","exp":\#(validUntil.microseconds / 1_000_000),"tokenConsumerType":"SELF","#
      + #""webhookUrl":"","dhanClientId":"\#(account)"}"#
    return [header, claims, "simulator-\(number)"].map { base64URL(Data($0.utf8)) }.joined(separator: ".")
  }

  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private func tokenObject(_ token: String, _ account: ClientID, at now: Timestamp) -> Reply {
    let until = accounts[account]?.tokenValidUntil ?? now
    return .json { writer in
      writer.object {
        $0.field("dhanClientId", account.description)
        $0.field("dhanClientName", "SIMULATED CLIENT")
        $0.field("dhanClientUcc", "SIM\(account)")
        $0.field("givenPowerOfAttorney", false)
        $0.field("accessToken", token)
        $0.field("expiryTime", IndianTime.millisecond(until))
      }
    }
  }

  private func isSixDigits(_ text: String) -> Bool {
    text.utf8.count == 6 && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// RFC 6238 with 30 seconds and SHA-1; the code of the window before is accepted as well.
  private func matches(_ code: String, _ record: AccountRecord, _ now: Timestamp) -> Bool {
    guard let secret = record.settings.totpSecret.flatMap(SimulatorCore.base32) else { return false }
    let window = now.microseconds / 30_000_000
    return [window, window - 1].contains { SimulatorCore.code(secret, window: $0) == code }
  }

  static func code(_ secret: [UInt8], window: Int64) -> String {
    let message = withUnsafeBytes(of: window.bigEndian) { Data($0) }
    let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
    let start = Int(hash[hash.count - 1] & 0x0F)
    var number: UInt32 = 0
    for byte in hash[start..<start + 4] { number = number << 8 | UInt32(byte) }
    let digits = String((number & 0x7FFF_FFFF) % 1_000_000)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }

  static func base32(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.uppercased().utf8 where byte != UInt8(ascii: "=") {
      let value: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
      case UInt8(ascii: "2")...UInt8(ascii: "7"): value = byte - UInt8(ascii: "2") + 26
      default: return nil
      }
      bits = bits << 5 | UInt32(value)
      count += 5
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  func profile(_ account: ClientID, at now: Timestamp) -> Reply {
    let until = accounts[account]?.tokenValidUntil ?? now
    return .json { writer in
      writer.object {
        $0.field("dhanClientId", account.description)
        $0.field("tokenValidity", IndianTime.minute(until))
        $0.field(
          "activeSegment",
          switches.activeSegment == .words ? "Equity, Derivative, Currency, Commodity" : "E, D, C, M, ")
        $0.field("ddpi", "Active")
        $0.field("mtf", "Active")
        $0.field("dataPlan", switches.dataPlan ? "Active" : "Deactive")
        $0.field("dataValidity", IndianTime.second(until) + ".0")
      }
    }
  }

  mutating func addresses(
    _ call: String, _ request: SimulatedRequest, _ account: ClientID, at now: Timestamp
  ) -> Reply {
    guard let record = accounts[account] else { return .badInput }
    if request.method == .get, call == "getIP" { return addresses(record, request) }
    guard (request.method == .post && call == "setIP") || (request.method == .put && call == "modifyIP") else {
      return .unknownPath(request.path, at: now)
    }
    guard let body = JSONValue(request.body), body["dhanClientId"]?.text == account.description,
      let address = body["ip"]?.text, !address.isEmpty, let slot = body["ipFlag"]?.text,
      slot == "PRIMARY" || slot == "SECONDARY"
    else { return .badInput }
    let isPrimary = slot == "PRIMARY"
    let changed = isPrimary ? record.primaryChanged : record.secondaryChanged
    if call == "modifyIP", let changed, now - changed < .seconds(7 * 86_400) {
      return .refusal(400, "DH-905", "IP can be modified once in 7 days")
    }
    if isPrimary {
      accounts[account]?.primaryAddress = address
      accounts[account]?.primaryChanged = now
    } else {
      accounts[account]?.secondaryAddress = address
      accounts[account]?.secondaryChanged = now
    }
    return .json { writer in
      writer.object {
        $0.field("message", "IP saved successfully")
        $0.field("status", "SUCCESS")
      }
    }
  }

  private func addresses(_ record: AccountRecord, _ request: SimulatedRequest) -> Reply {
    guard record.primaryAddress != nil || record.secondaryAddress != nil else {
      return array {
        $0.object {
          $0.field("message", "No IP is set")
          $0.field("status", "ERROR")
        }
      }
    }
    let matches = record.allows(request.source)
    return object {
      $0.field("modifyDateSecondary", record.secondaryChanged.map { $0.indianDay.description })
      $0.field("secondaryIP", record.secondaryAddress)
      $0.field("modifyDatePrimary", record.primaryChanged.map { $0.indianDay.description })
      $0.field("primaryIP", record.primaryAddress)
      $0.field("detectedIP", request.source)
      $0.field(
        "ipMatchStatus", record.primaryAddress == request.source ? "PRIMARY_MATCH" : matches ? "MATCH" : "MISMATCH")
      $0.field("ordersAllowed", matches)
    }
  }
}
