import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Orders") struct OrderTests {
  @Test("S1: an order is TRANSIT at the reply, and PENDING, TRADED or REJECTED after the delay")
  func course() throws {
    for (body, end) in [
      (CoreBench.order(), "PENDING"), (CoreBench.order(price: "152.35"), "TRADED"),
      (CoreBench.order(quantity: 64), "REJECTED"),
    ] {
      var bench = CoreBench()
      let delivery = bench.send(.post, "/v2/orders", body)
      let answer = Answer(delivery.reply)
      #expect(answer.status == 200 && answer["orderStatus"] as? String == "TRANSIT")
      #expect(delivery.delay == .milliseconds(10))
      let id = try #require(answer["orderId"] as? String)
      bench.pass(.milliseconds(49))
      #expect(try bench.order(id)["orderStatus"] as? String == "TRANSIT")
      bench.pass(.milliseconds(1))
      #expect(try bench.order(id)["orderStatus"] as? String == end)
    }
  }

  @Test("S2: in TRANSIT a cancellation is refused, a modification taken, and the label not found")
  func transit() throws {
    var bench = CoreBench()
    let id = try bench.place(CoreBench.order(label: "cp1-1"))
    let refused = bench.cancel(id)
    #expect(refused.refusal == "400 DH-906" && refused.message.contains("Transit state"))
    #expect(bench.get("/v2/orders/external/cp1-1").refusal == "404 DH-906")
    let row = try #require(bench.get("/v2/orders").array?.first)
    #expect(row["orderStatus"] as? String == "TRANSIT" && row["exchangeTime"] as? String == "0001-01-01 00:00:00")
    #expect(bench.modify(id, quantity: 130, price: "140.10").status == 200)
    bench.pass(.milliseconds(100))
    let found = bench.get("/v2/orders/external/cp1-1")
    #expect(found["orderId"] as? String == id && found["quantity"] as? Int == 130 && found["price"] as? Double == 140.1)
    #expect(found["exchangeTime"] as? String == "2026-11-25 10:00:00")
  }

  @Test("S3: what is unknown answers [] by number, 404 by label, and E8 by path")
  func unknown() {
    var bench = CoreBench()
    #expect(bench.get("/v2/orders/112111182198").text == "[]")
    let label = bench.get("/v2/orders/external/nobody")
    #expect(label.refusal == "404 DH-906" && label.message == "Incorrect request for order and cannot be processed")
    let path = bench.get("/v2/forever/all")
    #expect(
      path.status == 404 && path["error"] as? String == "Not Found" && path["path"] as? String == "/v2/forever/all")
  }

  @Test(
    "S4: a body that is not exactly right is refused with DH-905",
    arguments: [
      ["correlationId": "\"\""], ["amoTime": "\"\""], ["quantty": "65"], ["Quantity": "65"], ["transactionType": nil],
      ["price": nil], ["securityId": nil], ["securityId": "47317"], ["quantity": "\"65\""], ["quantity": "6.5"],
      ["price": "152.351"], ["validity": "\"GTC\""], ["orderType": "\"limit\""], ["quantity": nil],
      ["dhanClientId": nil], ["dhanClientId": "\"1000000003\""], ["correlationId": "\"abcdefghijklmnopqrstuvwxyz\""],
      ["correlationId": "\"a b\""], ["afterMarketOrder": "true"],
    ] as [[String: String?]])
  func strictBody(_ change: [String: String?]) {
    var bench = CoreBench()
    let answer = bench.post(CoreBench.order(change))
    #expect(answer.refusal == "400 DH-905", "\(change) gave \(answer.text)")
    #expect(bench.get("/v2/orders").text == "[]")
  }

  @Test("S4: text that is no JSON object is refused, and so is a field that stands twice")
  func notJSON() {
    var bench = CoreBench()
    for body in ["", "[]", "{", "null", String(CoreBench.order().dropLast()) + ",\"quantity\":65}"] {
      #expect(bench.post(body).refusal == "400 DH-905", "\(body)")
    }
  }

  @Test("S4: the official client's body is taken, with its zeros and nulls; 25 letters of label are, and 30 by switch")
  func tolerated() throws {
    var bench = CoreBench()
    _ = try bench.place(
      CoreBench.order([
        "disclosedQuantity": "0", "triggerPrice": "0.0", "afterMarketOrder": "false", "boProfitValue": "null",
        "boStopLossValue": "null", "price": "140.0500",
      ]))
    _ = try bench.place(CoreBench.order(label: String(repeating: "x", count: 25)))
    #expect(bench.control(.post, "switches", #"{"correlation_id_cap": 30}"#).status == 200)
    _ = try bench.place(CoreBench.order(label: String(repeating: "x", count: 30)))
    #expect(bench.post(CoreBench.order(label: String(repeating: "x", count: 31))).refusal == "400 DH-905")
  }

  @Test("S5: without a label the broker makes one of client and time; one label twice makes two orders")
  func labels() throws {
    var bench = CoreBench()
    let plain = try bench.place()
    let millis = bench.now.microseconds / 1_000
    #expect(try bench.order(plain)["correlationId"] as? String == "1000000002-\(millis)")
    let first = try bench.place(CoreBench.order(label: "again"))
    let second = try bench.place(CoreBench.order(label: "again"))
    #expect(first != second && bench.get("/v2/orders").array?.count == 3)
  }

  @Test("S6: a limit lets so many calls of a client through in any window, and answers the next 429 DH-904")
  func orderLimit() throws {
    var bench = CoreBench { $0.limits = CallLimits() }
    for _ in 0..<10 { _ = try bench.place() }
    let refused = bench.post(CoreBench.order())
    #expect(refused.refusal == "429 DH-904" && refused["errorType"] as? String == "Rate_Limit")
    // Another client has a budget of its own, and readings have theirs.
    #expect(bench.post(CoreBench.order(account: "1000000003"), account: "1000000003").status == 200)
    #expect(bench.get("/v2/orders").array?.count == 10)
    bench.pass(.milliseconds(999))
    #expect(bench.post(CoreBench.order()).status == 429)
    bench.pass(.milliseconds(1))
    #expect(bench.post(CoreBench.order()).status == 200)
    // In one minute 250, however they are spread.
    var taken = 11
    for _ in 0..<40 {
      bench.pass(.seconds(1))
      for _ in 0..<10 where bench.post(CoreBench.order()).status == 200 { taken += 1 }
    }
    #expect(taken == 250)
  }

  @Test("S6: quotes have the data APIs' shape of 805, and other readings 20 calls a second")
  func otherLimits() {
    var bench = CoreBench { $0.limits = CallLimits() }
    let body = #"{"NSE_FNO":[47317,1]}"#
    let quote = Answer(bench.send(.post, "/v2/marketfeed/ltp", body).reply)
    #expect(quote.text == #"{"data":{"NSE_FNO":{"47317":{"last_price":152.1}}},"status":"success"}"#)
    let refused = Answer(bench.send(.post, "/v2/marketfeed/ltp", body).reply)
    #expect(refused.status == 429 && (refused["data"] as? [String: Any])?["805"] != nil)
    #expect(refused["status"] as? String == "failed")
    for _ in 0..<20 { #expect(bench.get("/v2/fundlimit").status == 200) }
    #expect(bench.get("/v2/fundlimit").refusal == "429 DH-904")
  }

  @Test("S6: by switch, readings of orders and trades use up the budget of orders")
  func readsCount() {
    var bench = CoreBench {
      $0.limits = CallLimits()
      $0.switches.readsCountAs = .orders
    }
    for _ in 0..<10 { #expect(bench.get("/v2/orders").status == 200) }
    #expect(bench.post(CoreBench.order()).status == 429)
  }

  @Test("S7: the twenty-sixth modification of an order is refused")
  func modificationCap() throws {
    var bench = CoreBench()
    let id = try bench.place()
    bench.pass(.seconds(1))
    for number in 1...25 {
      #expect(bench.modify(id, quantity: 65, price: number.isMultiple(of: 2) ? "140.05" : "140.10").status == 200)
      bench.pass(.seconds(1))
    }
    #expect(bench.modify(id, quantity: 65, price: "141.00").refusal == "400 DH-906")
  }

  @Test("S8: a modification names the new total; one below what is filled is refused, and the fills are kept")
  func totalQuantity() throws {
    var bench = CoreBench()
    _ = bench.control(
      .post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65,"bid_size":65}"#)
    let id = try bench.place(CoreBench.order(price: "152.30", quantity: 195))
    bench.pass(.seconds(1))
    let part = try bench.order(id)
    #expect(part["orderStatus"] as? String == "PART_TRADED" && part["filledQty"] as? Int == 65)
    #expect(part["remainingQuantity"] as? Int == 130)
    #expect(bench.modify(id, quantity: 60, price: "152.30").status == 400)
    #expect(bench.modify(id, quantity: 130, price: "152.25").status == 200)
    bench.pass(.seconds(1))
    let after = try bench.order(id)
    #expect(after["quantity"] as? Int == 130 && after["filledQty"] as? Int == 65)
  }

  @Test("S9: MARKET becomes a protected LIMIT whose remainder rests; by switch the book goes on showing MARKET")
  func marketOrders() throws {
    for shows in [true, false] {
      var bench = CoreBench { $0.paper.showsConvertedOrdersAsLimit = shows }
      _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
      let id = try bench.place(CoreBench.order(["orderType": "\"MARKET\""], price: "0", quantity: 130))
      bench.pass(.seconds(1))
      let order = try bench.order(id)
      #expect(order["orderType"] as? String == (shows ? "LIMIT" : "MARKET"))
      // Ten percent above the middle of the quote, in whole ticks.
      #expect(order["price"] as? Double == (shows ? 167.3 : 0))
      #expect(order["orderStatus"] as? String == "PART_TRADED" && order["filledQty"] as? Int == 65)
    }
  }

  @Test("S9: STOP_LOSS_MARKET is refused with DH-906, or by switch a LIMIT 5 % beyond its trigger at once")
  func stopLossMarket() throws {
    let body = CoreBench.order(
      ["orderType": "\"STOP_LOSS_MARKET\"", "triggerPrice": "140"], price: "0")
    var strict = CoreBench()
    #expect(strict.post(body).refusal == "400 DH-906")
    var loose = CoreBench { $0.paper.stopLossMarketOrders = .limitAtOnce }
    let id = try loose.place(body)
    loose.pass(.seconds(1))
    #expect(try loose.order(id)["price"] as? Double == 147)
  }

  @Test(
    "S10: tick, lot, freeze, price band and funds are checked late, and the book gives the reason with the order's number",
    arguments: [
      (CoreBench.order(price: "140.03"), "tick"), (CoreBench.order(quantity: 66), "lot size"),
      (CoreBench.order(quantity: 1_820), "freeze quantity"), (CoreBench.order(price: "300.00"), "LPP"),
    ])
  func lateRejections(_ body: String, _ reason: String) throws {
    var bench = CoreBench()
    let id = try bench.place(body)
    bench.pass(.seconds(1))
    let order = try bench.order(id)
    let text = try #require(order["omsErrorDescription"] as? String)
    #expect(order["orderStatus"] as? String == "REJECTED")
    #expect(text.hasPrefix("RMS:\(id):") && text.contains(reason), "\(text)")
    #expect(order["exchangeTime"] as? String == "0001-01-01 00:00:00")
  }

  @Test("S10: an order beyond the funds is rejected")
  func funds() throws {
    var bench = CoreBench { $0.accounts[1].capital = .rupees(5_000) }
    let id = try bench.place()
    bench.pass(.seconds(1))
    #expect((try bench.order(id)["omsErrorDescription"] as? String)?.contains("Insufficient Funds") == true)
  }

  @Test("an unknown contract is refused at once, after quantity and address")
  func validationOrder() {
    var bench = CoreBench { $0.accounts[1].addresses = ["10.0.0.9"] }
    let unknown: [String: String?] = ["securityId": "\"1\""]
    #expect(bench.post(CoreBench.order(unknown.merging(["quantity": nil]) { $1 })).message == "quantity is required")
    #expect(bench.post(CoreBench.order(unknown)).message == "Invalid IP")
    #expect(bench.post(CoreBench.order(unknown), from: "10.0.0.9").message == "Transaction has Failed")
  }
}
