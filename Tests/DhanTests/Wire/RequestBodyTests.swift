import Domain
import Ports
import Testing

@testable import Dhan

@Suite("What is sent is written byte for byte as the reference has it")
struct RequestBodyTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func ticket(price: Paise = Paise(15_235)) -> OrderTicket {
    OrderTicket(
      correlationID: "cp1-0a1b2c3d-001", key: WireFixture.niftyMargin, side: .buy,
      terms: OrderTerms(quantity: Quantity(65), price: .limit(price)))
  }

  @Test("the place body is the sample of §4.2")
  func place() {
    let expected = """
      {"dhanClientId":"1000000003","correlationId":"cp1-0a1b2c3d-001","transactionType":"BUY","exchangeSegment":"NSE_FNO",\
      "productType":"MARGIN","orderType":"LIMIT","validity":"DAY","securityId":"47317","quantity":65,"price":152.35}
      """
    #expect(text(RequestBody.place(ticket(), clientID: "1000000003")) == expected)
  }

  @Test("the modify body holds the whole order and repeats its number (§4.3)")
  func modify() {
    let expected = """
      {"dhanClientId":"1000000003","orderId":"112111182198","orderType":"LIMIT","quantity":130,"disclosedQuantity":0,\
      "price":152.3,"validity":"DAY"}
      """
    let body = RequestBody.modify(
      "112111182198", OrderTerms(quantity: Quantity(130), price: .limit(Paise(15_230))), clientID: "1000000003")
    #expect(text(body) == expected)
  }

  @Test("a stop, an immediate order and a disclosed quantity are written in their own fields, in both bodies")
  func everyTerm() {
    var ticket = ticket()
    ticket.terms = OrderTerms(
      quantity: Quantity(130), price: .stop(trigger: Paise(26_410), limit: Paise(26_500)),
      validity: .immediateOrCancel, disclosedQuantity: Quantity(65))
    let placed = """
      {"dhanClientId":"1000000003","correlationId":"cp1-0a1b2c3d-001","transactionType":"BUY","exchangeSegment":"NSE_FNO",\
      "productType":"MARGIN","orderType":"STOP_LOSS","validity":"IOC","securityId":"47317","quantity":130,\
      "disclosedQuantity":65,"price":265,"triggerPrice":264.1}
      """
    #expect(text(RequestBody.place(ticket, clientID: "1000000003")) == placed)
    let modified = """
      {"dhanClientId":"1000000003","orderId":"112111182198","orderType":"STOP_LOSS","quantity":130,\
      "disclosedQuantity":65,"price":265,"triggerPrice":264.1,"validity":"IOC"}
      """
    #expect(text(RequestBody.modify("112111182198", ticket.terms, clientID: "1000000003")) == modified)
  }

  @Test("an after-market order has its flag and its moment, and no other order has either (§4.2)")
  func afterMarket() {
    var waiting = ticket()
    waiting.afterMarket = true
    let body = text(RequestBody.place(waiting, clientID: "1000000003"))
    #expect(body.hasSuffix("\"price\":152.35,\"afterMarketOrder\":true,\"amoTime\":\"OPEN\"}"))
    #expect(!text(RequestBody.place(ticket(), clientID: "1000000003")).contains("amo"))
  }

  @Test("the margin body is that of §7.5")
  func margin() {
    let expected = """
      {"dhanClientId":"1000000003","exchangeSegment":"NSE_FNO","transactionType":"SELL","quantity":65,\
      "productType":"MARGIN","securityId":"47317","price":152}
      """
    let body = RequestBody.margin(
      for: WireFixture.niftyMargin, side: .sell, quantity: Quantity(65), price: .rupees(152), clientID: "1000000003")
    #expect(text(body) == expected)
  }

  @Test("the margin body of several legs is that of §7.6")
  func basketMargin() {
    let expected = """
      {"dhanClientId":"1000000003","includePosition":false,"includeOrder":false,"scripList":[\
      {"exchangeSegment":"NSE_FNO","transactionType":"BUY","quantity":65,"productType":"MARGIN","securityId":"47317",\
      "price":95.4},\
      {"exchangeSegment":"NSE_FNO","transactionType":"SELL","quantity":130,"productType":"MARGIN","securityId":"47317",\
      "price":152}]}
      """
    let legs = [
      MarginLeg(key: WireFixture.niftyMargin, side: .buy, quantity: Quantity(65), price: Paise(9_540)),
      MarginLeg(key: WireFixture.niftyMargin, side: .sell, quantity: Quantity(130), price: .rupees(152)),
    ]
    #expect(text(RequestBody.margin(for: legs, clientID: "1000000003")) == expected)
  }

  @Test("the login frame is that of §6.1")
  func login() {
    let expected = """
      {"LoginReq":{"MsgCode":42,"ClientId":"1000000001","Token":"eyJ.a-b_c"},"UserType":"SELF"}
      """
    #expect(text(RequestBody.login(clientID: "1000000001", token: "eyJ.a-b_c")) == expected)
  }

  @Test(
    "prices are rupees without needless zeros",
    arguments: [
      (15_235, "152.35"), (15_230, "152.3"), (15_200, "152"), (5, "0.05"), (10, "0.1"), (0, "0"), (-5, "-0.05"),
    ])
  func price(paise: Int64, written: String) {
    #expect(text(RequestBody.place(ticket(price: Paise(paise)), clientID: "1")).hasSuffix("\"price\":\(written)}"))
  }

  @Test("every text is escaped, so that none can add a field")
  func escapes() throws {
    let token = "a\"b\\c\u{1}\n\u{1F}é"
    let body = RequestBody.login(clientID: "x\",\"y", token: token)
    #expect(text(body).contains(#""ClientId":"x\",\"y","Token":"a\"b\\c\u0001\u000a\u001fé""#))
    let login = try #require(try LenientJSON.body(body).field("LoginReq"))
    #expect(login.field("Token")?.text == token)
    #expect(login.field("ClientId")?.text == "x\",\"y")
  }

  @Test("a call's path holds nothing of an order number but one segment")
  func path() {
    #expect(RequestBody.path(of: .place(ticket())) == "/orders")
    #expect(RequestBody.path(of: .cancel("112111182198")) == "/orders/112111182198")
    #expect(
      RequestBody.path(of: .modify("1-a_B", OrderTerms(quantity: .zero, price: .limit(.zero)))) == "/orders/1-a_B")
    #expect(RequestBody.path(of: .cancel("../a?b\u{1}%")) == "/orders/%2E%2E%2Fa%3Fb%01%25")
  }
}
