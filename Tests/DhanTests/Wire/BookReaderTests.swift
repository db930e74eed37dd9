import Domain
import Ports
import Testing

@testable import Dhan

@Suite("Readings are understood whole or not at all (rule 28)")
struct BookReaderTests {
  private let contracts = WireFixture.Contracts()

  private func orders(_ text: String, of account: ClientID? = nil) throws -> [BrokerOrder] {
    try BookReader.orders(Array(text.utf8), contracts: contracts, of: account)
  }

  @Test("the order of §4.6 is read field by field")
  func order() throws {
    let order = BrokerOrder(
      orderID: "112111182198", correlationID: "cp1-0a1b2c3d-001", key: WireFixture.niftyMargin, side: .buy,
      type: .limit, validity: .day, quantity: Quantity(65), price: Paise(15_235), status: .pending,
      updatedAt: Timestamp("2026-09-14T05:03:03Z"))
    #expect(try orders(WireFixture.text("readings/orders.json"), of: "1000000003") == [order])
  }

  @Test("one order by its number may be an object, an array of one, or inside data; an unknown one is an empty array")
  func byNumber() throws {
    let list = try WireFixture.text("readings/orders.json")
    let one = String(list.drop { $0 != "{" }.prefix { $0 != "]" })
    let expected = try orders(list)
    for form in [one, "{\"status\":\"success\",\"data\":\(list)}", "{\"data\":\(one),\"status\":\"success\"}"] {
      #expect(try orders(form) == expected)
    }
    #expect(try orders("[]") == [])
    #expect(try orders("{\"status\":\"success\",\"data\":[]}") == [])
  }

  @Test(
    "every sentinel of §4.6 is nothing",
    arguments: [
      ("\"updateTime\":\"2026-09-14 10:33:03\"", "\"updateTime\":\"0001-01-01 00:00:00\""),
      ("\"exchangeOrderId\":\"1400000000404591\"", "\"exchangeOrderId\":\"0\""),
      ("\"correlationId\":\"cp1-0a1b2c3d-001\"", "\"correlationId\":\"NA\""),
      ("\"correlationId\":\"cp1-0a1b2c3d-001\"", "\"correlationId\":\"\""),
      ("\"drvExpiryDate\":\"2026-09-15\"", "\"drvExpiryDate\":\"0001-01-01\""),
      ("\"drvOptionType\":\"CALL\"", "\"drvOptionType\":\"NA\""),
      ("\"drvOptionType\":\"CALL\"", "\"drvOptionType\":null"),
      ("\"legName\":\"NA\"", "\"legName\":null"), ("\"filledQty\":0", "\"filledQty\":null"),
      ("\"omsErrorDescription\":\"CONFIRMED\"", "\"omsErrorDescription\":null"),
      ("\"averageTradedPrice\":0.0", "\"averageTradedPrice\":\"NA\""),
      ("\"triggerPrice\":0.0", "\"triggerPrice\":null"),
    ])
  func sentinels(value: String, sentinel: String) throws {
    let text = try WireFixture.text("readings/orders.json")
    try #require(text.contains(value))
    var expected = try orders(text)
    if value.contains("correlationId") { expected[0].correlationID = nil }
    #expect(try orders(text.replacing(value, with: sentinel)) == expected)
  }

  @Test("a forever order that waits for its trigger is no part of the book, whatever else its row says") func armed()
    throws
  {
    let text = try WireFixture.text("readings/orders.json")
    let status = "\"orderStatus\":\"PENDING\""
    try #require(text.contains(status))
    let armed = text.replacing(status, with: "\"orderStatus\":\"CONFIRM\"").replacing("\"LIMIT\"", with: "\"SINGLE\"")
    #expect(try orders(armed) == [])
  }

  @Test("outside of the instrument file the row's own terms name the contract, where they are whole")
  func stated() throws {
    let text = try WireFixture.text("readings/orders.json").replacing("\"47317\"", with: "\"47318\"")
    let terms = WireFixture.nifty.option
    #expect(try orders(text)[0].key.contract == ContractID(segment: .nseFNO, securityID: "47318", option: terms))
    for (value, other) in [("\"CALL\"", "\"NA\""), ("23950.0", "0"), ("\"2026-09-15\"", "\"0001-01-01\"")] {
      #expect(try orders(text.replacing(value, with: other))[0].key.contract.option == nil)
    }
    let put = try orders(text.replacing("\"CALL\"", with: "\"PUT\""))[0].key.contract.option
    #expect(put?.type == .put)
  }

  @Test("unknown words are other and unknown, and the reading stands")
  func unknownWords() throws {
    let text = try WireFixture.text("readings/orders.json")
      .replacing("\"NSE_FNO\"", with: "\"NSE_COMM\"").replacing("\"MARGIN\"", with: "\"NEW\"")
      .replacing("\"LIMIT\"", with: "\"TWAP\"").replacing("\"DAY\"", with: "\"GTC\"")
      .replacing("\"PENDING\"", with: "\"MARKED\"")
    let order = try orders(text)[0]
    #expect(order.key.contract.segment == .other && order.key.product == .other)
    #expect(order.type == .other && order.validity == .other && order.status == .unknown)
  }

