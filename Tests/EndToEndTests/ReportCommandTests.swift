import Daemon
import Domain
import Engine
import EventStore
import Foundation
import Testing

@Suite("The day report and explanations of a whole session") struct ReportCommandTests {
  let folder: Folder
  let store: String
  init() throws {
    folder = try Folder()
    store = try DemoStore.make(in: folder)
  }

  static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The numbers of all orders that the log saw, of the leader and of followers.
  func orders() throws -> (leader: Set<String>, followers: Set<String>) {
    var orders: (leader: Set<String>, followers: Set<String>) = ([], [])
    for stored in try SQLiteEventReader(path: store).events() {
      let event = try stored.draft.type.withBytes { type in
        try stored.draft.payload.withUnsafeBytes {
          try LogFold.decode(type: type, version: stored.draft.schemaVersion, payload: $0)
        }
      }
      switch event {
      case .leaderOrder(let seen): orders.leader.insert("\(seen.picture.order.orderID)")
      case .followerOrder(let seen): orders.followers.insert("\(seen.picture.order.orderID)")
      default: break
      }
    }
    return orders
  }

  @Test("every order of the leader is in the day of every follower, with an end or a reason") func complete() throws {
    let outcome = try folder.run("report", "--day", "2026-11-25", "--store", store, "--json")
    #expect(outcome.status == 0)
    #expect(outcome.diagnostics == "")
    let followers = try #require(try Self.object(outcome.output)["followers"] as? [[String: Any]])
    #expect(followers.map { $0["follower"] as? String } == ["asha", "vikram"])
    let expected = try orders().leader
    for follower in followers {
      let lines = try #require(follower["orders"] as? [[String: Any]])
      #expect(Set(lines.compactMap { $0["leader_order_id"] as? String }) == expected)
      for line in lines {
        let end = try #require(line["end"] as? String)
        let reasons = try #require(line["reasons"] as? [[String: Any]])
        #expect(["copied", "partly"].contains(end) || !reasons.isEmpty, "\(line)")
        #expect((line["text"] as? String)?.isEmpty == false)
      }
      // Every fill of the session has a price, a slippage and a latency.
      let fills = lines.flatMap { $0["fills"] as? [[String: Any]] ?? [] }
      #expect(fills.count == follower["fills"] as? Int)
      #expect(!fills.isEmpty)
      for fill in fills {
        for member in ["price", "slippage_rupees", "latency_us"] { #expect(!(fill[member] is NSNull), "\(fill)") }
      }
    }
  }

  @Test("what the day realised is what came in less what went out, where nothing is left open") func money() throws {
    let outcome = try folder.run("report", "--day", "2026-11-25", "--store", store, "--json")
    let followers = try #require(try Self.object(outcome.output)["followers"] as? [[String: Any]])
    func rupees(_ value: Any?) -> Paise { (value as? String).flatMap { Paise(rupees: $0) } ?? .zero }
    for follower in followers {
      let notes = try #require(follower["contract_notes"] as? [[String: Any]])
      let cash = notes.reduce(Paise.zero) { $0 + rupees($1["sold_rupees"]) - rupees($1["bought_rupees"]) }
      let held = try #require(follower["positions"] as? [[String: Any]]).reduce(Paise.zero) { sum, position in
        let units = Int64(position["held_quantity"] as? Int ?? 0)
        return sum + rupees(position["average_price"]) * Quantity(units)
      }
      #expect(cash + held == rupees(follower["realised_rupees"]))
    }
  }

  @Test("every order of the session, of whomever, can be explained") func explained() throws {
    let orders = try orders()
    #expect(orders.leader.count > 10)
    for order in orders.leader.union(orders.followers) {
      let text = try ExplainReport.read(order, store: store).text(.utc)
      #expect(text.hasPrefix("Order "))
      if orders.leader.contains(order) {
        #expect(text.contains("\nasha: ") && text.contains("\nvikram: "))
      }
      #expect(!text.contains("nobody was configured"))
    }
  }

  @Test("the text says the same with times of India, and a day outside of the log is no error") func text() throws {
    let text = try folder.run("report", "--day", "2026-11-25", "--store", store, "--local", "--follower", "asha")
    #expect(text.status == 0)
    #expect(text.output.hasPrefix("Trading day 2026-11-25 in India"))
    #expect(text.output.contains("\nasha: 13 orders of the leader: "))
    #expect(!text.output.contains("vikram"))
    #expect(text.output.contains("SEEN IST"))
    let outside = try folder.run("report", "--day", "2026-11-24", "--store", store)
    #expect(outside.status == 0)
    #expect(outside.output == "The log holds nothing of 2026-11-24, only of 2026-11-25.\n")
  }

  @Test("the report of a store that somebody writes to is the same") func beside() throws {
    let before = try folder.run("report", "--day", "2026-11-25", "--store", store)
    let log = try SQLiteEventLog(path: store)
    defer { try? log.close() }
    #expect(try folder.run("report", "--day", "2026-11-25", "--store", store) == before)
  }
}
