import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

/// The call 47317 stands at 151.90 / 152.30 when each test begins.
@Suite("Forever orders") struct ForeverOrderTests {
  private static func body(_ changes: [String: String?] = [:]) -> String {
    CoreBench.order(
      ["orderFlag": "\"SINGLE\"", "triggerPrice": "155"].merging(changes) { $1 }, price: "160")
  }

  private static let bracket: [String: String?] = [
    "orderFlag": "\"OCO\"", "transactionType": "\"SELL\"", "price": "169", "triggerPrice": "170", "price1": "138",
    "triggerPrice1": "140", "quantity1": "65",
  ]

  private func place(_ bench: inout CoreBench, _ body: String = body()) throws -> String {
    let answer = Answer(bench.send(.post, "/v2/forever/orders", body).reply)
    #expect(answer["orderStatus"] as? String == "CONFIRM", "\(answer.text)")
    return try #require(answer["orderId"] as? String)
  }

  private func show(_ bench: inout CoreBench, bid: String, ask: String) {
    #expect(bench.control(.post, "quotes", #"{"security_id":"47317","bid":\#(bid),"ask":\#(ask)}"#).status == 200)
    bench.pass(.seconds(1))
  }

  private func statuses(_ bench: inout CoreBench) -> [String?]? {
    bench.get("/v2/forever/orders").array?.map { $0["orderStatus"] as? String }
  }

  @Test("S18: a forever order stands in its own list as CONFIRM until a quote meets its trigger, then in the main book")
  func single() throws {
    var bench = CoreBench()
    let stream = bench.login()
    let id = try place(&bench)
    bench.pass(.seconds(1))
    let row = try #require(bench.get("/v2/forever/orders").array?.first)
    #expect(row["orderId"] as? String == id && row["orderStatus"] as? String == "CONFIRM")
    #expect(row["orderType"] as? String == "SINGLE" && row["legName"] as? String == "TARGET_LEG")
    #expect(row["price"] as? Double == 160 && row["triggerPrice"] as? Double == 155)
    #expect(row["drvStrikePrice"] as? Double == 24_000)
    show(&bench, bid: "154.70", ask: "155.20")
    #expect(bench.get("/v2/orders").text == "[]" && bench.sent.isEmpty)
    show(&bench, bid: "154.80", ask: "155.20")
    let order = try #require(bench.get("/v2/orders").array?.first)
    #expect(order["orderType"] as? String == "LIMIT" && order["price"] as? Double == 160)
    #expect(order["orderStatus"] as? String == "TRADED" && order["averageTradedPrice"] as? Double == 155.2)
    #expect(order["orderId"] as? String != id)
    let message = try #require(bench.messages(stream).last)
    #expect(message["orderNo"] as? String == order["orderId"] as? String && message["tradedQty"] as? Int == 65)
    #expect(statuses(&bench) == ["TRADED"])
    // It fires once.
    show(&bench, bid: "150", ask: "150.40")
    show(&bench, bid: "156", ask: "156.40")
    #expect(bench.get("/v2/orders").array?.count == 1)
  }

  @Test("S18: a trade meets a trigger as a quote does, and a trigger below the market waits for the fall")
  func otherWays() throws {
    var traded = CoreBench()
    _ = try place(&traded, ForeverOrderTests.body(["triggerPrice": "152.25"]))
    _ = try traded.place(CoreBench.order(account: "1000000003", price: "152.35"), account: "1000000003")
    traded.pass(.seconds(1))
    #expect(traded.get("/v2/orders").array?.first?["orderStatus"] as? String == "TRADED")

    var falling = CoreBench()
    _ = try place(&falling, ForeverOrderTests.body(["triggerPrice": "150", "orderType": "\"MARKET\"", "price": "0"]))
    show(&falling, bid: "156", ask: "156.40")
    #expect(falling.get("/v2/orders").text == "[]")
    show(&falling, bid: "149.70", ask: "150.10")
    #expect(falling.get("/v2/orders").array?.first?["averageTradedPrice"] as? Double == 150.1)
  }

