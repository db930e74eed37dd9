import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Disclosed quantities, validity, after-market orders, and the exchange's own word") struct OrderTermsTests {
  private static let leader = "1000000001"

  private func place(_ more: String, _ bench: inout CoreBench) throws -> String {
    let body = #"{"account":"1000000001","security_id":"47317","side":"BUY",\#(more)}"#
    let answer = bench.control(.post, "orders", body)
    let id = try #require(answer["order_id"] as? String, "\(answer.text)")
    bench.pass(.seconds(1))
    return id
  }

  private func modify(_ id: String, _ more: String, _ bench: inout CoreBench) -> Answer {
    let body =
      #"{"dhanClientId":"\#(CoreBench.asha)","orderId":"\#(id)","orderType":"LIMIT","quantity":650,\#(more)}"#
    let answer = Answer(bench.send(.put, "/v2/orders/\(id)", body).reply)
    bench.pass(.seconds(1))
    return answer
  }

  @Test("a disclosed quantity is placed, changed and taken back, and stands in book and stream") func disclosed() throws
  {
    var bench = CoreBench()
    let stream = bench.login()
    let id = try bench.place(CoreBench.order(["disclosedQuantity": "260"], quantity: 650))
    bench.pass(.seconds(1))
    #expect(try bench.order(id)["disclosedQuantity"] as? Int == 260)
    let message = try #require(bench.messages(stream).last)
    #expect(message["discQuantity"] as? Int == 260 && message["discQtyRem"] as? Int == 260)
    #expect(modify(id, #""price":140.05,"disclosedQuantity":325,"validity":"DAY""#, &bench).status == 200)
    #expect(try bench.order(id)["disclosedQuantity"] as? Int == 325)
    #expect(modify(id, #""price":140.05,"validity":"DAY""#, &bench).status == 200)
    #expect(try bench.order(id)["disclosedQuantity"] as? Int == 325, "what is left out stays")
    #expect(modify(id, #""price":140.05,"disclosedQuantity":0,"validity":"DAY""#, &bench).status == 200)
    #expect(try bench.order(id)["disclosedQuantity"] as? Int == 0)
    let byHand = try place(#""quantity":650,"price":140,"disclosed_quantity":260"#, &bench)
    #expect(try bench.order(byHand, account: OrderTermsTests.leader)["disclosedQuantity"] as? Int == 260)
    #expect(bench.control(.put, "orders/\(byHand)", #"{"disclosed_quantity":325}"#).status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(byHand, account: OrderTermsTests.leader)["disclosedQuantity"] as? Int == 325)
  }

  @Test("a modification to IOC trades with what there is and cancels the rest, from the API and from the phone")
  func validity() throws {
    var bench = CoreBench()
    let id = try bench.place(CoreBench.order(quantity: 650))
    bench.pass(.seconds(1))
    _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
    #expect(modify(id, #""price":152.30,"validity":"IOC""#, &bench).status == 200)
    let order = try bench.order(id)
    #expect(order["orderStatus"] as? String == "CANCELLED" && order["filledQty"] as? Int == 65)
    #expect(order["validity"] as? String == "IOC")
    let byHand = try place(#""quantity":650,"price":140"#, &bench)
    #expect(bench.control(.put, "orders/\(byHand)", #"{"validity":"IOC"}"#).status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(byHand, account: OrderTermsTests.leader)["orderStatus"] as? String == "CANCELLED")
  }

  @Test("an after-market order keeps its flag when the market has opened, and has the exchange's number then")
  func afterMarket() throws {
    var bench = CoreBench { $0.switches.marketHours = .closed }
    let stream = bench.login(OrderTermsTests.leader)
    let refused = bench.control(
      .post, "orders",
      #"{"account":"1000000001","security_id":"47317","side":"BUY","quantity":65,"price":140}"#)
    #expect(refused.status == 400)
    let id = try place(#""quantity":65,"price":140,"after_market":true"#, &bench)
    let waiting = try bench.order(id, account: OrderTermsTests.leader)
    #expect(waiting["afterMarketOrder"] as? Bool == true && waiting["exchangeOrderId"] as? String == "0")
    #expect(try bench.messages(stream).last?["exchOrderNo"] as? String == "0")
    _ = bench.control(.post, "switches", #"{"market_hours":"always_open"}"#)
    bench.pass(.seconds(1))
    let sent = try bench.order(id, account: OrderTermsTests.leader)
    #expect(sent["orderStatus"] as? String == "PENDING" && sent["afterMarketOrder"] as? Bool == true)
    #expect((sent["exchangeOrderId"] as? String)?.hasPrefix("14") == true)
    let message = try #require(bench.messages(stream).last)
    #expect(message["offMktFlag"] as? String == "1" && (message["exchOrderNo"] as? String)?.hasPrefix("14") == true)
  }

  @Test(
    "orders of every product show in a leader's book, with their letters on the stream",
    arguments: [
      ("MARGIN", "M", "47317", "65"), ("INTRADAY", "I", "47317", "65"), ("CO", "V", "47317", "65"),
      ("BO", "B", "47317", "65"), ("CNC", "C", "1333", "10"), ("MTF", "F", "1333", "10"), ("BO", "B", "1333", "10"),
    ])
  func products(product: String, letter: String, securityID: String, quantity: String) throws {
    var bench = CoreBench()
    let stream = bench.login(OrderTermsTests.leader)
    let body =
      #"{"account":"1000000001","security_id":"\#(securityID)","side":"BUY","quantity":\#(quantity),"product":"\#(product)"}"#
    let id = try #require(bench.control(.post, "orders", body)["order_id"] as? String)
    bench.pass(.seconds(1))
    let order = try bench.order(id, account: OrderTermsTests.leader)
    #expect(order["orderStatus"] as? String == "TRADED" && order["productType"] as? String == product)
    #expect(try bench.messages(stream).last?["product"] as? String == letter)
  }

  @Test("the exchange cancels and rejects by itself, and says why in book and stream") func exchange() throws {
    var bench = CoreBench()
    let stream = bench.login(OrderTermsTests.leader)
    for (action, status, word) in [("cancel", "CANCELLED", "Cancelled"), ("reject", "REJECTED", "Rejected")] {
      let id = try place(#""quantity":65,"price":140"#, &bench)
      let body = #"{"order_id":"\#(id)","action":"\#(action)","reason":"16419 : contract suspended"}"#
      #expect(bench.control(.post, "exchange", body).status == 200)
      bench.pass(.seconds(1))
      let order = try bench.order(id, account: OrderTermsTests.leader)
      #expect(order["orderStatus"] as? String == status)
      #expect(order["omsErrorDescription"] as? String == "16419 : contract suspended")
      let message = try #require(bench.messages(stream).last)
      #expect(message["status"] as? String == word)
      #expect(message["reasonDescription"] as? String == "16419 : contract suspended")
      #expect(bench.control(.post, "exchange", body).status == 400, "it is over")
    }
    let mistake = bench.control(.post, "exchange", #"{"order_id":"1","action":"bang"}"#)
    #expect((mistake["error"] as? String)?.contains("cancel or reject") == true)
  }

  @Test(
    "a modification that was answered 200 can come back: the order stands as it was, with the reason",
    arguments: [("pending", "Pending"), ("rejected", "Rejected")])
  func refusedLate(word: String, shown: String) throws {
    var bench = CoreBench()
    _ = bench.control(.post, "switches", #"{"refused_change_word":"\#(word)"}"#)
    let stream = bench.login()
    let id = try bench.place()
    bench.pass(.seconds(1))
    _ = bench.control(
      .post, "faults", #"{"kind":"reject_late","on":"modify","text":"17070 : price out of range"}"#)
    #expect(bench.modify(id, quantity: 130, price: "141.00").status == 200)
    bench.pass(.seconds(1))
    let order = try bench.order(id)
    #expect(order["orderStatus"] as? String == "PENDING", "the book knows better than the stream")
    #expect(order["quantity"] as? Int == 65 && order["price"] as? Double == 140.05)
    #expect((order["omsErrorDescription"] as? String)?.hasSuffix("17070 : price out of range") == true)
    #expect(try bench.statuses(stream).last == shown)
    #expect(bench.modify(id, quantity: 130, price: "141.00").status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(id)["omsErrorDescription"] as? String == "CONFIRMED")
    #expect(try bench.statuses(stream).last == "Pending")
  }
}
