import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

@Suite("Contracts of every kind, by settings") struct ContractTests {
  /// The second example of docs/simulator.md: one contract of each kind.
  private static func documented() throws -> SimulatorSettings {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/simulator.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```yaml\n")
    let example = try #require(parts.dropFirst(2).first?.components(separatedBy: "```").first)
    return try SimulatorSettings(yaml: example)
  }

  private func row(_ securityID: String, _ file: String) throws -> [String] {
    let line = try #require(file.split(separator: "\n").first { $0.contains(",\(securityID),") }, "\(securityID)")
    return line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  @Test("the instrument file says of each what it is: kind, lot, tick, expiry, strike") func file() throws {
    let file = InstrumentFile.text(of: try ContractTests.documented().contracts)
    func facts(_ securityID: String) throws -> [String] {
      let row = try row(securityID, file)
      // Exchange, segment, kind, underlying, lot, expiry, strike, option type, tick.
      return [0, 1, 4, 6, 11, 12, 13, 14, 15].map { row[$0] }
    }
    #expect(
      try facts("61000") == ["NSE", "D", "OPTIDX", "FINNIFTY", "60.0", "2026-12-29", "27000.00000", "CE", "5.0000"])
    #expect(
      try facts("63001") == ["BSE", "D", "OPTIDX", "BANKEX", "30.0", "2026-12-31", "60000.00000", "PE", "5.0000"])
    #expect(
      try facts("64000") == ["NSE", "D", "OPTSTK", "IDEA", "40000.0", "2026-12-29", "10.00000", "CE", "1.0000"])
    #expect(
      try facts("66000") == ["NSE", "D", "FUTIDX", "NIFTY", "65.0", "2026-12-29", "-0.01000", "XX", "10.0000"])
    #expect(
      try facts("67000") == ["NSE", "C", "FUTCUR", "USDINR", "1000.0", "2026-12-29", "-0.01000", "XX", "1.0000"])
    #expect(
      try facts("68000") == ["MCX", "M", "FUTCOM", "CRUDEOIL", "100.0", "2026-12-18", "-0.01000", "XX", "100.0000"])
    let columns = Set(
      file.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
    #expect(columns == [33])
  }

  @Test("one underlying has several expiries, and each is another contract") func expiries() throws {
    let contracts = try ContractTests.documented().contracts
    let expiries = contracts.filter { $0.instrument.underlying == "NIFTY" && $0.id.option != nil }.compactMap(\.expiry)
    #expect(Set(expiries).count == 3)
  }

  @Test("each contract trades in its own tick, and shows in book and stream under its segment")
  func trades() throws {
    let settings = try ContractTests.documented()
    var bench = CoreBench {
      $0.contracts = settings.contracts; $0.quotes = settings.quotes
    }
    let stream = bench.login("1000000001")
    for (securityID, segment, letters, quantity, price) in [
      ("64000", "NSE_FNO", "NSE D", 40_000, "0.87"), ("66000", "NSE_FNO", "NSE D", 65, "24100.10"),
      ("67000", "NSE_CURRENCY", "NSE C", 1_000, "84.13"), ("68000", "MCX_COMM", "MCX M", 100, "5800"),
      ("11536", "NSE_EQ", "NSE E", 10, "3100.50"),
    ] {
      let body =
        #"{"account":"1000000001","security_id":"\#(securityID)","side":"BUY","quantity":\#(quantity),"price":\#(price),"product":"INTRADAY"}"#
      let id = try #require(bench.control(.post, "orders", body)["order_id"] as? String, "\(securityID)")
      bench.pass(.seconds(1))
      let order = try bench.order(id, account: "1000000001")
      #expect(order["orderStatus"] as? String == "TRADED", "\(order.text)")
      #expect(order["exchangeSegment"] as? String == segment)
      let message = try #require(bench.messages(stream).last)
      #expect("\(message["exchange"] ?? "") \(message["segment"] ?? "")" == letters)
      if segment != "NSE_EQ" { #expect(order["drvExpiryDate"] as? String == message["expiryDate"] as? String) }
    }
  }
}