  @Test(
    "S18: of an OCO the leg whose trigger is met becomes an order, and the other one is cancelled",
    arguments: [
      ("170", "170.40", ["TRADED", "CANCELLED"], 170.0), ("139.50", "139.90", ["CANCELLED", "TRADED"], 139.5),
    ])
  func oneCancelsOther(_ bid: String, _ ask: String, _ ends: [String], _ price: Double) throws {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(price: "152.35"))
    bench.pass(.seconds(1))
    let id = try place(&bench, ForeverOrderTests.body(ForeverOrderTests.bracket))
    let rows = try #require(bench.get("/v2/forever/orders").array)
    #expect(rows.map { $0["legName"] as? String } == ["TARGET_LEG", "STOP_LOSS_LEG"])
    #expect(rows.allSatisfy { $0["orderId"] as? String == id && $0["orderType"] as? String == "OCO" })
    show(&bench, bid: bid, ask: ask)
    #expect(statuses(&bench) == ends)
    #expect(bench.get("/v2/orders").array?.last?["averageTradedPrice"] as? Double == price)
    #expect(bench.get("/v2/positions").array?.first?["netQty"] as? Int == 0)
  }

  @Test("a forever order is modified leg by leg and cancelled while it is armed, and neither afterwards")
  func changes() throws {
    var bench = CoreBench()
    let id = try place(&bench, ForeverOrderTests.body(ForeverOrderTests.bracket))
    func modify(_ leg: String, trigger: String) -> Answer {
      Answer(
        bench.send(
          .put, "/v2/forever/orders/\(id)",
          #"{"dhanClientId":"\#(CoreBench.asha)","orderId":"\#(id)","orderFlag":"OCO","orderType":"LIMIT","legName":"\#(leg)","quantity":130,"price":130,"disclosedQuantity":0,"triggerPrice":\#(trigger),"validity":"DAY"}"#
        ).reply)
    }
    #expect(modify("STOP_LOSS_LEG", trigger: "135")["orderStatus"] as? String == "CONFIRM")
    #expect(modify("ENTRY_LEG", trigger: "135").refusal == "400 DH-905")
    #expect(modify("STOP_LOSS_LEG", trigger: "0").refusal == "400 DH-905")
    let rows = try #require(bench.get("/v2/forever/orders").array)
    #expect(rows.map { $0["triggerPrice"] as? Double } == [170, 135])
    #expect(rows.map { $0["quantity"] as? Int } == [65, 130])
    show(&bench, bid: "139", ask: "139.40")
    #expect(bench.get("/v2/orders").text == "[]")
    // Another client's order is nobody's.
    #expect(bench.send(.delete, "/v2/forever/orders/\(id)", account: "1000000003").reply.status == 400)
    let cancelled = Answer(bench.send(.delete, "/v2/forever/orders/\(id)").reply)
    #expect(cancelled["orderId"] as? String == id && cancelled["orderStatus"] as? String == "CANCELLED")
    show(&bench, bid: "130", ask: "130.40")
    #expect(bench.get("/v2/orders").text == "[]" && statuses(&bench) == ["CANCELLED", "CANCELLED"])
    #expect(modify("STOP_LOSS_LEG", trigger: "120").refusal == "400 DH-906")
    #expect(Answer(bench.send(.delete, "/v2/forever/orders/\(id)").reply).refusal == "400 DH-906")
  }

  @Test(
    "S4: the body of a forever order that is not exactly right is refused with DH-905",
    arguments: [
      ["orderFlag": nil], ["orderFlag": "\"GTT\""], ["triggerPrice": nil], ["triggerPrice": "0"], ["price": "0"],
      ["orderType": "\"STOP_LOSS\""], ["orderFlag": "\"OCO\""], ["afterMarketOrder": "false"], ["quantity": "0"],
      ["correlationId": "\"\""],
    ] as [[String: String?]])
  func strictBody(_ change: [String: String?]) {
    var bench = CoreBench()
    let answer = Answer(bench.send(.post, "/v2/forever/orders", ForeverOrderTests.body(change)).reply)
    #expect(answer.refusal == "400 DH-905", "\(change) gave \(answer.text)")
    #expect(bench.get("/v2/forever/orders").text == "[]")
  }

  @Test("S11: a forever order is placed from a registered address only, and read from anywhere")
  func address() {
    var bench = CoreBench { $0.accounts[1].addresses = ["10.0.0.1"] }
    #expect(Answer(bench.send(.post, "/v2/forever/orders", ForeverOrderTests.body()).reply).message == "Invalid IP")
    #expect(Answer(bench.send(.put, "/v2/forever/orders/1", "{}").reply).message == "Invalid IP")
    #expect(Answer(bench.send(.delete, "/v2/forever/orders/1").reply).message == "Invalid IP")
    #expect(bench.get("/v2/forever/orders").text == "[]")
  }

  @Test("a forever order outlives the day, and rests while the market is closed")
  func overnight() throws {
    var bench = CoreBench()
    _ = try place(&bench)
    _ = bench.control(.post, "switches", #"{"market_hours":"closed"}"#)
    show(&bench, bid: "156", ask: "156.40")
    #expect(bench.get("/v2/orders").text == "[]")
    _ = bench.control(.post, "switches", #"{"market_hours":"always_open"}"#)
    bench.pass(.seconds(1))
    #expect(statuses(&bench) == ["CONFIRM"])
    show(&bench, bid: "156", ask: "156.40")
    #expect(statuses(&bench) == ["TRADED"])
  }

  @Test("S18: only what the market shows after a trigger was set meets it: no older trade does")
  func olderTrades() throws {
    var bench = CoreBench()
    let id = try place(&bench, ForeverOrderTests.body(["triggerPrice": "170"]))
    _ = try bench.place(CoreBench.order(account: "1000000003", price: "152.35"), account: "1000000003")
    bench.pass(.seconds(1))
    show(&bench, bid: "149.80", ask: "150.20")
    let modified = bench.send(
      .put, "/v2/forever/orders/\(id)",
      #"{"dhanClientId":"\#(CoreBench.asha)","orderId":"\#(id)","orderFlag":"SINGLE","orderType":"LIMIT","legName":"TARGET_LEG","quantity":65,"price":160,"triggerPrice":151,"validity":"DAY"}"#
    )
    #expect(modified.reply.status == 200)
    bench.pass(.seconds(1))
    #expect(statuses(&bench) == ["CONFIRM"])
    // The trade of 152.30 is the only price that is left.
    bench.pass(.seconds(60))
    show(&bench, bid: "0", ask: "0")
    #expect(statuses(&bench) == ["CONFIRM"])
    show(&bench, bid: "150.90", ask: "151.30")
    #expect(statuses(&bench) == ["TRADED"])
  }

  @Test("S18: the kill switch rejects what a forever order becomes")
  func killed() throws {
    var bench = CoreBench()
    _ = try place(&bench)
    #expect(bench.send(.post, "/v2/killswitch", query: ["killSwitchStatus": "ACTIVATE"]).reply.status == 200)
    show(&bench, bid: "156", ask: "156.40")
    #expect(bench.get("/v2/orders").array?.first?["orderStatus"] as? String == "REJECTED")
    #expect(statuses(&bench) == ["REJECTED"])
  }

  @Test(
    "S16: a late taking waits for a call that reaches the exchange; other faults meet forever orders as any order")
  func faults() throws {
    var bench = CoreBench()
    _ = bench.control(.post, "faults", #"{"kind":"take_late"}"#)
    _ = try place(&bench)
    #expect(bench.send(.post, "/v2/orders", CoreBench.order()).manner == .hang)
    _ = bench.control(.post, "faults", #"{"kind":"hang","on":"place","taken":true}"#)
    #expect(bench.send(.post, "/v2/forever/orders", ForeverOrderTests.body()).manner == .hang)
    #expect(bench.get("/v2/forever/orders").array?.count == 2)
  }
}
