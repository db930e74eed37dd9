import Domain
import Ports
import Synchronization
import TestSupport
import Testing

@testable import Dhan

@Suite(.timeLimit(.minutes(1))) struct GatewayFaultTests {
  @Test("Whatever a server does: a call called not written was never seen, and none is seen twice", arguments: 1...6)
  func notWrittenIsProof(seed: UInt64) async throws {
    let random = Mutex(SeededGenerator(seed: seed))
    let server = try await HTTPTestServer.start { _, _ in
      switch random.withLock({ $0.next() % 8 }) {
      case 0: .close
      case 1: .reset
      case 2: .replyAndClose(answer(200, GatewayOutcomeTests.accepted))
      case 3: .replyAndClose("HTTP/1.1 200 OK\r\nContent-")
      case 4: .reply(answer(500, ""))
      default: .reply(answer(200, GatewayOutcomeTests.accepted))
      }
    }
    let outcomes = try await withGateway("http://127.0.0.1:\(server.port)/v2") { gateway in
      await withTaskGroup(of: (CorrelationID, String).self) { group in
        for number in 0..<20 {
          let label = CorrelationID(stringLiteral: "ct-\(seed)-\(number)")
          group.addTask { (label, await gateway.outcome(of: .place(ticket(label))).kind) }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
    }
    await server.stop()
    for (label, outcome) in outcomes {
      let seen = server.requests.count { $0.body.contains("\"\(label)\"") }
      #expect(seen <= 1, "seed \(seed)")
      if outcome == "refused not_written" { #expect(seen == 0, "seed \(seed)") }
      if outcome.hasPrefix("accepted") { #expect(seen == 1, "seed \(seed)") }
    }
  }

  @Test("A server that closes what it accepts is not stormed, and a call to it is never accepted")
  func closingServer() async throws {
    let server = try await HTTPTestServer.start(welcome: .close) { _, _ in .hang }
    try await withGateway("http://127.0.0.1:\(server.port)/v2", timing: .short) { gateway in
      for _ in 0..<5 {
        let kind = await gateway.outcome(of: .cancel("1")).kind
        #expect(kind == "in doubt" || kind == "refused not_written")
      }
      // A storm would have brought hundreds by then.
      try await Task.sleep(for: .milliseconds(300))
    }
    await server.stop()
    // Thirty, and what each call still tries.
    #expect(server.connections <= 45)
  }

  @Test("A spare connection on which the server takes its leave unasked does no harm")
  func unsolicitedAnswer() async throws {
    let server = try await HTTPTestServer.start(welcome: .say(answer(408, ""))) { _, _ in .close }
    try await withGateway("http://127.0.0.1:\(server.port)/v2", timing: .short) { gateway in
      for _ in 0..<5 {
        let kind = await gateway.outcome(of: .place(ticket())).kind
        #expect(kind == "in doubt" || kind == "refused not_written")
      }
    }
    await server.stop()
  }
}
