import Domain
import Foundation
import Ports
import Testing

@testable import Dhan

@Suite("What an order says beside quantity and price is read from stream and book alike")
struct OrderTermsTests {
  /// An order of 130 units with no fills, in the shape of each channel; `nil` takes a field out.
  private func orders(_ changes: [String: String?]) throws -> [BrokerOrder] {
    let stream = try WireFixture.bytes("stream/option-partial.json")
    var message = try #require(JSONSerialization.jsonObject(with: Data(stream)) as? [String: Any])
    var data = try #require(message["Data"] as? [String: Any])
    data["tradedQty"] = 0
    let book = try WireFixture.bytes("readings/orders.json")
    var row = try #require((JSONSerialization.jsonObject(with: Data(book)) as? [[String: Any]])?.first)
    row["quantity"] = 130
    for (name, value) in changes {
      data[OrderTermsTests.streamNames[name] ?? name] = value
      row[name] = value
    }
    message["Data"] = data
    let items = OrderUpdateReader.read(
      Array(try JSONSerialization.data(withJSONObject: message)), contracts: WireFixture.Contracts())
    guard case .update(let update)? = items.first else { throw Unread() }
    return [update.order]
      + (try BookReader.orders(
        Array(try JSONSerialization.data(withJSONObject: [row])), contracts: WireFixture.Contracts()))
  }
  private struct Unread: Error {}

  private static let streamNames = [
    "afterMarketOrder": "offMktFlag", "exchangeOrderId": "exchOrderNo", "exchangeTime": "exchOrderTime",
    "orderStatus": "status", "filledQty": "tradedQty", "disclosedQuantity": "discQuantity",
  ]

  @Test(
    "the disclosed quantity is what shows at a time, and zero where that is all of it or nobody can tell",
    arguments: [
      ("65", 65), ("0", 0), (nil, 0), ("", 0), ("130", 0), ("195", 0), ("-65", 0), ("some", 0),
    ] as [(String?, Int64)])
  func disclosed(written: String?, read: Int64) throws {
    for order in try orders(["disclosedQuantity": written]) {
      #expect(order.disclosedQuantity == Quantity(read))
      #expect(order.quantity == Quantity(130), "and no order is lost for it")
    }
  }

  @Test(
    "the book's name and the stream's number tell the legs that end a super order; anything else is none",
    arguments: [
      ("legName", "TARGET_LEG", true), ("legName", "STOP_LOSS_LEG", true), ("legName", "ENTRY_LEG", false),
      ("legName", "NA", false), ("legName", "", false), ("legNo", "2", true), ("legNo", "3", true),
      ("legNo", "1", false),
      ("legNo", "some", false), ("legNo", "", false),
    ])
  func legs(field: String, written: String, isExitLeg: Bool) throws {
    for order in try orders([field: written]) { #expect(order.isExitLeg == isExitLeg) }
  }

  @Test(
    "a flagged order waits for the session until the exchange has given it a number (§4.6, §4.11)",
    arguments: [
      ("1", nil, true), ("1", "", true), ("1", "0", true), ("1", "NA", true), ("true", "0", true),
      ("1", "1400000000404591", false), ("0", "0", false), (nil, "0", false), ("", "", false),
    ] as [(String?, String?, Bool)])
  func waits(flag: String?, number: String?, waits: Bool) throws {
    let changes = ["afterMarketOrder": flag, "exchangeOrderId": number, "exchangeTime": "0001-01-01 00:00:00"]
    for order in try orders(changes) { #expect(order.afterMarket == waits) }
  }

  @Test("a broker's own time in the exchange's field does not send an order that has no number")
  func timeIsWeaker() throws {
    let time = "2026-09-14 08:10:00"
    for order in try orders(["afterMarketOrder": "1", "exchangeOrderId": "0", "exchangeTime": time]) {
      #expect(order.afterMarket)
    }
    // Where there is no field for the number, the time is all that tells.
    for order in try orders(["afterMarketOrder": "1", "exchangeOrderId": nil, "exchangeTime": time]) {
      #expect(!order.afterMarket)
    }
  }

  @Test(
    "an order that filled, triggered or ended waits for nothing, whatever its flag says",
    arguments: [
      ("Pending", "65"), ("Traded", "130"), ("Cancelled", "0"), ("Rejected", "0"), ("Expired", "0"), ("Triggered", "0"),
    ])
  func over(word: String, filled: String) throws {
    let changes = ["afterMarketOrder": "1", "exchangeOrderId": "0", "orderStatus": word, "filledQty": filled]
    for order in try orders(changes) { #expect(!order.afterMarket) }
  }
}