  @Test(
    "one row that is not understood fails the whole reading, and says which and why",
    arguments: [
      ("\"orderId\":\"112111182198\",", "", "orderId"),
      ("\"transactionType\":\"BUY\"", "\"transactionType\":\"?\"", "transactionType"),
      ("\"quantity\":65", "\"quantity\":null", "quantity"), ("\"filledQty\":0", "\"filledQty\":\"x\"", "filledQty"),
      ("\"price\":152.35", "\"price\":\"x\"", "price"), ("\"exchangeSegment\":\"NSE_FNO\",", "", "exchangeSegment"),
      ("\"productType\":\"MARGIN\",", "", "productType"),
      ("\"securityId\":\"47317\"", "\"securityId\":{}", "securityId"),
    ])
  func broken(part: String, instead: String, named: String) throws {
    let good = try WireFixture.text("readings/orders.json")
    try #require(good.contains(part))
    let row = good.dropFirst().drop { $0 != "{" }.prefix { $0 != "]" }
    let text = "[\(row),\(row.replacing(part, with: instead))]"
    let fault = #expect(throws: WireFault.self) { try orders(text) }
    #expect(fault?.text.hasPrefix("order 2 of 2 has ") == true)
    #expect(fault?.text.contains("(\(named))") == true)
  }

  @Test(
    "what is no reading is a fault, never an empty book",
    arguments: [
      "", "null", "\"\"", "{}", "[", "[{}", "[[]]", "[1]", "<html>", "{\"status\":\"success\",\"data\":null}",
      "{\"status\":\"success\"}", "[]]", "[{\"message\":\"x\",\"status\":\"ERROR\"}]",
    ])
  func faults(text: String) {
    #expect(throws: WireFault.self) { try orders(text) }
    #expect(throws: WireFault.self) { try BookReader.trades(Array(text.utf8), contracts: contracts) }
    #expect(throws: WireFault.self) { try BookReader.positions(Array(text.utf8), contracts: contracts) }
    #expect(throws: WireFault.self) { try BookReader.funds(Array(text.utf8)) }
    #expect(throws: WireFault.self) { try BookReader.profile(Array(text.utf8)) }
    #expect(throws: WireFault.self) { try BookReader.margin(Array(text.utf8)) }
    #expect(throws: WireFault.self) { try BookReader.holdings(Array(text.utf8)) }
  }

  @Test(
    "an error body under HTTP 200 is a fault that has the broker's words",
    arguments: [
      "e4-order-error", "e5-not-subscribed", "e6-token-expired", "e7-ip", "e8-not-found", "e9-mint", "e10-old",
    ])
  func errorBodies(name: String) throws {
    let body = try WireFixture.bytes("errors/\(name).json")
    let message = try #require(BrokerError(body: body)).message
    let fault = #expect(throws: WireFault.self) { try BookReader.orders(body, contracts: contracts) }
    #expect(fault?.text.contains(message) == true)
    #expect(throws: WireFault.self) { try BookReader.holdings(body) }
  }

  @Test("another account's rows are a fault")
  func otherAccount() throws {
    let text = try WireFixture.text("readings/orders.json")
    #expect(throws: WireFault.self) { try orders(text, of: "1000000004") }
    let funds = try WireFixture.bytes("readings/funds.json")
    #expect(throws: WireFault.self) { try BookReader.funds(funds, of: "1000000004") }
    #expect(try BookReader.funds(funds, of: "1000000009").startOfDay == .rupees(113_642))
  }

