import Foundation
import Testing

/// What a person tells the service (rule 36).
@Suite("An operator", .timeLimit(.minutes(10))) struct OperatorTests {
  private typealias Contract = LiveStage.Contract

  private func modes(_ stage: LiveStage) async throws -> [String: String] {
    let status = try await stage.status()
    return Dictionary(
      uniqueKeysWithValues: status.followers.map { follower in
        (follower.name, ["halted", "close_only"].first { follower.holds($0) } ?? "running")
      })
  }

  @Test("a command reaches the service however deep its store lies") func deepFolder() async throws {
    let stage = try await LiveStage.open()
    let deep = [String](repeating: "a-folder-with-a-rather-long-name", count: 5).joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "\(stage.folder.path)/\(deep)", withIntermediateDirectories: true)
    stage.store = "\(deep)/copytrade.db"
    try stage.configure()
    try await stage.startAndWait()
    #expect(try await stage.command("halt", "--follower", "asha").status == 0)
    #expect(try await modes(stage) == ["asha": "halted", "vikram": "running"])
    #expect(try await stage.stop() == 0)
    // A second start finds the socket of one that was killed.
    try await stage.startAndWait()
    try await stage.stop(SIGKILL)
    try stage.start()
    try await stage.until("asha may trade again") {
      let resumed = try await stage.command("resume", "--follower", "asha")
      return resumed.status == 0
    }
    #expect(try await modes(stage)["asha"] == "running")
  }

  @Test("halt, close-only and resume hold with the service up, down, and killed, and a stale socket is no hindrance")
  func commands() async throws {
    let stage = try await LiveStage.open()
    try stage.configure()
    try await stage.startAndWait()
    let socket = stage.folder.path + "/copytrade.db.sock"
    let modes = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
    #expect(modes == 0o600)
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    try await stage.until("the resting order is copied") {
      for client in [LiveStage.asha, LiveStage.vikram] {
        guard try await stage.book(of: client).contains(where: { $0.orderStatus == "PENDING" }) else { return false }
      }
      return true
    }

    let unknown = try await stage.command("halt", "--follower", "nobody")
    #expect(unknown.status == 64 && unknown.diagnostics.contains("nobody"), "\(unknown)")
    #expect(try await stage.command("halt").status == 0)
    #expect(try await self.modes(stage) == ["asha": "halted", "vikram": "halted"])
    try await stage.until("resting entries are taken back") {
      for client in [LiveStage.asha, LiveStage.vikram] {
        guard try await stage.book(of: client).contains(where: { $0.orderStatus == "CANCELLED" }) else { return false }
      }
      return true
    }
    _ = try await stage.leaderOrder("BUY", 200, of: Contract.sensex, at: "455.80")
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "151.90")
    try await stage.until("the entry is given up and the exit waits") {
      let forgone = try await stage.events("entry.forgone").filter { $0.text("reason") == "halted" }
      let exits = try await stage.events("placement.requested").filter { $0.text("purpose") == "exit" }
      return forgone.contains { $0.text("follower") == "asha" } && exits.count == 2
    }
    #expect(try await stage.followersHold(195, 130, of: Contract.call))
    #expect(try await stage.command("resume").status == 0)
    try await stage.until("the exits are caught up") { try await stage.followersHold(0, 0, of: Contract.call) }
    #expect(try await stage.followersHold(0, 0, of: Contract.sensex))
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.until("both copy") { try await stage.followersHold(195, 130, of: Contract.call) }
    #expect(try await stage.command("close-only", "--follower", "asha").status == 0)
    #expect(try await self.modes(stage) == ["asha": "close_only", "vikram": "running"])
    _ = try await stage.leaderOrder("BUY", 300, of: Contract.bank, at: "310.60")
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "151.90")
    try await stage.until("asha makes exits only, vikram everything") {
      let held = try await [stage.holdings(of: LiveStage.asha), stage.holdings(of: LiveStage.vikram)]
      return held == [[:], [Contract.bank: 60]]
    }

    try await stage.stop(SIGKILL)
    #expect(FileManager.default.fileExists(atPath: socket), "nobody was there to remove it")
    #expect(try await stage.command("halt", "--follower", "nobody").status == 64)
    let down = try await stage.command("halt", "--follower", "vikram")
    #expect(down.status == 0, "\(down)")
    #expect(try await self.modes(stage) == ["asha": "close_only", "vikram": "halted"])
    try await stage.startAndWait()
    #expect(try await self.modes(stage) == ["asha": "close_only", "vikram": "halted"])
    #expect(try await stage.command("resume").status == 0)
    #expect(try await self.modes(stage) == ["asha": "running", "vikram": "running"])
    _ = try await stage.leaderOrder("BUY", 200, of: Contract.sensex, at: "455.80")
    try await stage.until("both copy again") { try await stage.followersHold(60, 40, of: Contract.sensex) }
    #expect(try await stage.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: socket))
    #expect(try await stage.command("close-only").status == 0)
    #expect(try await self.modes(stage) == ["asha": "close_only", "vikram": "close_only"])
    try await stage.verifyLog()
  }
}
