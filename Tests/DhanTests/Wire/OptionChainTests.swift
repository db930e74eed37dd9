import Domain
import Ports
import Testing

@testable import Dhan

@Suite("Option chains (dhan-api-v2.md §8.1)") struct OptionChainTests {
  private static let series = ChainSeries(underlying: "NIFTY", expiry: Day("2026-09-15")!)

  private func read(_ text: String) throws -> OptionChain { try BookReader.optionChain(Array(text.utf8)) }

  @Test("the request is the sample of §8.1, with a number as the underlying") func request() throws {
    let body = try #require(RequestBody.optionChain(of: Self.series))
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I","Expiry":"2026-09-15"}"#)
    #expect(RequestBody.optionChain(of: ChainSeries(underlying: "RELIANCE", expiry: Self.series.expiry)) == nil)
  }

  @Test("the reply's prices are exact, its Greeks as they stand, and a strike may lack an option") func reply() throws {
    let chain = try read(
      """
      {"data":{"last_price":25642.8,"oc":{"25650.000000":{"ce":{"average_price":146.99,
      "greeks":{"delta":0.53871,"theta":-15.1539,"gamma":0.00132,"vega":12.18593},"implied_volatility":9.789,
      "last_price":134,"oi":3786445,"security_id":42528,"top_ask_price":134,"top_bid_price":133.55}},
      "25700.000000":{"pe":{"greeks":{"delta":"-0.5","gamma":null},"implied_volatility":0,"top_bid_price":"150.1"}}}},
      "status":"success"}
      """)
    #expect(chain.spot == Paise(2_564_280) && chain.rows.count == 2)
    let call = try #require(chain.rows.first { $0.type == .call })
    #expect(call.strike == .rupees(25_650) && call.bid == Paise(13_355) && call.ask == Paise(13_400))
    #expect(call.delta == 0.53871 && call.gamma == 0.00132 && call.theta == -15.1539 && call.vega == 12.18593)
    #expect(call.volatilityPercent == 9.789)
    let put = try #require(chain.rows.first { $0.type == .put })
    #expect(put.delta == -0.5 && put.gamma == nil && put.theta == nil && put.ask == nil && put.bid == Paise(15_010))
  }

  @Test("a chain of nothing is empty, and anything else is no chain") func odd() throws {
    #expect(try read(#"{"data":{"last_price":0,"oc":{}},"status":"success"}"#).rows.isEmpty)
    for text in [
      #"{"data":{"last_price":1},"status":"success"}"#, #"{"data":{"oc":[]},"status":"success"}"#, "[]",
      #"{"data":{"oc":{"strike":{}}},"status":"success"}"#,
      #"{"errorType":"Data","errorCode":"806","errorMessage":"Data APIs not Subscribed"}"#,
    ] {
      #expect(throws: WireFault.self) { try read(text) }
    }
  }
}
