import Domain
import Foundation
import Ports
import Testing

@testable import Dhan

@Suite("Order updates are read from whatever the stream sends")
struct OrderUpdateReaderTests {
  private func read(_ text: String) -> [FrameItem] {
    OrderUpdateReader.read(Array(text.utf8), contracts: WireFixture.Contracts())
  }

  private func update(_ text: String) throws -> OrderUpdate {
    let items = read(text)
    guard items.count == 1, case .update(let update) = items[0] else { throw Unread(items: items) }
    return update
  }
  private struct Unread: Error { let items: [FrameItem] }

  /// The partial fill of an option with some of its fields changed; `nil` takes one out.
  private func changed(_ changes: [String: String?]) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(WireFixture.bytes("stream/option-partial.json")))
    var message = try #require(object as? [String: Any])
    var data = try #require(message["Data"] as? [String: Any])
    for (key, value) in changes { data[key] = value }
    message["Data"] = data
    return String(decoding: try JSONSerialization.data(withJSONObject: message), as: UTF8.self)
  }

  @Test("a forever order that waits for its trigger is no order") func armed() throws {
    let text = try changed(["status": "CONFIRM", "tradedQty": "0"])
    #expect(read(text) == [.ignored(type: "armed forever order")])
    #expect(try update(changed(["status": "Pending", "tradedQty": "0"])).order.status == .pending)
  }

  @Test(
    "what is closed never fills any more",
    arguments: [("0", OrderStatus.cancelled), ("65", .cancelled), ("130", .traded)])
  func closed(filled: String, status: OrderStatus) throws {
    #expect(try update(changed(["status": "CLOSED", "tradedQty": filled])).order.status == status)
  }

  @Test("the documented sample is read field by field, in both styles", arguments: ["documented", "wire-style"])
  func documented(name: String) throws {
    let update = try update(WireFixture.text("stream/\(name).json"))
    let contract = ContractID(segment: .nseEquity, securityID: "14366", option: nil)
    let order = BrokerOrder(
      orderID: "1124091136546", correlationID: nil, key: PositionKey(contract: contract, product: .cnc), side: .buy,
      type: .limit, validity: .day, quantity: Quantity(1), price: Paise(1_300), status: .cancelled,
      updatedAt: Timestamp("2024-09-11T09:09:29Z"))
    #expect(update == OrderUpdate(order: order, clientID: "1000000001", referencePrice: Paise(1_321)))
  }

  @Test("a partial fill is read field by field, and its contract is the instrument file's")
  func partial() throws {
    let update = try update(WireFixture.text("stream/option-partial.json"))
    let order = BrokerOrder(
      orderID: "112111182198", correlationID: "cp1-0a1b2c3d-001", key: WireFixture.niftyMargin, side: .buy,
      type: .limit, validity: .day, quantity: Quantity(130), price: Paise(15_235), filled: Quantity(65),
      averagePrice: Paise(15_235), status: .partTraded, updatedAt: Timestamp("2026-09-14T05:03:05Z"))
    #expect(update == OrderUpdate(order: order, clientID: "1000000001", referencePrice: Paise(15_240)))
  }

  @Test("keys may have any casing, of the envelope too, and numbers may be texts")
  func casing() throws {
    let text = try WireFixture.text("stream/option-partial.json")
    let expected = try update(text)
    let keys = /"([A-Za-z]+)":/
    #expect(try update(text.replacing(keys) { "\"\($0.1.uppercased())\":" }) == expected)
    #expect(try update(text.replacing(keys) { "\"\($0.1.lowercased())\":" }) == expected)
    #expect(try update(text.replacing(/:(-?[0-9.E]+)([,}])/) { ":\"\($0.1)\"\($0.2)" }) == expected)
  }

  @Test(
    "quantities decide the state first, the word second, in any spelling (§6.4)",
    arguments: [
      ("Transit", 0, .transit), ("PENDING", 0, .pending), ("Pending", 65, .partTraded), ("Pending", 130, .traded),
      ("O-Pending", 0, .pending), ("Modified", 0, .pending), ("O-Modified", 65, .partTraded),
      ("Part-Traded", 65, .partTraded), ("PART_TRADED", 65, .partTraded), ("partially traded", 130, .traded),
      ("Part-Traded", 0, .unknown), ("Traded", 130, .traded), ("Traded", 65, .partTraded), ("Traded", 0, .unknown),
      ("Rejected", 0, .rejected), ("Rejected", 65, .rejected), ("Cancelled", 0, .cancelled),
      ("CANCELED", 0, .cancelled),
      ("O-Cancelled", 65, .cancelled), ("Cancelled", 130, .traded), ("Expired", 65, .expired), ("Expired", 0, .expired),
      ("Triggered", 0, .triggered), ("Triggered", 65, .partTraded), ("Closed", 130, .traded), ("Closed", 0, .cancelled),
      ("Inactive", 0, .unknown), ("Sleeping", 0, .unknown), ("", 0, .unknown),
      ("Sleeping", 65, .partTraded), ("Sleeping", 130, .traded),
    ] as [(String, Int, OrderStatus)])
  func status(word: String, filled: Int, expected: OrderStatus) throws {
    #expect(try update(changed(["status": word, "tradedQty": "\(filled)"])).order.status == expected)
  }

  @Test(
    "exchange and segment give the broker's segment, and unknown ones are other",
    arguments: [
      ("NSE", "D", .nseFNO), ("BSE", "D", .bseFNO), ("nse", "e", .nseEquity), ("BSE", "E", .bseEquity),
      ("MCX", "M", .mcxCommodity), ("NSE", "C", .nseCurrency), ("BSE", "C", .bseCurrency), ("NSE", "M", .other),
      ("ICEX", "D", .other), ("NSE", "NSE_FNO", .nseFNO),
    ] as [(String, String, ExchangeSegment)])
  func segment(exchange: String, letter: String, expected: ExchangeSegment) throws {
    #expect(
      try update(changed(["exchange": exchange, "segment": letter])).order.key.contract.segment == expected)
  }

  @Test("a stated exchangeSegment is taken as well")
  func exchangeSegment() throws {
    let text = try changed(["exchange": nil, "segment": nil, "exchangeSegment": "BSE_FNO"])
    let contract = try update(text).order.key.contract
    #expect(contract.segment == .bseFNO)
    #expect(contract.option == WireFixture.nifty.option, "outside of the file the message's own terms stand")
  }

  @Test(
    "products come as letters or names, and unknown ones are other",
    arguments: [
      ("C", nil, .cnc), ("I", nil, .intraday), ("M", nil, .margin), ("F", nil, .mtf), ("V", nil, .coverOrder),
      ("B", nil, .bracketOrder), (nil, "INTRADAY", .intraday), ("?", "MARGIN", .margin), ("X", "NEW", .other),
      ("", "CNC", .cnc), ("INTRADAY", nil, .intraday), ("M", "INTRADAY", .margin),
    ] as [(String?, String?, ProductType)])
  func product(letter: String?, name: String?, expected: ProductType) throws {
    #expect(try update(changed(["product": letter, "productName": name])).order.key.product == expected)
  }

  @Test(
    "order types and sides come in the words of both channels",
    arguments: [
      ("LMT", "B", .limit, .buy), ("MKT", "S", .market, .sell), ("SL", "BUY", .stopLoss, .buy),
      ("SLM", "SELL", .stopLossMarket, .sell), ("SL-M", "s", .stopLossMarket, .sell), ("LIMIT", "b", .limit, .buy),
      ("MARKET", "B", .market, .buy), ("STOP_LOSS", "B", .stopLoss, .buy),
      ("STOP_LOSS_MARKET", "B", .stopLossMarket, .buy), ("ICEBERG", "B", .other, .buy),
    ] as [(String, String, OrderType, Side)])
  func type(word: String, letter: String, type: OrderType, side: Side) throws {
    let order = try update(changed(["orderType": word, "txnType": letter])).order
    #expect(order.type == type)
    #expect(order.side == side)
  }

  @Test("the average falls back on the last trade, the time on the exchange's, and CONFIRMED is no reason")
  func fallbacks() throws {
    #expect(try update(changed(["avgTradedPrice": "0"])).order.averagePrice == Paise(15_230))
    #expect(try update(changed(["avgTradedPrice": nil, "tradedPrice": nil])).order.averagePrice == .zero)
    #expect(try update(changed(["tradedQty": nil])).order.averagePrice == .zero)
    let times = ["lastUpdatedTime": "0001-01-01 00:00:00", "exchOrderTime": "2026-09-14 10:33:04"]
    #expect(try update(changed(times)).order.updatedAt == Timestamp("2026-09-14T05:03:04Z"))
    let none = ["lastUpdatedTime": "", "exchOrderTime": "NA", "orderDateTime": "0001-01-01 00:00:00"]
    #expect(try update(changed(none)).order.updatedAt == nil)
    #expect(try update(changed(["reasonDescription": "Confirmed"])).order.reason.isEmpty)
    #expect(try update(changed(["refLtp": "0"])).referencePrice == nil)
    #expect(try update(changed(["refLtp": "?", "clientId": ""])).referencePrice == nil)
    #expect(try update(changed(["clientId": ""])).clientID == nil)
    #expect(try update(changed(["validity": "IOC"])).order.validity == .immediateOrCancel)
    #expect(try update(changed(["price": nil, "orderType": "MKT"])).order.price == .zero)
  }

  @Test("a rejection keeps the broker's words, cleaned")
  func rejection() throws {
    let order = try update(WireFixture.text("stream/rejected.json")).order
    #expect(order.status == .rejected)
    #expect(order.reason == "RMS:112111182199:Fund limit insufficient")
    let secret = try update(changed(["reasonDescription": "bad eyJhbGciOi.J9\u{7}"])).order.reason
    #expect(secret == "bad «token»")
  }

  @Test(
    "an order that lacks what it cannot be without is unreadable, and the field is named, not quoted",
    arguments: [
      ("orderNo", nil, "orderId"), ("orderNo", "0", "orderId"), ("orderNo", "1 2", "orderId"),
      ("txnType", "", "transactionType"),
      ("txnType", "X", "transactionType"), ("quantity", "NA", "quantity"), ("quantity", "6.5", "quantity"),
      ("quantity", "-65", "quantity"), ("quantity", "0", "quantity"), ("quantity", "1000000001", "quantity"),
      ("securityId", nil, "securityId"), ("tradedQty", "-1", "filledQty"), ("tradedQty", "some", "filledQty"),
      ("price", "cheap", "price"), ("price", "-1", "price"), ("price", "10000000.01", "price"),
      ("triggerPrice", "?", "triggerPrice"), ("exchange", nil, "exchangeSegment"),
    ] as [(String, String?, String)])
  func missing(key: String, value: String?, named: String) throws {
    let items = read(try changed([key: value]))
    guard case .unreadable(let text)? = items.first, items.count == 1 else { throw Unread(items: items) }
    #expect(text.contains("(\(named))"))
    if let value, value.count > 1 { #expect(!text.contains(value)) }
  }

  @Test("without any product there is no position key, so the message is unreadable")
  func noProduct() throws {
    guard case .unreadable = read(try changed(["product": nil, "productName": ""]))[0] else {
      Issue.record("read")
      return
    }
  }

  @Test("doubled keys are read by the one that says something")
  func doubled() throws {
    let text = try WireFixture.text("stream/documented.json")
      .replacing("\"Remarks\":\"NR\"", with: "\"Remarks\":\"\",\"quantity\":5,\"Quantity\":\"\",\"orderNo\":null")
    let order = try update(text).order
    #expect(order.quantity == Quantity(5))
    #expect(order.orderID == "1124091136546")
  }

  @Test("several messages of a frame come in their order, and damage between them hides none")
  func several() throws {
    let first = try WireFixture.text("stream/option-partial.json")
    let second = try WireFixture.text("stream/rejected.json")
    let both: [OrderID] = ["112111182198", "112111182199"]
    for frame in [first + second, first + "\n" + second + "\n", "[\(first),\(second)]"] {
      #expect(read(frame).compactMap(\.orderID) == both)
      #expect(read(frame).count == 2)
    }
    for damage in ["garbage", "{", "{\"Data\":{\"orderNo\":\"1", first.dropLast(40) + "", "\u{0}2\u{3}", "}}}"] {
      let items = read(first + damage + second)
      #expect(items.compactMap(\.orderID) == both)
      #expect(items.filter(\.isUnreadable).count == 1)
    }
  }

  @Test(
    "other kinds of messages are named and passed over",
    arguments: [
      (#"{"Type":"heart_beat","Data":{}}"#, "heart_beat"), (#"{"type":"position_alert"}"#, "position_alert"),
      (#"{"LoginRsp":{"MsgCode":43}}"#, "LoginRsp"), (#"{"MsgCode":43}"#, "LoginRsp"),
      (#"{"Type":"a b"}"#, "(unprintable)"), (#"{"Type":"eyJhbGci"}"#, "(unprintable)"), (#"{"Type":7}"#, "7"),
    ])
  func ignored(text: String, name: String) { #expect(read(text) == [.ignored(type: name)]) }

  @Test(
    "what is no message is unreadable, told without its content",
    arguments: [
      "1\n429 too many requests", "\u{0}\u{0}2\u{3}invalid token", "secret", "{}",
      "{\"Data\":\"secret\",\"Type\":\"order_alert\"}",
      "{\"Data\":[],\"Type\":\"order_alert\"}", "{\"Type\":\"order_alert\"}", "{\"secret\":1}", "\"secret\"",
      "{\"Data\":null}",
      "{\"secret", "{\"Data\":[1],\"Type\":\"order_alert\"}",
    ])
  func unreadable(text: String) {
    let items = read(text)
    #expect(items.count == 1)
    #expect(items.first?.isUnreadable == true)
    #expect(!"\(items)".contains("secret") && !"\(items)".contains("429"))
  }

  @Test("blanks are nothing", arguments: ["", " \r\n", "[]"])
  func blank(text: String) { #expect(read(text).isEmpty) }
}

extension FrameItem {
  var orderID: OrderID? {
    if case .update(let update) = self { return update.order.orderID }
    return nil
  }

  var isUnreadable: Bool {
    if case .unreadable = self { return true }
    return false
  }
}
