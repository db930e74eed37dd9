import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Accounts") struct AccountTests {
  @Test("S11: calls that change orders come from a registered address; readings come from anywhere")
  func addresses() throws {
    var bench = CoreBench { $0.accounts[1].addresses = ["10.0.0.1", "10.0.0.2"] }
    for (source, status) in [("10.0.0.1", 200), ("10.0.0.2", 200), ("127.0.0.1", 400)] {
      let answer = bench.post(CoreBench.order(), from: source)
      #expect(answer.status == status)
      if status == 400 { #expect(answer.refusal == "400 DH-905" && answer.message == "Invalid IP") }
    }
    let id = try #require(bench.get("/v2/orders").array?.first?["orderId"] as? String)
    bench.pass(.seconds(1))
    #expect(bench.cancel(id).message == "Invalid IP")
    #expect(bench.modify(id, quantity: 65, price: "141.00").message == "Invalid IP")
    #expect(Answer(bench.send(.delete, "/v2/orders/\(id)", from: "10.0.0.1").reply).status == 200)
    // A test that has no second address may state one.
    _ = bench.control(.post, "switches", #"{"source_address":"header"}"#)
    #expect(bench.send(.post, "/v2/orders", CoreBench.order(), statedSource: "10.0.0.2").reply.status == 200)
  }

  @Test("S11: an address is registered and read back, and changed once in seven days")
  func registration() {
    var bench = CoreBench()
    #expect(bench.get("/v2/ip/getIP").array?.first?["status"] as? String == "ERROR")
    let body = #"{"dhanClientId":"1000000002","ip":"127.0.0.1","ipFlag":"PRIMARY"}"#
    #expect(bench.send(.post, "/v2/ip/setIP", body).reply.status == 200)
    let read = bench.get("/v2/ip/getIP")
    #expect(read["primaryIP"] as? String == "127.0.0.1" && read["ipMatchStatus"] as? String == "PRIMARY_MATCH")
    #expect(bench.send(.put, "/v2/ip/modifyIP", body).reply.status == 400)
    bench.now = bench.now + .seconds(7 * 86_400)
    _ = bench.core.mint("fresh", for: "1000000002", at: bench.now)
    #expect(bench.send(.put, "/v2/ip/modifyIP", body, token: "fresh").reply.status == 200)
  }

  @Test("S12: a token works for 24 hours; dead ones are refused in both forms")
  func expiry() {
    var bench = CoreBench()
    bench.now = bench.now + .seconds(86_399)
    #expect(bench.get("/v2/profile").status == 200)
    bench.now = bench.now + .seconds(1)
    let dead = bench.get("/v2/profile")
    #expect(dead.refusal == "401 DH-901" && dead.message.contains("invalid or expired"))
    _ = bench.control(.post, "switches", #"{"dead_token":"invalid_token"}"#)
    #expect(bench.get("/v2/orders").refusal == "400 DH-906" && bench.get("/v2/orders").message == "Invalid Token")
  }

  @Test("S12: a minted token is the only one that works, and the next is minted two minutes later")
  func minting() throws {
    var bench = CoreBench()
    let query = ["dhanClientId": "1000000002", "pin": "123456", "totp": "000000"]
    let minted = Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)
    let token = try #require(minted["accessToken"] as? String)
    #expect(minted["expiryTime"] as? String == "2026-11-26T10:00:00.000")
    #expect(token.split(separator: ".").count == 3)
    #expect(bench.get("/v2/profile").status == 401)
    #expect(bench.send(.get, "/v2/profile", token: token).reply.status == 200)
    let soon = Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)
    #expect(
      soon["status"] as? String == "error"
        && soon["message"] as? String == "Token can be generated once every 2 minutes.")
    bench.now = bench.now + .seconds(120)
    #expect(Answer(bench.send(.post, "/app/generateAccessToken", query: query).reply)["accessToken"] != nil)
  }

  @Test("S12: a wrong pin or code is refused in the shape of E9; the code follows RFC 6238")
  func totp() {
    var bench = CoreBench {
      $0.switches.checksTOTP = true
      $0.accounts[1].pin = "123456"
      $0.accounts[1].totpSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    }
    func mint(_ pin: String, _ code: String) -> Answer {
      Answer(
        bench.send(
          .post, "/app/generateAccessToken", query: ["dhanClientId": "1000000002", "pin": pin, "totp": code]
        ).reply)
    }
    // The RFC's own vector, of its own secret: 59 s is window 1, and 94287082 in eight digits.
    #expect(SimulatorCore.code(Array("12345678901234567890".utf8), window: 1) == "287082")
    let code = SimulatorCore.code(
      Array("12345678901234567890".utf8), window: bench.now.microseconds / 30_000_000)
    #expect(mint("654321", code)["message"] as? String == "Invalid Pin")
    #expect(mint("123456", code == "000000" ? "000001" : "000000")["message"] as? String == "Invalid TOTP")
    #expect(mint("123456", code)["accessToken"] != nil)
  }

  @Test("S12: a living token is renewed by GET and dies with it; POST is refused")
  func renewal() throws {
    var bench = CoreBench()
    #expect(bench.send(.post, "/v2/RenewToken").reply.status == 400)
    let token = try #require(bench.get("/v2/RenewToken")["accessToken"] as? String)
    #expect(bench.get("/v2/profile").status == 401)
    #expect(bench.send(.get, "/v2/profile", token: token).reply.status == 200)
  }

  @Test("S12: the profile spells its segments in words or, by switch, in letters")
  func profile() {
    var bench = CoreBench()
    let words = bench.get("/v2/profile")
    #expect(words["activeSegment"] as? String == "Equity, Derivative, Currency, Commodity")
    #expect(words["tokenValidity"] as? String == "26/11/2026 10:00")
    _ = bench.control(.post, "switches", #"{"active_segment":"letters"}"#)
    #expect(bench.get("/v2/profile")["activeSegment"] as? String == "E, D, C, M, ")
  }

  @Test("S13: no holdings is 500 DH-1111; positions and trades lag, and averages of part fills hide, by switch")
  func lags() throws {
    var bench = CoreBench {
      $0.paper.positionsLag = .seconds(2)
      $0.paper.tradesLag = .seconds(1)
      $0.paper.showsAverageOfPartialFills = false
    }
    #expect(bench.get("/v2/holdings").refusal == "500 DH-1111")
    _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":151.90,"ask":152.30,"ask_size":65}"#)
    let id = try bench.place(CoreBench.order(price: "152.30", quantity: 130))
    bench.pass(.milliseconds(50))
    let part = try bench.order(id)
    #expect(part["filledQty"] as? Int == 65 && part["averageTradedPrice"] as? Double == 0)
    #expect(bench.get("/v2/trades").text == "[]")
    bench.pass(.seconds(1))
    #expect(bench.get("/v2/trades").array?.count == 1 && bench.get("/v2/positions").text == "[]")
    bench.pass(.seconds(1))
    #expect(bench.get("/v2/positions").array?.first?["netQty"] as? Int == 65)
  }

  @Test("S14: cancellation, order, trades and slices answer in either of the shapes that were seen")
  func shapes() throws {
    var bench = CoreBench()
    let id = try bench.place(CoreBench.order(price: "152.35"))
    let other = try bench.place()
    bench.pass(.seconds(1))
    #expect(bench.get("/v2/orders/\(id)").object != nil && bench.get("/v2/trades/\(id)").array?.count == 1)
    #expect(bench.cancel(other)["orderStatus"] as? String == "CANCELLED")
    let third = try bench.place()
    bench.pass(.seconds(1))
    let switched = bench.control(
      .post, "switches", #"{"cancel_reply":"empty","order_by_id":"array","trades_by_id":"object"}"#)
    #expect(switched.status == 200)
    #expect(bench.get("/v2/orders/\(id)").array?.count == 1)
    #expect(bench.get("/v2/trades/\(id)")["tradedQuantity"] as? Int == 65)
    let cancelled = bench.cancel(third)
    #expect(cancelled.status == 202 && cancelled.bytes.isEmpty)
    // 28 lots are one more than the freeze quantity allows.
    let sliced = Answer(bench.send(.post, "/v2/orders/slicing", CoreBench.order(quantity: 1_820)).reply)
    #expect(sliced.array?.count == 2)
    let rows = try #require(bench.get("/v2/orders").array)
    #expect(rows.suffix(2).compactMap { $0["quantity"] as? Int } == [1_755, 65])
    _ = bench.control(.post, "switches", #"{"slicing_reply":"object"}"#)
    #expect(Answer(bench.send(.post, "/v2/orders/slicing", CoreBench.order()).reply)["orderId"] != nil)
  }

  @Test("S15: a closed market refuses with DH-906; an after-market order waits, and trades when the market opens")
  func marketHours() throws {
    var bench = CoreBench { $0.switches.marketHours = .closed }
    let refused = bench.post(CoreBench.order())
    #expect(refused.refusal == "400 DH-906" && refused.message == "Market is Closed! Want to place an offline order?")
    let stream = bench.login()
    let waiting: [String: String?] = ["afterMarketOrder": "true", "amoTime": "\"OPEN\""]
    let id = try bench.place(CoreBench.order(waiting, price: "152.35"))
    let second = try bench.place(CoreBench.order(waiting))
    bench.pass(.seconds(60))
    let order = try bench.order(id)
    #expect(order["orderStatus"] as? String == "PENDING" && order["afterMarketOrder"] as? Bool == true)
    #expect(order["exchangeTime"] as? String == "0001-01-01 00:00:00")
    #expect(try bench.messages(stream).first?["offMktFlag"] as? String == "1")
    #expect(bench.cancel(second).status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(second)["orderStatus"] as? String == "CANCELLED")
    #expect(bench.control(.post, "switches", #"{"market_hours":"always_open"}"#).status == 200)
    bench.pass(.seconds(1))
    #expect(try bench.order(id)["orderStatus"] as? String == "TRADED")
  }

  @Test("S17: sentinels stand where there is nothing, amounts keep their misspellings, flat positions stay as CLOSED")
  func sentinels() throws {
    var bench = CoreBench()
    let share = try bench.place(
      CoreBench.order(
        ["exchangeSegment": "\"NSE_EQ\"", "securityId": "\"1333\"", "productType": "\"CNC\""], price: "980.20",
        quantity: 1))
    _ = try bench.place(CoreBench.order(price: "152.35"))
    bench.pass(.seconds(1))
    _ = try bench.place(CoreBench.order(["transactionType": "\"SELL\""], price: "151.90"))
    bench.pass(.seconds(1))
    let order = try bench.order(share)
    #expect(order["drvExpiryDate"] as? String == "0001-01-01" && order["drvOptionType"] as? String == "NA")
    #expect(order["legName"] as? String == "NA" && order["omsErrorDescription"] as? String == "CONFIRMED")
    let funds = bench.get("/v2/fundlimit")
    #expect(funds["availabelBalance"] is Double && funds["receiveableAmount"] is Double)
    let rows = try #require(bench.get("/v2/positions").array)
    let flat = try #require(rows.first { $0["securityId"] as? String == CoreBench.nifty })
    #expect(flat["positionType"] as? String == "CLOSED" && flat["netQty"] as? Int == 0)
    #expect(flat["buyQty"] as? Int == 65 && flat["sellQty"] as? Int == 65)
    #expect(flat["realizedProfit"] as? Double == -26)
    _ = bench.control(.post, "switches", #"{"numbers_as_strings":true}"#)
    #expect(try bench.order(share)["quantity"] as? String == "1")
    #expect(bench.get("/v2/fundlimit")["sodLimit"] as? String == "1500000.0")
  }

  @Test("S18: legs of a super order stand in the main book under their names, and one ends the other")
  func superOrders() throws {
    var bench = CoreBench()
    let stream = bench.login()
    let prices: [String: String?] = ["targetPrice": "170", "stopLossPrice": "140", "trailingJump": "0"]
    #expect(Answer(bench.send(.post, "/v2/super/orders", CoreBench.order()).reply).refusal == "400 DH-905")
    let placed = Answer(bench.send(.post, "/v2/super/orders", CoreBench.order(prices, price: "152.35")).reply)
    let entry = try #require(placed["orderId"] as? String)
    bench.pass(.seconds(1))
    let book = try #require(bench.get("/v2/orders").array)
    #expect(book.map { $0["legName"] as? String } == ["ENTRY_LEG", "TARGET_LEG", "STOP_LOSS_LEG"])
    #expect(book.dropFirst().allSatisfy { $0["orderStatus"] as? String == "PENDING" })
    let target = try bench.messages(stream).last { $0["legNo"] as? Int == 3 }
    #expect(target?["algoOrdNo"] as? String == entry && target?["remarks"] as? String == "Super Order")
    _ = bench.control(.post, "quotes", #"{"security_id":"47317","bid":171,"ask":171.40}"#)
    bench.pass(.seconds(1))
    let ends = try #require(bench.get("/v2/orders").array).map { $0["orderStatus"] as? String }
    #expect(ends == ["TRADED", "TRADED", "CANCELLED"])
    #expect(bench.get("/v2/super/orders").array?.first?["orderStatus"] as? String == "CLOSED")
  }

  @Test("S18: DELETE /positions cancels what rests and closes what is held; the kill switch rejects orders")
  func exits() throws {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(price: "152.35"))
    let resting = try bench.place()
    bench.pass(.seconds(1))
    #expect(bench.send(.post, "/v2/killswitch", query: ["killSwitchStatus": "ACTIVATE"]).reply.status == 400)
    #expect(Answer(bench.send(.delete, "/v2/positions").reply)["status"] as? String == "SUCCESS")
    bench.pass(.seconds(1))
    #expect(try bench.order(resting)["orderStatus"] as? String == "CANCELLED")
    #expect(bench.get("/v2/positions").array?.first?["netQty"] as? Int == 0)
    #expect(bench.send(.post, "/v2/killswitch", query: ["killSwitchStatus": "ACTIVATE"]).reply.status == 200)
    #expect(bench.get("/v2/killswitch")["killSwitchStatus"] as? String == "ACTIVATE")
    let blocked = try bench.place()
    bench.pass(.seconds(1))
    #expect(try bench.order(blocked)["orderStatus"] as? String == "REJECTED")
  }

  @Test("a conversion moves the day's quantities from one product to the other, and is no order")
  func conversion() throws {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(["productType": "\"INTRADAY\""], price: "152.35", quantity: 130))
    bench.pass(.seconds(1))
    let body =
      #"{"dhanClientId":"1000000002","fromProductType":"INTRADAY","exchangeSegment":"NSE_FNO","positionType":"LONG","securityId":"47317","convertQty":65,"toProductType":"MARGIN"}"#
    #expect(bench.send(.post, "/v2/positions/convert", body).reply == .empty(202))
    let rows = try #require(bench.get("/v2/positions").array)
    #expect(rows.map { $0["netQty"] as? Int } == [65, 65])
    #expect(Set(rows.compactMap { $0["productType"] as? String }) == ["INTRADAY", "MARGIN"])
    #expect(bench.get("/v2/orders").array?.count == 1)
  }
}
