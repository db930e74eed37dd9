import Foundation
import Testing

/// What happened while nobody listened.
@Suite("Around a restart", .timeLimit(.minutes(10))) struct RestartTests {
  private typealias Contract = LiveStage.Contract

  @Test("orders from before the first start are never copied; after an outage an old entry is not, and an exit is")
  func outage() async throws {
    let stage = try await LiveStage.open()
    try stage.configure(lines: ["entries: { max_age: 2s }"])
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    let resting = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    try await stage.until("the leader's orders are at the exchange") {
      let book = try await stage.book(of: LiveStage.leader)
      return book.first { $0.orderId == resting }?.orderStatus == "PENDING"
        && book.contains { $0.orderStatus == "TRADED" }
    }
    try await stage.startAndWait()
    _ = try await stage.leaderOrder("BUY", 300, of: Contract.bank, at: "310.60")
    try await stage.untilInSync(["asha": [Contract.bank: 90], "vikram": [Contract.bank: 60]])
    for client in [LiveStage.asha, LiveStage.vikram] {
      let copied = try await stage.book(of: client)
      #expect(copied.map(\.securityId) == [Contract.bank], "\(copied)")
    }

    try await stage.stop()
    _ = try await stage.leaderOrder("BUY", 200, of: Contract.sensex, at: "455.80")
    _ = try await stage.leaderOrder("SELL", 300, of: Contract.bank, at: "310.00")
    // Of what was held before anything was copied the followers owe nothing.
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "151.90")
    // Broker times have whole seconds, and the age has to be passed.
    try await Task.sleep(for: .seconds(4))
    try await stage.startAndWait()
    try await stage.untilInSync(["asha": [:], "vikram": [:]])
    for client in [LiveStage.asha, LiveStage.vikram] {
      let copied = try await stage.book(of: client)
      #expect(copied.count == 2 && copied.allSatisfy { $0.securityId == Contract.bank }, "\(copied)")
    }
    // The order that has rested since before the first start is none of these; its own reason may be told as well.
    let forgone = try await stage.events("entry.forgone").filter { $0.text("origin") != resting }
    #expect(forgone.count == 2 && forgone.allSatisfy { $0.text("reason") == "too_old" }, "\(forgone)")
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }

  @Test("a service that is killed twice in the middle of a burst doubles no order and loses none")
  func kills() async throws {
    let stage = try await LiveStage.open()
    // An order that was killed on its way is looked for first; what waits for it shall not grow too old.
    try stage.configure(lines: ["entries: { max_age: 5m }"])
    try await stage.startAndWait()
    for round in 1...2 {
      for number in 1...8 {
        let security = number % 2 == 0 ? Contract.call : Contract.put
        _ = try await stage.leaderOrder("BUY", 650, of: security, at: number % 2 == 0 ? "152.30" : "138.40")
      }
      try await stage.until("copies are under way") { try await stage.book(of: LiveStage.asha).count >= 8 * round - 5 }
      try await stage.stop(SIGKILL)
      #expect(try await stage.status().mode == "stopped")
      try await stage.startAndWait()
    }
    try await stage.untilStatus("everything is settled") { $0.isInSync }
    let status = try await stage.status()
    for follower in status.followers {
      let labels = try await stage.book(of: follower.client_id).map(\.correlationId)
      #expect(Set(labels).count == labels.count, "an order was placed twice: \(labels)")
      #expect(try await stage.holdings(of: follower.client_id) == follower.holdings, "\(follower)")
    }
    let orders = Set(try await stage.book(of: LiveStage.leader).map(\.orderId))
    for follower in status.followers {
      let ended = try await stage.events("link.ended").filter { $0.text("follower") == follower.name }
      #expect(orders.isSubset(of: ended.compactMap { $0.text("origin") }), "\(follower.name): \(ended)")
    }
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
