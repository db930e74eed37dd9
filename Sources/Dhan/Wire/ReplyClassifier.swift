import Domain
import Ports

/// Says what a reply proves (rules 27 and 39; dhan-api-v2.md §1.5, §12.1).
///
/// Texts are free of control characters and tokens, and at most 300 characters long.
enum ReplyClassifier {
  /// Only an order number proves that an order was taken, only the trading system's own words that it was not.
  /// Everything else is in doubt: a gateway's refusal, any 5xx, whatever its body, and what cannot be read.
  static func outcome(of call: BrokerCall, status: Int, body: [UInt8]) -> CallOutcome {
    let reply = Reply(body)
    let outcome: CallOutcome?
    switch status {
    case 200..<300: outcome = accepted(call, reply) ?? refused(call, reply)
    case 408: outcome = nil
    case 429: outcome = reply.error?.saysRateLimited == true ? refused(call, reply) : nil
    case 400..<500: outcome = refused(call, reply)
    default: outcome = nil
    }
    return outcome ?? .inDoubt(text: BrokerText.clean("HTTP \(status) with \(reply)"))
  }

  private static func accepted(_ call: BrokerCall, _ reply: Reply) -> CallOutcome? {
    switch call {
    case .place: return reply.orderID.map { .accepted($0) }
    case .modify(let orderID, _), .cancel(let orderID):
      // Whether a body comes, and which status it names, differs (§4.4): none of it is the outcome (rule 5).
      guard reply.error == nil, reply.isBlank || reply.isObject else { return nil }
      return reply.orderID == nil || reply.orderID == orderID ? .accepted(orderID) : nil
    }
  }

  private static func refused(_ call: BrokerCall, _ reply: Reply) -> CallOutcome? {
    guard let error = reply.error, let refusal = error.refusal(of: call) else { return nil }
    // A refusal that numbers an order contradicts itself.
    if case .place = call, reply.orderID != nil { return nil }
    return .refused(refusal, text: BrokerText.clean(error.description))
  }

  /// `nil` when the reply is a reading to hand to ``BookReader``, which looks at what is in it.
  static func readingFault(status: Int, body: [UInt8]) -> ReadingFault? {
    let isSuccess = (200..<300).contains(status)
    // An array is never parsed twice; the reader refuses one that holds an error.
    if isSuccess, body.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") { return nil }
    let reply = Reply(body)
    // No holdings: an error to the broker, an empty list to us.
    if reply.error?.code == BookReader.noHoldings { return nil }
    let text = BrokerText.clean("HTTP \(status) with \(reply)")
    if let error = reply.error {
      if error.saysDeadToken { return ReadingFault(.deadToken, text) }
      if error.saysRateLimited || error.code == "805" || status == 429 { return ReadingFault(.rateLimited, text) }
      return ReadingFault(.unreadable, text)
    }
    switch status {
    case 401: return ReadingFault(.deadToken, text)
    case 429: return ReadingFault(.rateLimited, text)
    default: return isSuccess && !reply.isBlank ? nil : ReadingFault(.unreadable, text)
    }
  }

  /// The body of a reply, as far as it can be read.
  private struct Reply: CustomStringConvertible {
    let length: Int
    let firstByte: UInt8?
    let value: LenientJSON.Value?
    let error: BrokerError?

    init(_ body: [UInt8]) {
      length = body.count
      firstByte = body.first { $0 > 0x20 }
      value = try? LenientJSON.body(body)
      error = value.flatMap { BrokerError($0) }
    }

    var isBlank: Bool { firstByte == nil }
    var isObject: Bool { content?.isObject ?? false }

    /// What is inside of `data` or of an array around it (E3, §4.5).
    private var content: LenientJSON.Value? {
      guard let value else { return nil }
      let inner = value.isObject ? value.telling("data") ?? value : value
      return inner.isArray ? inner.onlyChild : inner
    }

    var orderID: OrderID? {
      guard let orderID: OrderID = content?.telling("orderId", "orderNo")?.identifier(), orderID.text != "0" else {
        return nil
      }
      return orderID
    }

    var description: String {
      if let error { return error.description }
      if isBlank { return "an empty body" }
      if value != nil { return "a body of \(length) bytes that names no order and no error" }
      return firstByte == UInt8(ascii: "<") ? "a page of HTML" : "a body of \(length) bytes that is no JSON"
    }
  }
}
