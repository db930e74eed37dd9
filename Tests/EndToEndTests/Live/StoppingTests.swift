import Foundation
import Testing

/// The end of the service.
@Suite("Stopping", .timeLimit(.minutes(10))) struct StoppingTests {
  private typealias Contract = LiveStage.Contract

  /// A position, an entry and an exit that rest, for both followers.
  private func stage(_ arguments: String...) async throws -> LiveStage {
    let stage = try await LiveStage.open()
    try stage.configure()
    if arguments.isEmpty { try await stage.startAndWait() } else { try await stage.startAndWait(arguments[0]) }
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.call, at: "152.30")
    try await stage.untilInSync(["asha": [Contract.call: 195], "vikram": [Contract.call: 130]])
    _ = try await stage.leaderOrder("BUY", 650, of: Contract.put, at: "130.00")
    _ = try await stage.leaderOrder("SELL", 650, of: Contract.call, at: "160.00")
    try await stage.until("both rest") {
      for client in [LiveStage.asha, LiveStage.vikram] {
        guard try await stage.book(of: client).count(where: { $0.orderStatus == "PENDING" }) == 2 else { return false }
      }
      return true
    }
    return stage
  }

  private func resting(_ stage: LiveStage, _ client: String) async throws -> [String] {
    try await stage.book(of: client).filter { $0.orderStatus == "PENDING" }.map(\.transactionType).sorted()
  }

  @Test(
    "a signal waits for the reply that is outstanding, leaves what rests, and the last line says what rests and is open",
    arguments: [SIGTERM, SIGINT])
  func signals(number: Int32) async throws {
    let stage = try await stage()
    // Only the reply can tell what became of the call.
    try await stage.fault(#""kind":"silence","account":"\#(LiveStage.asha)","on":"stream""#)
    try await stage.fault(#""kind":"delay","account":"\#(LiveStage.asha)","on":"place","delay":"4500ms""#)
    _ = try await stage.leaderOrder("BUY", 300, of: Contract.bank, at: "310.60")
    try await stage.untilStatus("a call is out") { status in status["asha"]?.open_requests == 1 }
    #expect(try await stage.stop(number) == 0)

    let asha = try #require(try await stage.status()["asha"])
    #expect(asha.open_requests == 0 && asha.in_doubt == 0, "\(asha)")
    #expect(try await stage.book(of: LiveStage.asha).filter { $0.securityId == Contract.bank }.count == 1)
    #expect(try await stage.events().last?.type == "service.stopped")
    let last = try #require(stage.log.split(separator: "\n").last)
    // The order that was under way may rest or have filled when the service ends.
    #expect(last.contains("stopped") && !last.contains("unanswered_calls"), "\(last)")
    #expect(last.firstMatch(of: /resting_orders=[456]( |$)/) != nil, "\(last)")
    #expect(last.firstMatch(of: /open_positions=[234]( |$)/) != nil, "\(last)")
    for client in [LiveStage.asha, LiveStage.vikram] {
      #expect(try await resting(stage, client) == ["BUY", "SELL"])
    }
    try await stage.verifyLog()
  }

  @Test("run --cancel-entries takes resting entries back when it stops, and leaves exits")
  func cancelEntries() async throws {
    let stage = try await stage("--cancel-entries")
    #expect(try await stage.stop() == 0)
    for client in [LiveStage.asha, LiveStage.vikram] { #expect(try await resting(stage, client) == ["SELL"]) }
    let last = try #require(stage.log.split(separator: "\n").last)
    #expect(last.contains("resting_orders=2") && last.contains("open_positions=2"), "\(last)")
    try await stage.verifyLog()
  }

  @Test("a signal is heard while the instrument file is still being fetched")
  func starting() async throws {
    let stage = try await LiveStage.open()
    let silent = try SilentServer()
    try stage.configure(instruments: "http://127.0.0.1:\(silent.port)/instruments.csv")
    try stage.start()
    try await stage.until("the file is asked for") { silent.isAsked }
    #expect(try await stage.stop() == 0)
  }

  @Test("a second service on the same store ends with 75 before it speaks to the broker")
  func second() async throws {
    let stage = try await LiveStage.open(settings: "switches: {second_stream: kick_oldest}")
    try stage.configure()
    try await stage.startAndWait()
    let second = try await stage.command("run")
    #expect(second.status == 75, "\(second)")
    let gone = try await stage.events("stream.changed").filter { $0.payload["connected"] == nil }
    #expect(gone.isEmpty, "the second one's logins threw the first one's streams out: \(gone)")
    #expect(try await stage.stop() == 0)
  }
}
