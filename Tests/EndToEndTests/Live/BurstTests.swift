import Foundation
import Testing

/// More than the budgets allow at once.
@Suite("A burst", .timeLimit(.minutes(10))) struct BurstTests {
  private typealias Contract = LiveStage.Contract
  private static let clients = ["1000000002", "1000000003", "1000000004", "1000000005", "1000000006"]

  @Test("thirty orders at once keep every account within its budget, lose nothing, and let exits and cancels go first")
  func burst() async throws {
    let accounts = ([LiveStage.leader] + Self.clients).map { "  - {client_id: \"\($0)\", capital: 2_000_000}\n" }
    let stage = try await LiveStage.open(settings: "accounts:\n" + accounts.joined())
    try stage.configure(
      Self.clients.enumerated().map { LiveStage.Follower(name: "follower\($0 + 1)", client: $1) },
      lines: ["entries: { max_age: 1m }"])
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 130, of: Contract.call, at: "152.30")
    let resting = try await stage.leaderOrder("BUY", 20, of: Contract.sensex, at: "440.00")
    try await stage.until("a position and a resting order are copied") {
      // Asked of the simulator itself: whoever asks for a follower's book spends his budget.
      let accounts = try await stage.accounts()
      return Self.clients.allSatisfy { accounts[$0]?.orders.map(\.orderStatus).sorted() == ["PENDING", "TRADED"] }
    }

    // Side by side, so that lanes still hold entries when the exit and the cancel come, on a slow machine as well.
    try await Self.place(28, at: stage.address)
    try await stage.cancelLeaderOrder(resting)
    _ = try await stage.leaderOrder("SELL", 130, of: Contract.call, at: "151.90")
    let wanted = [Contract.put: 28 * 65]
    try await stage.untilInSync(
      Dictionary(uniqueKeysWithValues: Self.clients.indices.map { ("follower\($0 + 1)", wanted) }))

    for (client, calls) in try await stage.calls() where client != LiveStage.leader {
      #expect(calls.most_in_one_second <= 10 && calls.rate_limited == 0, "\(client): \(calls)")
    }
    let requests = try await stage.events(
      "placement.requested", "cancellation.requested", "request.attempted")
    for number in Self.clients.indices {
      try overtakes(requests.filter { $0.text("follower") == "follower\(number + 1)" })
    }
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  /// Orders of the leader for one lot each, all on their way at once.
  private static func place(_ count: Int, at address: String) async throws {
    let body =
      #"{"account":"\#(LiveStage.leader)","security_id":"\#(Contract.put)","side":"BUY","quantity":65,"price":138.40}"#
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...count {
        group.addTask {
          let reply = try await LoopbackHTTP.send("POST", address + "/simulator/orders", body: body)
          #expect(reply.status == 200)
        }
      }
      try await group.waitForAll()
    }
  }

  /// That entries which were asked for before the exit and the cancel left after them.
  private func overtakes(_ events: [ExportedEvent]) throws {
    var left: [String: Int] = [:]
    for event in events where event.type == "request.attempted" || event.payload["leaves_at_once"] != nil {
      if let id = event.text("request_id") { left[id] = event.sequence }
    }
    func isEntry(_ event: ExportedEvent) -> Bool {
      event.type == "placement.requested" && event.text("purpose") == "entry"
    }
    let exit = try #require(events.first { $0.type == "placement.requested" && $0.text("purpose") == "exit" })
    let cancel = try #require(events.first { $0.type == "cancellation.requested" })
    let lastEntry = try #require(events.last { isEntry($0) && $0.sequence < exit.sequence })
    let entryLeft = try #require(lastEntry.text("request_id").flatMap { left[$0] })
    for urgent in [exit, cancel] {
      let urgentLeft = try #require(urgent.text("request_id").flatMap { left[$0] })
      #expect(urgentLeft < entryLeft, "\(urgent.type) left after an entry that was asked for before it")
    }
  }
}
