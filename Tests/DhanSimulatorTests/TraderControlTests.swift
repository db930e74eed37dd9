import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Trader's control") struct TraderControlTests {
  private static func exit(
    profit: String = "500", loss: String = "500.50", products: String = #"["DELIVERY"]"#, kills: Bool = false
  ) -> String {
    #"{"dhanClientId":"1000000002","profitValue":\#(profit),"lossValue":\#(loss),"productType":\#(products),"enableKillSwitch":\#(kills)}"#
  }

  /// One lot bought at 152.30.
  private func holding() throws -> CoreBench {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(price: "152.35"))
    bench.pass(.seconds(1))
    return bench
  }

  private func show(_ bench: inout CoreBench, bid: String, ask: String) {
    #expect(bench.control(.post, "quotes", #"{"security_id":"47317","bid":\#(bid),"ask":\#(ask)}"#).status == 200)
    bench.pass(.seconds(1))
  }

  private func held(_ bench: inout CoreBench) -> Int? {
    bench.get("/v2/positions").array?.first?["netQty"] as? Int
  }

  @Test("S18: an exit at a profit or a loss is set, read under other names, and taken away")
  func settings() {
    var bench = CoreBench()
    #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "DISABLED")
    // The documentation's sample has strings.
    for body in [TraderControlTests.exit(), TraderControlTests.exit(profit: "\"500\"", loss: "\"500.50\"")] {
      #expect(Answer(bench.send(.post, "/v2/pnlExit", body).reply)["pnlExitStatus"] as? String == "ACTIVE")
      #expect(
        bench.get("/v2/pnlExit").text
          == #"{"pnlExitStatus":"ACTIVE","profit":500.0,"loss":500.5,"productType":["DELIVERY"],"enable_kill_switch":false}"#
      )
      #expect(Answer(bench.send(.delete, "/v2/pnlExit").reply)["pnlExitStatus"] as? String == "DISABLED")
      #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "DISABLED")
    }
  }

  @Test(
    "S4: the body of such an exit needs the client id, amounts above zero and known products",
    arguments: [
      TraderControlTests.exit().replacingOccurrences(of: #""dhanClientId":"1000000002","#, with: ""),
      TraderControlTests.exit(profit: "0"), TraderControlTests.exit(loss: "-500"),
      TraderControlTests.exit(products: "[]"), TraderControlTests.exit(products: #"["MARGIN"]"#),
      TraderControlTests.exit(products: #""INTRADAY""#), "",
    ])
  func strictBody(_ body: String) {
    var bench = CoreBench()
    #expect(Answer(bench.send(.post, "/v2/pnlExit", body).reply).refusal == "400 DH-905")
    #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "DISABLED")
  }

  @Test(
    "S18: a breach cancels what rests and closes what is held, once; below the amounts nothing happens",
    arguments: [("159.70", "160.10", "159.90", "160.30"), ("144.50", "144.80", "144.30", "144.70")])
  func breach(_ nearBid: String, _ nearAsk: String, _ bid: String, _ ask: String) throws {
    var bench = try holding()
    let resting = try bench.place(CoreBench.order(price: "120.00"))
    _ = bench.send(.post, "/v2/pnlExit", TraderControlTests.exit())
    // 65 units times 7.60 and 7.65 are Rs 494 and Rs 497.25; times 7.80 Rs 507.
    show(&bench, bid: nearBid, ask: nearAsk)
    #expect(held(&bench) == 65)
    show(&bench, bid: bid, ask: ask)
    #expect(held(&bench) == 0)
    #expect(try bench.order(resting)["orderStatus"] as? String == "CANCELLED")
    #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "DISABLED")
    let count = bench.get("/v2/orders").array?.count
    show(&bench, bid: "100", ask: "100.40")
    #expect(bench.get("/v2/orders").array?.count == count)
  }

  @Test("S18: an exit that is breached when it is set fires at once, and throws the kill switch when asked to")
  func atOnce() throws {
    var bench = try holding()
    show(&bench, bid: "170", ask: "170.40")
    _ = bench.send(.post, "/v2/pnlExit", TraderControlTests.exit(products: #"["INTRADAY"]"#))
    bench.pass(.seconds(1))
    // The position is carried, and this exit is for the day's alone.
    #expect(held(&bench) == 65)
    _ = bench.send(.post, "/v2/pnlExit", TraderControlTests.exit(products: #"["INTRADAY","DELIVERY"]"#, kills: true))
    bench.pass(.seconds(1))
    #expect(held(&bench) == 0)
    #expect(bench.get("/v2/killswitch")["killSwitchStatus"] as? String == "ACTIVATE")
  }

  @Test("S18: nothing is exited while the market is closed, whatever its last price was")
  func closed() throws {
    var bench = try holding()
    show(&bench, bid: "170", ask: "170.40")
    _ = try bench.place(CoreBench.order(account: "1000000003", price: "170.40"), account: "1000000003")
    bench.pass(.seconds(1))
    show(&bench, bid: "151.90", ask: "152.30")
    _ = bench.send(.post, "/v2/pnlExit", TraderControlTests.exit())
    _ = bench.control(.post, "switches", #"{"market_hours":"closed"}"#)
    bench.pass(.seconds(60))
    #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "ACTIVE")
  }

  @Test("the exit at a profit or a loss and the kill switch last for the day")
  func oneDay() {
    var bench = CoreBench()
    _ = bench.send(.post, "/v2/pnlExit", TraderControlTests.exit())
    #expect(bench.send(.post, "/v2/killswitch", query: ["killSwitchStatus": "ACTIVATE"]).reply.status == 200)
    _ = bench.control(.post, "switches", #"{"market_hours":"closed"}"#)
    _ = bench.control(.post, "switches", #"{"market_hours":"always_open"}"#)
    #expect(bench.get("/v2/pnlExit")["pnlExitStatus"] as? String == "DISABLED")
    #expect(bench.get("/v2/killswitch")["killSwitchStatus"] as? String == "DEACTIVATE")
  }

  @Test("the ledger has no rows, and wants both of its days")
  func ledger() {
    var bench = CoreBench()
    let days = ["from-date": "2026-11-01", "to-date": "2026-11-25"]
    #expect(Answer(bench.send(.get, "/v2/ledger", query: days).reply).text == "[]")
    for wrong in [[:], ["from-date": "2026-11-01"], ["from-date": "2026-11-25", "to-date": "2026-11-01"]] {
      #expect(Answer(bench.send(.get, "/v2/ledger", query: wrong).reply).refusal == "400 DH-905")
    }
  }
}
