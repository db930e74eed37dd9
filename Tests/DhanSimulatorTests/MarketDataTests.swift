import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Market data") struct MarketDataTests {
  private static let nifty = #"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I","Expiry":"2026-12-29"}"#
  private static let bankNifty = #"{"UnderlyingScrip":25,"UnderlyingSeg":"IDX_I","Expiry":"2026-12-29"}"#

  private func chain(_ bench: inout CoreBench, _ body: String = nifty) -> Answer {
    Answer(bench.send(.post, "/v2/optionchain", body).reply)
  }

  /// The one code in envelope E5.
  private func code(_ answer: Answer) -> String? {
    guard answer["status"] as? String == "failed" else { return nil }
    return (answer["data"] as? [String: String])?.keys.first
  }

  @Test("the option chain shows each strike's call and put with their quotes, and the underlying by their parity")
  func optionChain() throws {
    var bench = CoreBench()
    let data = try #require(chain(&bench)["data"] as? [String: Any])
    // 24000 + 152.10 - 138.20
    #expect(data["last_price"] as? Double == 24_013.9)
    let strikes = try #require(data["oc"] as? [String: [String: [String: Any]]])
    #expect(Array(strikes.keys) == ["24000.000000"])
    let call = try #require(strikes["24000.000000"]?["ce"])
    #expect(call["security_id"] as? Int == 47317 && call["last_price"] as? Double == 152.1)
    #expect(call["top_bid_price"] as? Double == 151.9 && call["top_ask_price"] as? Double == 152.3)
    #expect(
      Set(call.keys) == [
        "average_price", "greeks", "implied_volatility", "last_price", "oi", "previous_close_price", "previous_oi",
        "previous_volume", "security_id", "top_ask_price", "top_ask_quantity", "top_bid_price", "top_bid_quantity",
        "volume",
      ])
    #expect(strikes["24000.000000"]?["pe"]?["security_id"] as? Int == 47318)
    // A strike may lack one of the two.
    let other = try #require(chain(&bench, MarketDataTests.bankNifty)["data"] as? [String: Any])
    let lone = try #require((other["oc"] as? [String: [String: Any]])?["52000.000000"])
    #expect(Array(lone.keys) == ["pe"])
  }

  @Test("the expiry list names every expiry of an index that is not past, once and in order")
  func expiryList() throws {
    let lot = try #require(LotSize(65))
    var bench = CoreBench {
      for (number, day) in [(1, "2026-12-08"), (2, "2026-11-24"), (3, "2026-12-08")] {
        guard let id = SecurityID(validating: "\(number)"), let expiry = Day(day) else { continue }
        $0.contracts += [
          Contract.option(
            id, .nseFNO, "NIFTY", expiry: expiry, strike: .rupees(24_000 + Int64(number) * 50), .call, lotSize: lot,
            freezeQuantity: nil, underlyingSecurityID: "26000")
        ].compactMap(\.self)
      }
    }
    let list = bench.send(
      .post, "/v2/optionchain/expirylist", #"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I"}"#)
    #expect(Answer(list.reply).text == #"{"data":["2026-12-08","2026-12-29"],"status":"success"}"#)
  }

  @Test(
    "a request for a chain that makes no sense is refused in the data APIs' shape",
    arguments: [
      ("", "814"), (#"{"UnderlyingScrip":"13","UnderlyingSeg":"IDX_I","Expiry":"2026-12-29"}"#, "814"),
      (#"{"UnderlyingScrip":26000,"UnderlyingSeg":"IDX_I","Expiry":"2026-12-29"}"#, "813"),
      (#"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I","Expiry":"29-12-2026"}"#, "812"),
      (#"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I"}"#, "812"),
      (#"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I","Expiry":"2026-12-30"}"#, "811"),
    ])
  func mistakes(_ body: String, _ expected: String) {
    var bench = CoreBench()
    let answer = chain(&bench, body)
    #expect(answer.status == 400 && code(answer) == expected, "\(answer.text)")
  }

  @Test("the file tells how long a chain cannot be read again")
  func chainInterval() throws {
    let settings = try SimulatorSettings(yaml: "limits: {chain_interval: 5s}")
    #expect(settings.limits.chainInterval == .seconds(5))
  }

  @Test("S6: one chain is read once in three seconds, another one meanwhile; what is more is refused with 805")
  func chainLimit() {
    var bench = CoreBench { $0.limits = CallLimits() }
    #expect(chain(&bench).status == 200)
    let refused = chain(&bench)
    #expect(refused.status == 429 && code(refused) == "805")
    #expect(chain(&bench, MarketDataTests.bankNifty).status == 200)
    bench.pass(.milliseconds(2_999))
    #expect(chain(&bench).status == 429)
    bench.pass(.milliseconds(1))
    #expect(chain(&bench).status == 200)
    // Five calls of the data APIs in a second, whichever they are.
    bench.pass(.seconds(3))
    let list = #"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I"}"#
    for _ in 0..<5 { #expect(bench.send(.post, "/v2/optionchain/expirylist", list).reply.status == 200) }
    #expect(chain(&bench).status == 429)
  }

  @Test("without the data plan, by switch, chains and quotes are refused with 806, and the profile says so")
  func dataPlan() {
    var bench = CoreBench()
    #expect(bench.get("/v2/profile")["dataPlan"] as? String == "Active")
    #expect(bench.control(.post, "switches", #"{"data_plan":false}"#).status == 200)
    for path in ["optionchain", "optionchain/expirylist", "marketfeed/ltp"] {
      let refused = Answer(bench.send(.post, "/v2/" + path, MarketDataTests.nifty).reply)
      #expect(refused.text == #"{"status":"failed","data":{"806":"Data APIs not Subscribed"}}"#)
    }
    #expect(bench.get("/v2/profile")["dataPlan"] as? String == "Deactive")
  }

  @Test("a quote adds up the day's trades; a contract without any carries the sentinel of 1980")
  func quotes() throws {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(price: "152.35", quantity: 130))
    bench.pass(.seconds(1))
    let answer = Answer(bench.send(.post, "/v2/marketfeed/quote", #"{"NSE_FNO":[47317,47318],"BSE_FNO":[1]}"#).reply)
    let data = try #require(answer["data"] as? [String: [String: [String: Any]]])
    #expect(data["BSE_FNO"]?.isEmpty == true)
    let traded = try #require(data["NSE_FNO"]?["47317"])
    #expect(traded["volume"] as? Int == 130 && traded["average_price"] as? Double == 152.3)
    #expect(traded["last_trade_time"] as? String == "25/11/2026 10:00:00" && traded["last_quantity"] as? Int == 130)
    let depth = try #require(traded["depth"] as? [String: [[String: Any]]])
    #expect(depth["buy"]?.count == 5 && depth["buy"]?.first?["price"] as? Double == 151.9)
    #expect(data["NSE_FNO"]?["47318"]?["last_trade_time"] as? String == "01/01/1980 00:00:00")
  }

  @Test("two accounts that trade with each other make one trade's volume")
  func volume() throws {
    var bench = CoreBench()
    _ = try bench.place(CoreBench.order(price: "152.00"))
    bench.pass(.seconds(1))
    _ = try bench.place(
      CoreBench.order(["transactionType": "\"SELL\""], account: "1000000003", price: "152.00"), account: "1000000003")
    bench.pass(.seconds(1))
    let rows = try #require(chain(&bench)["data"] as? [String: Any])["oc"] as? [String: [String: [String: Any]]]
    #expect(rows?["24000.000000"]?["ce"]?["volume"] as? Int == 65)
  }

  @Test("a thousand instruments fit into a request for quotes, and one more is refused with 804")
  func instrumentLimit() {
    var bench = CoreBench()
    for (count, expected) in [(1_000, nil), (1_001, "804")] as [(Int, String?)] {
      let numbers = (1...count).map { String($0) }.joined(separator: ",")
      let answer = Answer(bench.send(.post, "/v2/marketfeed/ltp", #"{"NSE_EQ":[\#(numbers)]}"#).reply)
      #expect(code(answer) == expected)
    }
  }
}
