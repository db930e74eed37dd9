import Foundation
import Testing

/// Calls of which nobody knows what became of them, over real processes (rules 26 to 34).
@Suite("Never twice, never lost", .timeLimit(.minutes(10))) struct DoubtTests {
  private typealias Contract = LiveStage.Contract

  /// An account's orders as the exchange has them, whatever its readings say.
  private func orders(of client: String, _ stage: LiveStage) async throws -> [LiveStage.BookOrder] {
    struct State: Decodable {
      struct Account: Decodable {
        var client_id: String
        var orders: [LiveStage.BookOrder]
      }
      var accounts: [Account]
    }
    let state = try JSONDecoder().decode(State.self, from: try await stage.simulator("GET", "state"))
    return state.accounts.first { $0.client_id == client }?.orders ?? []
  }

  private func inDoubt(_ stage: LiveStage) async throws -> [String] {
    let outcome = try await stage.command("orders", "--in-doubt", "--json")
    try #require(outcome.status == 0, "\(outcome)")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let orders = try #require(document["orders"] as? [[String: Any]])
    return orders.flatMap { $0["requests"] as? [[String: Any]] ?? [] }
      .filter { $0["outcome"] as? String == "in_doubt" }.compactMap { $0["request_id"] as? String }
  }

  @Test("rule 30: what no reading can settle a person settles, by absence or by an order number, recorded either way")
  func resolve() async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["entries: { max_age: 5m }"])
    try await stage.startAndWait()
    // Nobody can read either account. Asha's order is not taken; vikram's is, and his stream is silent.
    for client in [LiveStage.asha, LiveStage.vikram] {
      try await stage.fault(#""kind":"html_body","on":"reads","times":"every","account":"\#(client)""#)
    }
    try await stage.fault(#""kind":"silence","account":"\#(LiveStage.vikram)""#)
    try await stage.fault(#""kind":"server_error","taken":false,"on":"place","account":"\#(LiveStage.asha)""#)
    try await stage.fault(#""kind":"server_error","taken":true,"on":"place","account":"\#(LiveStage.vikram)""#)
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilStatus("both are in doubt") { status in
      status.followers.allSatisfy { $0.in_doubt == 1 && $0.alerts.contains { $0.alert == "in_doubt" } }
    }
    let told = try await stage.command("orders", "--in-doubt")
    #expect(told.output.contains("DH-908") && told.output.contains("copytrade resolve"), "\(told)")
    var requests = try await inDoubt(stage)
    let vikram = try #require(try await orders(of: LiveStage.vikram, stage).first)
    let his = try #require(requests.first { $0.hasPrefix(vikram.correlationId) })
    requests.removeAll { $0 == his }
    let hers = try #require(requests.first)

    #expect(try await stage.command("resolve", hers).status == 64, "either --absent or --order-id")
    #expect(try await stage.command("resolve", hers, "--absent", "--order-id", "1").status == 64)
    let unknown = try await stage.command("resolve", "cp1-nothing.p1", "--absent")
    #expect(unknown.status == 64 && unknown.diagnostics.contains("orders --in-doubt"), "\(unknown)")
    #expect(try await stage.command("resolve", hers, "--absent").status == 0)
    try await stage.until("asha's order is placed again under its label") {
      try await orders(of: LiveStage.asha, stage).map(\.correlationId) == [String(hers.dropLast(3))]
    }
    let again = try await stage.command("resolve", hers, "--absent")
    #expect(again.status == 64, "it is in doubt no longer: \(again)")

    // The other one while the service is down.
    #expect(try await stage.stop() == 0)
    let down = try await stage.command("resolve", his, "--order-id", vikram.orderId)
    #expect(down.status == 0, "\(down)")
    try await stage.endFaults()
    try await stage.startAndWait()
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    #expect(try await orders(of: LiveStage.vikram, stage).count == 1)
    #expect(try await orders(of: LiveStage.asha, stage).count == 1)
    #expect(try await stage.events("request.resolved").count == 2)
    let explained = try await stage.command("explain", his)
    #expect(explained.output.contains("a person says that it is order \(vikram.orderId) (rule 30)"), "\(explained)")
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test("rule 29: a call that the broker takes long after it was given up and made again is found, closed and told")
  func surplus() async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["entries: { max_age: 5m }"])
    try await stage.startAndWait()
    try await stage.fault(#""kind":"take_late","on":"place","delay":"30s","account":"\#(LiveStage.asha)""#)
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.until("both orders are there, and the surplus is gone again") {
      let labelled = try await orders(of: LiveStage.asha, stage).filter { $0.transactionType == "BUY" }
      return labelled.count == 2 && Set(labelled.map(\.correlationId)).count == 1
    }
    // The log agrees as well before it has heard of the second order.
    try await stage.until("the surplus was told, and is over") {
      try await stage.events("alert.cleared").contains { $0.text("alert") == "surplus" }
    }
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    let raised = try await stage.events("alert.raised").filter { $0.text("alert") == "surplus" }
    #expect(raised.count == 1, "\(raised)")
    let adopted = try await stage.events("order.adopted")
    #expect(adopted.map { $0.payload["surplus"] as? Int } == [1], "\(adopted)")
    let surplus = try #require(adopted.first?.text("order_id"))
    let explained = try await stage.command("explain", surplus)
    for words in ["in doubt", "does not show it", "again under its own label", "is a surplus", "(rule 29)"] {
      #expect(explained.output.contains(words), "\(words): \(explained.output)")
    }
    #expect(try await stage.status().followers.allSatisfy { $0.surplus == 0 && $0.alerts.isEmpty })
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "151.90")
    try await stage.untilInSync(["asha": [:], "vikram": [:]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test("rules 26 and 34: over an older copy of the store, today's orders are found again, and nothing is placed twice")
  func restored() async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["entries: { max_age: 5m }"])
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    let backup = try await stage.command("backup", "--output", "older.db")
    #expect(backup.status == 0, "\(backup)")
    // What the older store does not know: an exit, an entry, and an entry that rests.
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "151.90")
    try await stage.untilInSync(["asha": [:], "vikram": [:]])
    _ = try await stage.leaderOrder("BUY", 300, of: Contract.bank, at: "310.60")
    try await stage.untilInSync(["asha": [Contract.bank: 90], "vikram": [Contract.bank: 60]])
    let resting = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    try await stage.until("the resting order is copied") {
      for client in [LiveStage.asha, LiveStage.vikram] {
        guard try await stage.book(of: client).contains(where: { $0.orderStatus == "PENDING" }) else { return false }
      }
      return true
    }
    #expect(try await stage.stop() == 0)
    let before = try await [stage.book(of: LiveStage.asha), stage.book(of: LiveStage.vikram)]
    let folder = stage.folder.path
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "\(folder)/copytrade.db\(end)") }
    try FileManager.default.moveItem(atPath: folder + "/older.db", toPath: folder + "/copytrade.db")

    try await stage.startAndWait()
    try await stage.untilStatus("what is held is known again") { status in
      status["asha"]?.holdings == [Contract.bank: 90] && status["vikram"]?.holdings == [Contract.bank: 60]
    }
    let adopted = try await stage.events("order.adopted")
    #expect(adopted.count == 6 && adopted.allSatisfy { $0.payload["surplus"] == nil }, "\(adopted)")
    #expect(try await stage.events("follower.halted").isEmpty)
    #expect(try await [stage.book(of: LiveStage.asha), stage.book(of: LiveStage.vikram)] == before, "nothing was sent")

    try await stage.cancelLeaderOrder(resting)
    _ = try await stage.leaderOrder("SELL", 300, of: Contract.bank, at: "310.00")
    try await stage.untilInSync(["asha": [:], "vikram": [:]])
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test(
    "rule 34: an order with our prefix that no log of ours knows halts its follower alone, until a person resumes it")
  func otherInstance() async throws {
    let stage = try await LiveStage.open()
    try stage.configure()
    try await stage.startAndWait()
    let body =
      #"{"dhanClientId":"\#(LiveStage.asha)","correlationId":"cp1-zzzzzzzzzzzzzzzzzzzz","transactionType":"BUY","exchangeSegment":"NSE_FNO","productType":"MARGIN","orderType":"LIMIT","validity":"DAY","securityId":"\#(Contract.put)","quantity":65,"price":130.0}"#
    let (status, reply) = try await stage.http(
      "POST", "/v2/orders",
      headers: [
        "access-token": "simulator-\(LiveStage.asha)", "client-id": LiveStage.asha, "content-type": "application/json",
      ], body: body)
    try #require(status == 200, "\(String(decoding: reply, as: UTF8.self))")
    try await stage.untilStatus("asha is halted, with the reason") { status in
      status["asha"]?.holds("halted") == true && status["asha"]?.reason("halted").contains("rule 34") == true
    }
    #expect(try await stage.status()["vikram"]?.holds("halted") == false)
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.until("vikram alone copies") { try await stage.followersHold(0, 130, of: Contract.call) }
    // Nothing of the other instance's is touched.
    #expect(try await stage.book(of: LiveStage.asha).map(\.orderStatus) == ["PENDING"])
    #expect(try await stage.command("resume", "--follower", "asha").status == 0)
    try await stage.untilStatus("asha trades again") { $0["asha"]?.holds("halted") == false }
    _ = try await stage.leaderOrder("BUY", 300, of: Contract.bank, at: "310.60")
    try await stage.until("both copy") { try await stage.followersHold(90, 60, of: Contract.bank) }
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
