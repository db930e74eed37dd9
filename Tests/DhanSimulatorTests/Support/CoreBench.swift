import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

/// The simulator without sockets, on a clock that only the test moves. It is a Wednesday, ten o'clock in India.
struct CoreBench {
  static let asha = "1000000002"
  static let nifty = "47317"

  var core: SimulatorCore
  var now = PaperDemo.start
  /// What streams were sent, in order.
  var sent: [StreamEffect] = []

  /// Orders take 50 ms to the exchange, replies 10 ms, updates 5 ms; limits are off.
  init(_ change: (inout SimulatorSettings) -> Void = { _ in }) {
    var settings = SimulatorSettings(seed: 1)
    settings.paper.transitDelay = .exactly(.milliseconds(50))
    settings.paper.replyDelay = .exactly(.milliseconds(10))
    settings.paper.updateDelay = .exactly(.milliseconds(5))
    settings.limits = .none
    change(&settings)
    core = SimulatorCore(settings, at: now)
  }

  mutating func pass(_ time: Microseconds) {
    // In the steps of a real clock: whatever is due happens at its own time.
    let end = now + time
    while let due = core.nextDue, due <= end {
      now = max(now, due)
      core.advance(to: now)
    }
    now = end
    core.advance(to: now)
    sent += core.takeEffects()
  }

  mutating func send(
    _ method: SimulatedRequest.Method, _ path: String, _ body: String = "", account: String = asha,
    token: String? = nil, from source: String = "127.0.0.1", query: [String: String] = [:], statedSource: String? = nil
  ) -> Delivery {
    let request = SimulatedRequest(
      method: method, path: path, query: query, token: token ?? "simulator-\(account)", statedClientID: account,
      dataClientID: account, source: source, statedSource: statedSource, body: Array(body.utf8))
    defer { sent += core.takeEffects() }
    return core.answer(request, at: now)
  }

  mutating func get(_ path: String, account: String = asha) -> Answer {
    Answer(send(.get, path, account: account).reply)
  }

  mutating func control(
    _ method: SimulatedRequest.Method, _ path: String, _ body: String = ""
  ) -> Answer {
    defer { sent += core.takeEffects() }
    return Answer(
      core.control(
        SimulatedRequest(method: method, path: "/simulator/" + path, source: "127.0.0.1", body: Array(body.utf8)),
        at: now))
  }

  /// A buy order of one lot that rests, unless told otherwise.
  static func order(
    _ changes: [String: String?] = [:], account: String = asha, price: String = "140.05", quantity: Int = 65,
    label: String? = nil
  ) -> String {
    var fields: [(String, String?)] = [
      ("dhanClientId", "\"\(account)\""), ("transactionType", "\"BUY\""), ("exchangeSegment", "\"NSE_FNO\""),
      ("productType", "\"MARGIN\""), ("orderType", "\"LIMIT\""), ("validity", "\"DAY\""),
      ("securityId", "\"\(nifty)\""), ("quantity", "\(quantity)"), ("price", price),
    ]
    if let label { fields.append(("correlationId", "\"\(label)\"")) }
    for (name, value) in changes {
      fields.removeAll { $0.0 == name }
      fields.append((name, value))
    }
    return "{" + fields.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",") + "}"
  }

  mutating func post(_ body: String, account: String = asha, from source: String = "127.0.0.1") -> Answer {
    Answer(send(.post, "/v2/orders", body, account: account, from: source).reply)
  }

  /// Places an order that the broker takes; returns its number.
  mutating func place(_ body: String = order(), account: String = asha) throws -> String {
    let answer = post(body, account: account)
    #expect(answer.status == 200, "\(answer.text)")
    return try #require(answer["orderId"] as? String)
  }

  mutating func order(_ id: String, account: String = asha) throws -> Answer {
    let answer = get("/v2/orders/\(id)", account: account)
    try #require(answer.object != nil, "\(answer.text)")
    return answer
  }

  mutating func modify(_ id: String, quantity: Int, price: String) -> Answer {
    Answer(
      send(
        .put, "/v2/orders/\(id)",
        #"{"dhanClientId":"\#(CoreBench.asha)","orderId":"\#(id)","orderType":"LIMIT","legName":"ENTRY_LEG","quantity":\#(quantity),"price":\#(price),"disclosedQuantity":0,"triggerPrice":0,"validity":"DAY"}"#
      ).reply)
  }

  mutating func cancel(_ id: String) -> Answer { Answer(send(.delete, "/v2/orders/\(id)").reply) }

  mutating func login(_ account: String = asha, token: String? = nil) -> Int {
    let stream = core.openStream(at: now)
    core.streamReceived(Array(CoreBench.login(account, token: token).utf8), on: stream, at: now)
    sent += core.takeEffects()
    return stream
  }

  static func login(_ account: String = asha, token: String? = nil) -> String {
    #"{"LoginReq":{"MsgCode":42,"ClientId":"\#(account)","Token":"\#(token ?? "simulator-\(account)")"},"UserType":"SELF"}"#
  }

  /// The `Data` of every message that `stream` was sent.
  func messages(_ stream: Int) throws -> [[String: Any]] {
    try sent.compactMap { effect in
      guard case .text(stream, let bytes) = effect else { return nil }
      return try CoreBench.message(Data(bytes))
    }
  }

  static func message(_ bytes: Data) throws -> [String: Any] {
    let message = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(message["Type"] as? String == "order_alert")
    return try #require(message["Data"] as? [String: Any])
  }

  func statuses(_ stream: Int) throws -> [String] { try messages(stream).compactMap { $0["status"] as? String } }
}

/// A reply, read by a parser that the simulator does not share.
struct Answer {
  let status: Int
  let bytes: Data

  init(status: Int, bytes: Data) {
    self.status = status
    self.bytes = bytes
  }

  init(_ reply: Reply) { self.init(status: reply.status, bytes: Data(reply.body)) }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var object: [String: Any]? { try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] }
  var array: [[String: Any]]? { try? JSONSerialization.jsonObject(with: bytes) as? [[String: Any]] }
  subscript(_ name: String) -> Any? { object?[name] }

  /// `400 DH-905`, or the status alone.
  var refusal: String { "\(status)\((self["errorCode"] as? String).map { " \($0)" } ?? "")" }
  var message: String { self["errorMessage"] as? String ?? "" }
}
