import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

/// The share 1333 stands at 980.00 / 980.20 when each test begins, the call 47317 at 151.90 / 152.30.
@Suite("Conditional orders") struct ConditionalOrderTests {
  private static let orders = """
    [{"transactionType":"BUY","exchangeSegment":"NSE_FNO","productType":"MARGIN","orderType":"LIMIT",
      "securityId":"47317","quantity":65,"validity":"DAY","price":"152.35","discQuantity":"0","triggerPrice":"0"},
     {"transactionType":"BUY","exchangeSegment":"NSE_FNO","productType":"MARGIN","orderType":"LIMIT",
      "securityId":"47318","quantity":65,"validity":"DAY","price":"130.00"}]
    """

  /// - Parameter changes: members of the condition in place of the usual ones; `nil` leaves one out.
  private static func body(_ changes: [String: String?] = [:], orders: String = orders) -> String {
    var condition: [String: String?] = [
      "comparisonType": "\"PRICE_WITH_VALUE\"", "exchangeSegment": "\"NSE_EQ\"", "securityId": "\"1333\"",
      "operator": "\"CROSSING_UP\"", "comparingValue": "990", "expDate": "\"2026-12-31\"", "frequency": "\"ONCE\"",
      "userNote": "\"a note\"",
    ]
    condition.merge(changes) { $1 }
    let members = condition.sorted { $0.key < $1.key }.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    return #"{"dhanClientId":"1000000002","condition":{\#(members.joined(separator: ","))},"orders":\#(orders)}"#
  }

  private func place(_ bench: inout CoreBench, _ body: String = body()) throws -> String {
    let answer = Answer(bench.send(.post, "/v2/alerts/orders", body).reply)
    #expect(answer["alertStatus"] as? String == "ACTIVE", "\(answer.text)")
    return try #require(answer["alertId"] as? String)
  }

  /// Shows a quote of the share whose middle is `price`.
  private func show(_ bench: inout CoreBench, _ price: Double) {
    let quote = #"{"security_id":"1333","bid":\#(price - 0.1),"ask":\#(price + 0.1)}"#
    #expect(bench.control(.post, "quotes", quote).status == 200)
    bench.pass(.seconds(1))
  }

  private func status(_ bench: inout CoreBench, _ id: String) -> String? {
    bench.get("/v2/alerts/orders/\(id)")["alertStatus"] as? String
  }

  @Test("its orders are in no book until the share crosses the value; then they are ordinary orders, once")
  func triggered() throws {
    var bench = CoreBench()
    let id = try place(&bench)
    show(&bench, 989.9)
    #expect(bench.get("/v2/orders").text == "[]" && status(&bench, id) == "ACTIVE")
    show(&bench, 990)
    let book = try #require(bench.get("/v2/orders").array)
    #expect(book.map { $0["orderStatus"] as? String } == ["TRADED", "PENDING"])
    #expect(book.map { $0["price"] as? Double } == [152.35, 130])
    let listed = try #require(bench.get("/v2/alerts/orders").array?.first)
    #expect(listed["alertId"] as? String == id && listed["alertStatus"] as? String == "TRIGGERED")
    #expect((listed["triggeredTime"] as? String)?.hasPrefix("2026-") == true && listed["lastPrice"] as? Double == 990)
    show(&bench, 980)
    show(&bench, 995)
    #expect(bench.get("/v2/orders").array?.count == 2)
    #expect(bench.get("/v2/alerts/orders", account: "1000000003").text == "[]")
  }

  @Test(
    "a comparison is met as its word says, at once where it holds already",
    arguments: [
      ("CROSSING_DOWN", [981, 970.0], [false, true]), ("CROSSING_ANY_SIDE", [970, 981.0], [true, true]),
      ("GREATER_THAN", [975, 975.1], [true, true]), ("LESS_THAN", [975, 974.9], [false, true]),
      ("LESS_THAN_EQUAL", [975.1, 975], [false, true]), ("EQUAL", [974, 975], [false, true]),
    ])
  func comparisons(_ word: String, _ prices: [Double], _ wanted: [Bool]) throws {
    var bench = CoreBench()
    let id = try place(&bench, Self.body(["operator": "\"\(word)\"", "comparingValue": "975"]))
    for (price, isMet) in zip(prices, wanted) {
      show(&bench, price)
      #expect(status(&bench, id) == (isMet ? "TRIGGERED" : "ACTIVE"), "\(word) at \(price)")
    }
  }

