import Foundation
import Testing

/// What is wrong with one account is no other's trouble (rule 38).
@Suite("One account in trouble", .timeLimit(.minutes(10))) struct AccountFaultTests {
  private typealias Contract = LiveStage.Contract
  private static let accounts = """
    accounts:
      - {client_id: "1000000001", capital: 1_000_000}
      - {client_id: "1000000002", capital: 1_000_000}
      - {client_id: "1000000003", capital: 1_000_000}
      - {client_id: "1000000004", capital: 1_000_000}
      - {client_id: "1000000005", capital: 1_000_000}

    """

  @Test("promise 12: a dead token and a hanging network stop their own accounts, say so, and end without a restart")
  func isolation() async throws {
    let stage = try await LiveStage.open(settings: Self.accounts)
    try stage.configure([
      LiveStage.Follower(name: "healthy", client: "1000000002"), LiveStage.Follower(name: "dead", client: "1000000003"),
      LiveStage.Follower(name: "hanging", client: "1000000004"), LiveStage.Follower(name: "late", client: "1000000005"),
    ])
    try stage.writeToken("a-token-that-nobody-knows", of: "late")
    try stage.start()
    try await stage.untilStatus("three are ready, and the one that cannot be read is blocked") { status in
      let blocked = status.followers.filter { $0.holds("blocked") }
      guard status.leader.stream == "connected", blocked.map(\.name) == ["late"] else { return false }
      return blocked[0].reason("blocked").contains("DH-901")
    }

    try await stage.token("1000000003", "kill")
    try await stage.fault(#""kind":"hang","account":"1000000004","on":"any","times":"every""#)
    _ = try await stage.leaderOrder("BUY", 65, of: Contract.call, at: "152.30")
    try await stage.untilStatus("the healthy one is copied, the others say what is wrong") { status in
      guard try await stage.holdings(of: "1000000002") == [Contract.call: 65] else { return false }
      let states = status.followers.map { "\($0.name) \($0.state)" }
      return states == ["healthy in_sync", "dead blocked", "hanging in_doubt", "late blocked"]
    }
    let told = try await stage.status()
    #expect(told["dead"]?.reason("blocked").contains("DH-901") == true, "\(told)")

    try await stage.token("1000000003", "mint", "a-new-token")
    try stage.writeToken("a-new-token", of: "dead")
    try stage.writeToken("simulator-1000000005", of: "late")
    try await stage.endFaults()
    try await stage.untilStatus("everybody is well again") { status in
      status.isInSync && status.followers.allSatisfy { $0.stream == "connected" }
    }
    // What one forwent while it could not trade stays forgone in that contract, so another shows that all are back.
    _ = try await stage.leaderOrder("BUY", 65, of: Contract.put, at: "138.40")
    try await stage.untilStatus("everybody copies") { status in
      for follower in status.followers {
        guard try await stage.holdings(of: follower.client_id)[Contract.put] == 65 else { return false }
      }
      return status.isInSync
    }
    #expect(try await stage.holdings(of: "1000000005") == [Contract.put: 65], "what came before it joined is not owed")
    for client in ["1000000003", "1000000004"] {
      let token = client == "1000000003" ? "a-new-token" : nil
      let labels = try await stage.book(of: client, token: token).map(\.correlationId)
      #expect(Set(labels).count == labels.count, "\(labels)")
    }
    #expect(try await stage.stop() == 0)
    try await stage.verifyLog()
  }
}
