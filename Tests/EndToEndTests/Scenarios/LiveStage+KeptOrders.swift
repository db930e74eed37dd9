import Foundation
import Testing

/// Orders that the broker keeps for the leader, and that become ordinary ones when their time has come.
extension LiveStage {
  /// Buys or sells 260 units of a contract, or what `terms` says, in words of the broker's own interface.
  private func keep(_ path: String, _ terms: [String: Any], of security: String) async throws -> String {
    var body: [String: Any] = [
      "dhanClientId": LiveStage.leader, "transactionType": "BUY", "exchangeSegment": "NSE_FNO", "productType": "MARGIN",
      "orderType": "LIMIT", "validity": "DAY", "securityId": security, "quantity": 260,
    ]
    body.merge(terms) { $1 }
    return try await askBroker("POST", path, body)
  }

  /// Calls the broker for the leader; returns the number in the reply.
  @discardableResult
  func askBroker(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> String {
    let text = try body.map {
      String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys), as: UTF8.self)
    }
    let (status, reply) = try await http(
      method, "/v2/\(path)", headers: ["access-token": "simulator-\(LiveStage.leader)"], body: text)
    try #require(status == 200, "\(method) \(path): \(String(decoding: reply, as: UTF8.self))")
    let answer = try JSONSerialization.jsonObject(with: reply) as? [String: Any]
    return try #require((answer?["orderId"] ?? answer?["alertId"]) as? String)
  }

  /// An entry with a target and a stop-loss behind it. Returns the number of the entry.
  func superOrder(of security: String, at price: Double, target: Double, stopLoss: Double) async throws -> String {
    try await keep(
      "super/orders", ["price": price, "targetPrice": target, "stopLossPrice": stopLoss, "trailingJump": 0],
      of: security)
  }

  func cancelSuperOrder(_ entry: String, leg: String) async throws {
    try await askBroker("DELETE", "super/orders/\(entry)/\(leg)")
  }

  /// An order that waits for its trigger over days, or two of which the first cancels the other.
  func foreverOrder(_ terms: [String: Any], of security: String) async throws -> String {
    try await keep("forever/orders", ["orderFlag": "SINGLE"].merging(terms) { $1 }, of: security)
  }

  /// Waits until the log has taken note of the leader's orders in one contract: these, in words, in the order of their numbers.
  func untilLeaderHas(_ security: String, _ wanted: [String]) async throws {
    try await untilRows(security, of: LiveStage.leader, wanted)
    for order in try await book(of: LiveStage.leader) { try await untilLeaderOrder(order.orderId, order.orderStatus) }
  }
}
