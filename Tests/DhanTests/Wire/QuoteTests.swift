import Domain
import Testing

@testable import Dhan

@Suite("Quotes are asked for and read as the reference has them (§8.2)")
struct QuoteTests {
  private let sensex = ContractID(segment: .bseFNO, securityID: "874512", option: nil)
  private let other = ContractID(segment: .nseFNO, securityID: "47318", option: nil)
  private let share = ContractID(segment: .nseEquity, securityID: "11536", option: nil)

  private func read(_ text: String) throws -> [ContractID: Paise] {
    try BookReader.lastPrices(Array(text.utf8), of: [WireFixture.nifty, other, sensex])
  }

  @Test("the body has whole numbers by segment, of contracts that are copied")
  func body() throws {
    let body = try #require(RequestBody.lastPrices(of: [other, sensex, share, WireFixture.nifty]))
    #expect(String(decoding: body, as: UTF8.self) == #"{"NSE_FNO":[47317,47318],"BSE_FNO":[874512]}"#)
    #expect(RequestBody.lastPrices(of: [share]) == nil, "and there is no request for anything else")
    #expect(RequestBody.lastPrices(of: []) == nil)
  }

  @Test("prices are read to the paisa, whatever decimals and texts they come in")
  func prices() throws {
    let text = """
      {"data":{"NSE_FNO":{"47317":{"last_price":152.35000610351562},"47318":{"last_price":"0.05"}},\
      "BSE_FNO":{"874512":{"last_price":455}}},"status":"success"}
      """
    #expect(try read(text) == [WireFixture.nifty: Paise(15_235), other: Paise(5), sensex: .rupees(455)])
  }

  @Test(
    "what has no price is not there, and no error",
    arguments: [
      #"{"data":{"NSE_FNO":{}},"status":"success"}"#, #"{"data":{},"status":"success"}"#,
      #"{"data":{"NSE_FNO":{"47317":{"last_price":0}}},"status":"success"}"#,
      #"{"data":{"NSE_FNO":{"47317":{"last_price":null}}},"status":"success"}"#,
      #"{"data":{"NSE_FNO":{"47317":{"last_price":-1}}},"status":"success"}"#,
      #"{"data":{"NSE_FNO":{"99":{"last_price":1}},"NSE_EQ":{"47317":{"last_price":1}}},"status":"success"}"#,
    ])
  func absent(text: String) throws { #expect(try read(text).isEmpty) }

  @Test(
    "what is no answer is a fault",
    arguments: ["", "[]", "null", "<html>", #"{"status":"failed","data":{"806":"Data APIs not Subscribed"}}"#])
  func faults(text: String) { #expect(throws: WireFault.self) { try read(text) } }
}
