import Domain
import Ports
import Testing

@testable import Dhan

@Suite("Only proof makes a call accepted or refused (rules 27 and 39)")
struct ReplyClassifierTests {
  private static let ticket = OrderTicket(
    correlationID: "cp1-1", key: WireFixture.niftyMargin, side: .buy,
    terms: OrderTerms(quantity: Quantity(65), price: .limit(Paise(15_235))))
  static let place = BrokerCall.place(ticket)
  static let modify = BrokerCall.modify(
    "112111182198", OrderTerms(quantity: Quantity(65), price: .limit(Paise(15_235))))
  static let cancel = BrokerCall.cancel("112111182198")
  static let calls = [place, modify, cancel]

  private func outcome(_ call: BrokerCall, _ status: Int, _ body: String) -> CallOutcome {
    ReplyClassifier.outcome(of: call, status: status, body: Array(body.utf8))
  }

  private func isDoubt(_ outcome: CallOutcome) -> Bool {
    if case .inDoubt = outcome { return true }
    return false
  }

  private func error(_ code: String, _ message: String) -> String {
    "{\"errorType\":\"Order_Error\",\"errorCode\":\"\(code)\",\"errorMessage\":\"\(message)\"}"
  }

  @Test(
    "an order number under any 2xx is an acceptance, whatever status it comes with",
    arguments: [
      #"{"orderId":"112111182198","orderStatus":"TRANSIT"}"#, #"{"orderId":112111182198,"orderStatus":"REJECTED"}"#,
      #"[{"orderId":"112111182198","orderStatus":"PENDING"}]"#,
      #"{"status":"success","data":{"orderId":"112111182198"}}"#, #"{"ORDERID":"112111182198","errorCode":null}"#,
    ], [200, 201, 202])
  func accepted(body: String, status: Int) {
    for call in Self.calls { #expect(outcome(call, status, body) == .accepted("112111182198")) }
  }

  @Test("a modification or a cancel is accepted without a body, a placement is not (§4.4)", arguments: [200, 202, 204])
  func noBody(status: Int) {
    for body in ["", " ", "{}", "{\"orderStatus\":\"CANCELLED\"}"] {
      #expect(outcome(Self.modify, status, body) == .accepted("112111182198"))
      #expect(outcome(Self.cancel, status, body) == .accepted("112111182198"))
      #expect(isDoubt(outcome(Self.place, status, body)))
    }
  }

  @Test(
    "a 2xx that cannot be read, or speaks of another order, is in doubt",
    arguments: [
      "<html></html>", "OK", "{\"orderId\":\"1", "{\"orderId\":\"999\"}", "[{\"orderId\":\"1\"},{\"orderId\":\"2\"}]",
      "null",
    ])
  func doubtfulSuccess(body: String) {
    #expect(isDoubt(outcome(Self.cancel, 200, body)))
    #expect(isDoubt(outcome(Self.modify, 200, body)))
    if !body.contains("999") { #expect(isDoubt(outcome(Self.place, 200, body))) }
  }

  @Test(
    "every refusal of §1.5 is refused with its class, under its status and under 200",
    arguments: [
      ("DH-901", "Client ID or user generated access token is invalid or expired", 401, .deadToken),
      ("DH-906", "Invalid Token", 400, .deadToken), ("DH-906", "INVALID TOKEN", 401, .deadToken),
      ("DH-905", "Invalid IP", 400, .addressRefused), ("DH-911", "whatever", 403, .addressRefused),
      ("DH-905", "Missing required fields, bad values for parameters etc.", 400, .other),
      ("DH-905", "quantity is required", 400, .other), ("DH-905", "dhanClientId is required", 400, .other),
      ("DH-906", "Market is Closed! Want to place an offline order?", 400, .other),
      ("DH-906", "Incorrect request for order and cannot be processed", 400, .other),
      ("DH-906", "Incorrect request for order and cannot be processed", 404, .other),
      ("DH-906", "Trigger Price should be greater than Price", 400, .other),
      ("DH-906", "transactions blocked by RMS", 400, .other), ("DH-906", "Insufficient Funds", 400, .other),
      ("DH-906", "Transaction has Failed", 400, .other), ("DH-905", "Invalid ipo category", 400, .other),
      ("DH-904", "Too many requests on server from single user breaching rate limits", 429, .rateLimited),
      ("DH-902", "No access", 403, .other), ("DH-903", "Segment not activated", 400, .other),
    ] as [(String, String, Int, RefusalClass)])
  func refused(code: String, message: String, status: Int, refusal: RefusalClass) {
    for call in Self.calls {
      #expect(outcome(call, status, error(code, message)) == .refused(refusal, text: "\(code) \(message)"))
      #expect(outcome(call, 200, error(code, message)) == .refused(refusal, text: "\(code) \(message)"))
      for status in [408, 500, 502, 503] { #expect(isDoubt(outcome(call, status, error(code, message)))) }
    }
  }

  @Test("the order in transit and the quantity below what is filled are told apart, where they can be meant")
  func wordings() {
    func refusal(_ call: BrokerCall, _ message: String) -> RefusalClass? {
      if case .refused(let refusal, _) = outcome(call, 400, error("DH-906", message)) { return refusal }
      return nil
    }
    let transit = "Order is in Transit state, cannot be cancelled"
    #expect(refusal(Self.cancel, transit) == .inTransit)
    #expect(refusal(Self.modify, transit) == .inTransit)
    #expect(refusal(Self.place, transit) == .other)
    for message in ["Quantity 65 is below filled quantity 130", "Qty cannot be less than traded qty"] {
      #expect(refusal(Self.modify, message) == .belowFilled)
      #expect(refusal(Self.cancel, message) == .other)
      #expect(refusal(Self.place, message) == .other)
    }
    #expect(refusal(Self.modify, "Quantity should be a multiple of lot size") == .other)
  }

  @Test(
    "what is no proof is in doubt, for every call",
    arguments: [
      (401, ""), (403, ""), (404, ""), (401, "<html>401</html>"), (403, "<html>403</html>"), (404, "<html>"), (400, ""),
      (400, "Bad Request"), (429, ""), (429, "<html>"),
      (429, "{\"status\":\"failed\",\"data\":{\"805\":\"Too many\"}}"),
      (429, "{\"errorCode\":\"DH-905\",\"errorMessage\":\"x\"}"), (408, ""), (500, ""), (502, "<html>"), (503, "busy"),
      (504, ""), (301, ""), (302, "{\"orderId\":\"1\"}"), (100, ""), (0, ""), (599, "{\"orderId\":\"1\"}"),
      (400, "{\"errorCode\":\"DH-908\",\"errorMessage\":\"x\"}"),
      (400, "{\"errorCode\":\"DH-909\",\"errorMessage\":\"x\"}"),
      (400, "{\"errorCode\":\"DH-910\",\"errorMessage\":\"Invalid Token\"}"), (400, "{\"errorMessage\":\"x\"}"),
      (400, "{\"errorCode\":\"DH-906\",\"errorMessage\":\"x\""), (200, "{\"errorCode\":\"DH-908\"}"),
      (400, "{\"errorCode\":\"DH-906\"}{}"), (401, "{\"status\":\"failed\",\"remarks\":{\"error_code\":\"807\"}}"),
    ])
  func doubt(status: Int, body: String) {
    for call in Self.calls { #expect(isDoubt(outcome(call, status, body))) }
  }

  @Test("a refusal that numbers an order is no proof that none was placed")
  func contradiction() {
    let body = #"{"errorCode":"DH-906","errorMessage":"x","orderId":"112111182198"}"#
    #expect(isDoubt(outcome(Self.place, 400, body)))
    #expect(outcome(Self.cancel, 400, body) == .refused(.other, text: "DH-906 x"))
  }

  @Test(
    "of the envelopes E4 to E12 only those of the trading system refuse a placement",
    arguments: [
      ("e4-order-error.json", .other), ("e4-rate-limit.json", .rateLimited), ("e4-dead-token.json", .deadToken),
      ("e5-not-subscribed.json", nil), ("e5-too-many.json", nil), ("e6-token-expired.json", nil), ("e7-ip.json", nil),
      ("e8-not-found.json", nil), ("e9-mint.json", nil), ("e10-old.json", .other), ("e11-empty.txt", nil),
      ("e11-page.html", nil), ("e11-plain.txt", nil), ("e12-validation.json", .other),
    ] as [(String, RefusalClass?)])
  func envelopes(file: String, refusal: RefusalClass?) throws {
    let outcome = ReplyClassifier.outcome(of: Self.place, status: 400, body: try WireFixture.bytes("errors/\(file)"))
    if case .refused(let given, _) = outcome { #expect(given == refusal) } else { #expect(refusal == nil) }
  }

  @Test("texts hold no token, no control characters, and at most three hundred characters")
  func texts() {
    let token = "eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJkaGFuIn0.c2VjcmV0LXNpZ25hdHVyZQ"
    let message = "Invalid\\u0007 header \(token)\\u202e " + String(repeating: "word ", count: 100)
    guard case .refused(_, let text) = outcome(Self.place, 400, error("DH-905", message)) else {
      Issue.record("not refused")
      return
    }
    #expect(text.hasPrefix("DH-905 Invalid header «token» word "))
    #expect(text.count == 300)
    let code = outcome(Self.place, 400, error("DH-\(token)", "x"))
    #expect(!"\(code)".contains("c2Vj"))
  }

  @Test("a piece of a token is none either")
  func pieces() {
    #expect(BrokerText.clean("a " + String(repeating: "x", count: 32)) == "a «token»")
    #expect(BrokerText.clean("a " + String(repeating: "x", count: 31)).hasSuffix("x"))
    #expect(BrokerText.clean("ey\u{0}Jabc") == "«token»")
    #expect(BrokerText.clean("RMS:112111182198:NIFTY-Sep2026-23950-CE") == "RMS:112111182198:NIFTY-Sep2026-23950-CE")
    let once = BrokerText.clean(String(repeating: "é ", count: 400))
    #expect(BrokerText.clean(once) == once)
  }

  @Test(
    "a reading's fault has the reason that its body or its status gives",
    arguments: [
      (401, "", .deadToken), (401, "<html>", .deadToken),
      (400, "{\"errorCode\":\"DH-906\",\"errorMessage\":\"Invalid Token\"}", .deadToken),
      (200, "{\"errorCode\":\"DH-901\"}", .deadToken),
      (400, "{\"status\":\"failed\",\"remarks\":{\"error_code\":\"807\"}}", .deadToken),
      (401, "{\"status\":\"failed\",\"data\":{\"806\":\"Data APIs not Subscribed\"}}", .unreadable),
      (429, "", .rateLimited), (429, "{\"errorCode\":\"DH-904\"}", .rateLimited),
      (200, "{\"errorCode\":\"DH-904\"}", .rateLimited),
      (400, "{\"status\":\"failed\",\"data\":{\"805\":\"Too many\"}}", .rateLimited), (500, "", .unreadable),
      (503, "[]", .unreadable),
      (404, "{\"errorCode\":\"DH-906\"}", .unreadable), (403, "", .unreadable), (302, "[]", .unreadable),
      (204, "", .unreadable),
      (200, "", .unreadable), (500, "{\"errorCode\":\"DH-1111\"}", nil), (200, "[]", nil), (200, " [{", nil),
      (200, "{\"a\":1}", nil),
      (200, "<html>", nil),
    ] as [(Int, String, ReadingFault.Reason?)])
  func readings(status: Int, body: String, reason: ReadingFault.Reason?) {
    let fault = ReplyClassifier.readingFault(status: status, body: Array(body.utf8))
    #expect(fault?.reason == reason)
    #expect(fault?.text.hasPrefix("HTTP \(status) ") ?? true)
  }
}

@Suite("Every error body is read into a code and a message")
struct BrokerErrorTests {
  @Test(
    "the envelopes E4 to E12",
    arguments: [
      ("e4-order-error.json", "DH-906", "Incorrect request for order and cannot be processed"),
      ("e4-dead-token.json", "DH-901", "Client ID or user generated access token is invalid or expired"),
      (
        "e4-rate-limit.json", "DH-904",
        "Too many requests on server from single user breaching rate limits. Try throttling API calls."
      ),
      ("e4-no-holdings.json", "DH-1111", "No holdings available"),
      ("e5-not-subscribed.json", "806", "Data APIs not Subscribed"),
      ("e5-too-many.json", "805", "Too many requests. Further requests may result in the user being blocked."),
      ("e6-token-expired.json", "807", "Access token is expired"), ("e7-ip.json", nil, "No IP found for the client"),
      ("e8-not-found.json", nil, "Not Found"), ("e9-mint.json", nil, "Token can be generated once every 2 minutes."),
      ("e10-old.json", "RS-9005", "Missing required fields"),
      ("e12-validation.json", "E001", "quantity must be positive"),
    ] as [(String, String?, String)])
  func envelopes(file: String, code: String?, message: String) throws {
    let error = try #require(BrokerError(body: WireFixture.bytes("errors/\(file)")))
    #expect(error.code == code)
    #expect(error.message == message)
  }

  @Test("names of keys may have any casing and style, and messages may be missing")
  func names() {
    func error(_ text: String) -> BrokerError? { BrokerError(body: Array(text.utf8)) }
    #expect(error(#"{"ERRORCODE":"dh-905","ErrorMessage":"x"}"#)?.description == "DH-905 x")
    #expect(error(#"{"error_code":"DH-905","error_message":"x"}"#)?.description == "DH-905 x")
    #expect(error(#"{"errorType":"Order_Error","errorCode":"","errorMessage":null}"#)?.description == "Order_Error")
    #expect(error(#"{"status":"failure","remarks":"timed out"}"#)?.description == "timed out")
    #expect(error(#"{"status":"failed"}"#)?.description == "without a message")
  }

  @Test(
    "readings and replies are no errors",
    arguments: [
      "readings/orders.json", "readings/positions.json", "readings/funds.json", "readings/profile.json",
      "readings/trades.json", "readings/holdings.json", "readings/margin.json", "readings/margin-multi.json",
      "stream/wire-style.json", "errors/e11-empty.txt", "errors/e11-page.html", "errors/e11-plain.txt",
    ])
  func none(file: String) throws { #expect(BrokerError(body: try WireFixture.bytes(file)) == nil) }
}