  @Test("a trade is read field by field, as an object too")
  func trades() throws {
    let text = try WireFixture.text("readings/trades.json")
    let trade = BrokerTrade(
      orderID: "112111182198", tradeID: "15112111182198", key: WireFixture.niftyMargin, side: .buy,
      quantity: Quantity(65), price: Paise(15_235), tradedAt: Timestamp("2026-09-14T05:03:03Z"))
    let one = String(text.dropFirst().dropLast())
    for form in [text, one] { #expect(try BookReader.trades(Array(form.utf8), contracts: contracts) == [trade]) }
    for (part, instead) in [("\"exchangeTradeId\"", "\"x\""), ("\"tradedQuantity\":65", "\"tradedQuantity\":0")] {
      let broken = Array(text.replacing(part, with: instead).utf8)
      #expect(throws: WireFault.self) { try BookReader.trades(broken, contracts: contracts) }
    }
  }

  @Test("the position of §7.1 is read in signed units, with what it carried forward")
  func positions() throws {
    let text = try WireFixture.text("readings/positions.json")
    func read(_ text: String) throws -> [BrokerPosition] {
      try BookReader.positions(Array(text.utf8), contracts: contracts)
    }
    let long = BrokerPosition(key: WireFixture.niftyMargin, net: Quantity(65), carriedForward: .zero)
    #expect(try read(text) == [long])
    let short = text.replacing("\"netQty\":65", with: "\"netQty\":\"-130\"")
      .replacing("\"carryForwardSellQty\":0", with: "\"carryForwardSellQty\":195")
    let expected = BrokerPosition(key: WireFixture.niftyMargin, net: Quantity(-130), carriedForward: Quantity(-195))
    #expect(try read(short) == [expected])
  }

  @Test("a position is read from whatever of its quantities is there, and not at all when none tells the net")
  func sparsePositions() throws {
    let text = try WireFixture.text("readings/positions.json")
    func read(without parts: [String]) throws -> [BrokerPosition] {
      let sparse = parts.reduce(text) { $0.replacing("\"\($1)\"", with: "\"x\"") }
      return try BookReader.positions(Array(sparse.utf8), contracts: contracts)
    }
    let whole = BrokerPosition(key: WireFixture.niftyMargin, net: Quantity(65), carriedForward: .zero)
    for parts in [["netQty"], ["carryForwardBuyQty"], ["carryForwardBuyQty", "carryForwardSellQty"]] {
      #expect(try read(without: parts) == [whole])
    }
    let carried = ["carryForwardBuyQty", "carryForwardSellQty", "dayBuyQty", "daySellQty"]
    #expect(try read(without: carried).map(\.carriedForward) == [Quantity(65)])
    #expect(throws: WireFault.self) { try read(without: ["netQty", "buyQty"]) }
  }

  @Test("holdings are counted, and the broker's error for none is none")
  func holdings() throws {
    #expect(try BookReader.holdings(WireFixture.bytes("readings/holdings.json")) == 1)
    #expect(try BookReader.holdings(Array("[]".utf8)) == 0)
    #expect(try BookReader.holdings(WireFixture.bytes("errors/e4-no-holdings.json")) == 0)
  }

  @Test("funds are read under the misspelled key and the right one, and negative balances stand")
  func funds() throws {
    let text = try WireFixture.text("readings/funds.json")
    let funds = Funds(startOfDay: .rupees(113_642), available: .rupees(98_440), utilised: .rupees(15_202))
    #expect(try BookReader.funds(Array(text.utf8)) == funds)
    #expect(try BookReader.funds(Array(text.replacing("availabel", with: "available").utf8)) == funds)
    let negative = try BookReader.funds(Array(text.replacing("98440.0", with: "\"-12.505\"").utf8))
    #expect(negative.available == Paise(-1_250))
  }

  @Test("of the three amounts of the funds one may be missing or say nothing: it follows from the others; no two may")
  func fundsInPart() throws {
    let text = try WireFixture.text("readings/funds.json")
    let funds = Funds(startOfDay: .rupees(113_642), available: .rupees(98_440), utilised: .rupees(15_202))
    let keys = ["sodLimit", "availabelBalance", "utilizedAmount"]
    for key in keys {
      #expect(try BookReader.funds(Array(text.replacing(key, with: "x").utf8)) == funds)
      let silent = text.replacing("\"\(key)\"", with: "\"\(key)\":null,\"x\"")
      #expect(try BookReader.funds(Array(silent.utf8)) == funds)
      let unreadable = text.replacing("\"\(key)\"", with: "\"\(key)\":\"much\",\"x\"")
      #expect(throws: WireFault.self) { try BookReader.funds(Array(unreadable.utf8)) }
      for other in keys where other != key {
        let poor = text.replacing(key, with: "x").replacing(other, with: "y")
        #expect(throws: WireFault.self) { try BookReader.funds(Array(poor.utf8)) }
      }
    }
  }

  @Test("the profile of §2.6 is read with both spellings of its segments")
  func profile() throws {
    let text = try WireFixture.text("readings/profile.json")
    let words = "Equity, Derivative, Currency, Commodity"
    let until = Timestamp("2025-03-30T10:07:00Z")
    for (segments, derivatives) in [(words, true), ("E, D, C, M, ", true), ("E, C, ", false), ("", false)] {
      let profile = try BookReader.profile(Array(text.replacing(words, with: segments).utf8))
      #expect(
        profile == AccountProfile(clientID: "1000000001", tokenValidUntil: until, tradesDerivatives: derivatives))
    }
    let unclear = try BookReader.profile(Array(text.replacing("30/03/2025 15:37", with: "soon").utf8))
    #expect(unclear.tokenValidUntil == nil)
  }

  @Test("margins are read from both calculators")
  func margin() throws {
    for name in ["margin", "margin-multi"] {
      #expect(try BookReader.margin(WireFixture.bytes("readings/\(name).json")) == Paise(12_843_340))
    }
  }
}