  @Test("it is modified and cancelled while it is active, and neither afterwards; another client's is nobody's")
  func changes() throws {
    var bench = CoreBench()
    let id = try place(&bench)
    let modified = bench.send(.put, "/v2/alerts/orders/\(id)", Self.body(["comparingValue": "995"])).reply
    #expect(modified.status == 200)
    show(&bench, 991)
    #expect(status(&bench, id) == "ACTIVE")
    #expect(bench.send(.delete, "/v2/alerts/orders/\(id)", account: "1000000003").reply.status == 400)
    let cancelled = Answer(bench.send(.delete, "/v2/alerts/orders/\(id)").reply)
    #expect(cancelled["alertId"] as? String == id && cancelled["alertStatus"] as? String == "CANCELLED")
    show(&bench, 996)
    #expect(bench.get("/v2/orders").text == "[]" && status(&bench, id) == "CANCELLED")
    #expect(Answer(bench.send(.put, "/v2/alerts/orders/\(id)", Self.body()).reply).refusal == "400 DH-906")
    #expect(Answer(bench.send(.delete, "/v2/alerts/orders/\(id)").reply).refusal == "400 DH-906")
  }

  @Test("it outlives the day, and ends with its last one") func lastDay() throws {
    var bench = CoreBench { $0.switches.tokenValidity = .seconds(200_000) }
    let id = try place(&bench, Self.body(["expDate": "\"\(bench.now.indianDay)\""]))
    _ = bench.control(.post, "switches", #"{"market_hours":"closed"}"#)
    bench.pass(.seconds(86_400))
    _ = bench.control(.post, "switches", #"{"market_hours":"always_open"}"#)
    show(&bench, 996)
    #expect(status(&bench, id) == "EXPIRED" && bench.get("/v2/orders").text == "[]")
  }

  @Test(
    "S4: a body that is not exactly right, and a condition that is not watched here, is refused with DH-905",
    arguments: [
      ["comparisonType": "\"TECHNICAL_WITH_VALUE\""], ["exchangeSegment": "\"IDX_I\"", "securityId": "\"13\""],
      ["exchangeSegment": "\"NSE_FNO\"", "securityId": "\"47317\""], ["operator": "\"ABOVE\""],
      ["comparingValue": nil], ["expDate": nil], ["frequency": "\"ALWAYS\""], ["surprise": "1"],
    ] as [[String: String?]])
  func strictBody(_ change: [String: String?]) {
    var bench = CoreBench()
    let answer = Answer(bench.send(.post, "/v2/alerts/orders", Self.body(change)).reply)
    #expect(answer.refusal == "400 DH-905", "\(change) gave \(answer.text)")
    let none = Answer(bench.send(.post, "/v2/alerts/orders", Self.body(orders: "[]")).reply)
    #expect(none.refusal == "400 DH-905")
    #expect(bench.get("/v2/alerts/orders").text == "[]")
  }

  @Test("S11: it is placed from a registered address only; S18: the kill switch rejects what it becomes")
  func controls() throws {
    var elsewhere = CoreBench { $0.accounts[1].addresses = ["10.0.0.1"] }
    #expect(Answer(elsewhere.send(.post, "/v2/alerts/orders", Self.body()).reply).message == "Invalid IP")
    var killed = CoreBench()
    _ = try place(&killed)
    #expect(killed.send(.post, "/v2/killswitch", query: ["killSwitchStatus": "ACTIVATE"]).reply.status == 200)
    show(&killed, 991)
    #expect(killed.get("/v2/orders").array?.allSatisfy { $0["orderStatus"] as? String == "REJECTED" } == true)
  }
}
