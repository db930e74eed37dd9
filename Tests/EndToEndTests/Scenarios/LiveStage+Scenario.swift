import Foundation
import Testing

/// What every scenario is made of: a leader who acts at the simulator, and followers whose books are looked at.
extension LiveStage {
  /// Opens a simulator and a service that copies, ready to trade.
  ///
  /// - Parameters:
  ///   - switches: switches of the simulator. Orders reach its exchange in the order in which they were sent, if they say
  ///     nothing else: so the leader's is there before its copies.
  ///   - simulator: other sections of the simulator's settings file.
  ///   - lines: more sections of the configuration.
  ///   - before: what happens at the broker before the service starts for the first time.
  static func scenario(
    switches: String = "", simulator: String = "", followers: [Follower] = [.half], lines: [String] = [],
    before: (LiveStage) async throws -> Void = { _ in }
  ) async throws -> LiveStage {
    let transit = switches.contains("transit_delay") ? [] : ["transit_delay: 50ms"]
    let all = (transit + [switches]).filter { !$0.isEmpty }.joined(separator: ", ")
    let stage = try await open(settings: "switches: {\(all)}\n\(simulator)")
    try stage.configure(followers, lines: lines)
    try await before(stage)
    try await stage.startAndWait()
    return stage
  }

  // MARK: - Acting

  /// Places an order of an account from its phone; without a price a MARKET order. Returns its number.
  ///
  /// - Parameter more: more members of the JSON object, such as `"product":"INTRADAY"`.
  func order(
    by client: String = leader, _ side: String, _ units: Int, of security: String, at price: String? = nil,
    _ more: String = ""
  ) async throws -> String {
    struct Placed: Decodable { var order_id: String }
    let terms = price.map { ",\"price\":\($0)" } ?? ""
    let others = more.isEmpty ? "" : ",\(more)"
    let reply = try await simulator(
      "POST", "orders",
      #"{"account":"\#(client)","security_id":"\#(security)","side":"\#(side)","quantity":\#(units)\#(terms)\#(others)}"#
    )
    return try JSONDecoder().decode(Placed.self, from: reply).order_id
  }

  /// Shows new prices of the rest of the market; sizes are endless unless given, and 0 is no price.
  func quote(
    _ security: String, bid: String, ask: String, bidSize: Int? = nil, askSize: Int? = nil
  ) async throws {
    let sizes = [("bid_size", bidSize), ("ask_size", askSize)].compactMap { name, size in
      size.map { ",\"\(name)\":\($0)" }
    }
    try await simulator(
      "POST", "quotes", #"{"security_id":"\#(security)","bid":\#(bid),"ask":\#(ask)\#(sizes.joined())}"#)
  }

  /// Turns switches of the simulator; `switches` is the inside of a JSON object.
  func turn(_ switches: String) async throws { try await simulator("POST", "switches", "{\(switches)}") }

  // MARK: - Looking

  /// The account's orders in one contract, oldest first, in words.
  func rows(of client: String, _ security: String) async throws -> [String] {
    let (status, body) = try await http(
      "GET", "/v2/orders", headers: ["access-token": "simulator-\(client)", "client-id": client])
    try #require(status == 200, "\(String(decoding: body, as: UTF8.self))")
    return try JSONDecoder().decode([ScenarioOrder].self, from: body).filter { $0.securityId == security }
      .sorted { $0.orderId < $1.orderId }.map(\.words)
  }

  /// Waits until an account's orders in one contract are these.
  func untilRows(_ security: String, of client: String = asha, _ wanted: [String]) async throws {
    var last: [String] = []
    do {
      try await until("\(client) has these orders in \(security): \(wanted)") {
        last = try await rows(of: client, security)
        return last == wanted
      }
    } catch let error as NeverHappened {
      throw NeverHappened(description: "It has: \(last)\n\(error)")
    }
  }

  /// Waits until an account holds this, and nothing else.
  func untilHeld(by client: String = asha, _ wanted: [String: Int]) async throws {
    try await until("\(client) holds \(wanted)") { try await holdings(of: client) == wanted }
  }

  /// Waits until the log has taken note of an order's state.
  func untilLeaderOrder(_ order: String, _ status: String) async throws {
    try await until("the service knows that \(order) is \(status)") {
      try await events("leader.order").last { $0.text("order_id") == order }?.text("status") == status
    }
  }
}

/// An order as an account's own book shows it, with all of its terms.
struct ScenarioOrder: Decodable {
  var orderId: String
  var orderStatus: String
  var transactionType: String
  var securityId: String
  var productType: String
  var orderType: String
  var validity: String
  var quantity: Int
  var filledQty: Int
  var disclosedQuantity: Int
  var afterMarketOrder: Bool
  var price: Decimal
  var triggerPrice: Decimal

  /// Such as `BUY 65 at 152.30 TRADED` or `SELL 130 STOP_LOSS from 140.00 at 139.50 INTRADAY PENDING 65 filled`. What a
  /// copied order usually is – LIMIT, MARGIN, DAY, disclosed whole – is left out.
  var words: String {
    var words = ["\(transactionType) \(quantity)"]
    if orderType != "LIMIT" { words.append(orderType) }
    if triggerPrice > 0 { words.append("from \(Self.rupees(triggerPrice))") }
    if price > 0 { words.append("at \(Self.rupees(price))") }
    if productType != "MARGIN" { words.append(productType) }
    if validity != "DAY" { words.append(validity) }
    if disclosedQuantity > 0 { words.append("discloses \(disclosedQuantity)") }
    if afterMarketOrder { words.append("AMO") }
    words.append(orderStatus)
    if filledQty > 0, filledQty < quantity { words.append("\(filledQty) filled") }
    return words.joined(separator: " ")
  }

  private static func rupees(_ price: Decimal) -> String {
    let paise = (NSDecimalNumber(decimal: price * 100).doubleValue).rounded()
    return String(format: "%d.%02d", Int(paise) / 100, Int(paise) % 100)
  }
}

extension LiveStage.Follower {
  /// Half of what the leader does.
  static let half = ratio("1/2")

  static func ratio(
    _ ratio: String, name: String = "asha", client: String = LiveStage.asha, more: String = "", lines: [String] = []
  ) -> LiveStage.Follower {
    let others = more.isEmpty ? "" : ", \(more)"
    return LiveStage.Follower(
      name: name, client: client, lines: ["sizing: { strategy: fixed_ratio, ratio: \(ratio)\(others) }"] + lines)
  }
}
