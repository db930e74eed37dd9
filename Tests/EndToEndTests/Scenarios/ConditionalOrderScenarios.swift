import Foundation
import Testing

/// Orders that the leader's broker places when the price of a share gets somewhere.
@Suite("Scenarios: conditional orders", .serialized, .timeLimit(.minutes(10))) struct ConditionalOrderScenarios {
  private typealias Contract = LiveStage.Contract

  private static let share = "1333"

  /// Buys a call at once, and a put at a price at which it rests, when the share rises to a price.
  private static func terms(risesTo price: Int) -> [String: Any] {
    func order(_ security: String, _ units: Int, _ price: String) -> [String: Any] {
      [
        "transactionType": "BUY", "exchangeSegment": "NSE_FNO", "productType": "MARGIN", "orderType": "LIMIT",
        "securityId": security, "quantity": units, "validity": "DAY", "price": price, "discQuantity": "0",
        "triggerPrice": "0",
      ]
    }
    return [
      "dhanClientId": LiveStage.leader,
      "condition": [
        "comparisonType": "PRICE_WITH_VALUE", "exchangeSegment": "NSE_EQ", "securityId": share,
        "operator": "CROSSING_UP", "comparingValue": price, "expDate": "2030-12-31", "frequency": "ONCE",
      ] as [String: Any],
      "orders": [order(Contract.call, 260, "152.30"), order(Contract.put, 130, "130.00")],
    ]
  }

  /// That nothing was sent, although the service has seen what the leader did since.
  private func expectNothingYet(_ stage: LiveStage) async throws {
    let other = try await stage.order("BUY", 60, of: Contract.bank, at: "310.60")
    try await stage.untilLeaderOrder(other, "TRADED")
    try await stage.untilRows(Contract.bank, ["BUY 30 at 310.60 TRADED"])
    #expect(try await stage.book(of: LiveStage.asha).count == 1)
  }

  @Test("scenario 56: of a conditional order nothing is sent before its condition is met; its orders are copied then")
  func triggered() async throws {
    let stage = try await LiveStage.scenario()
    _ = try await stage.askBroker("POST", "alerts/orders", Self.terms(risesTo: 990))
    // Nearly there.
    try await stage.quote(Self.share, bid: "989.80", ask: "990.00")
    try await expectNothingYet(stage)
    try await stage.quote(Self.share, bid: "990.00", ask: "990.20")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED"])
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    let resting = try #require(
      try await stage.book(of: LiveStage.leader).first { $0.securityId == Contract.put }?.orderId)
    try await stage.cancelLeaderOrder(resting)
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 CANCELLED"])
    try await stage.finish(holding: [Contract.call: 130, Contract.bank: 30])
  }

  @Test(
    "scenario 56: one that the leader changes is copied when its new condition is met; one that he takes back, never")
  func changed() async throws {
    let stage = try await LiveStage.scenario()
    let first = try await stage.askBroker("POST", "alerts/orders", Self.terms(risesTo: 990))
    let second = try await stage.askBroker("POST", "alerts/orders", Self.terms(risesTo: 990))
    try await stage.askBroker("PUT", "alerts/orders/\(first)", Self.terms(risesTo: 995))
    try await stage.askBroker("DELETE", "alerts/orders/\(second)")
    try await stage.quote(Self.share, bid: "992.00", ask: "992.20")
    try await expectNothingYet(stage)
    try await stage.quote(Self.share, bid: "995.00", ask: "995.20")
    try await stage.untilRows(Contract.call, ["BUY 130 at 152.30 TRADED"])
    try await stage.untilRows(Contract.put, ["BUY 65 at 130.00 PENDING"])
    try await stage.quote(Contract.put, bid: "129.80", ask: "130.00")
    try await stage.finish(holding: [Contract.call: 130, Contract.put: 65, Contract.bank: 30])
  }
}
