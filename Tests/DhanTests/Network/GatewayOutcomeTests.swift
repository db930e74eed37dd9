import Domain
import Ports
import Testing

@testable import Dhan

/// What a call comes to, by what the server does with it.
@Suite(.timeLimit(.minutes(1))) struct GatewayOutcomeTests {
  static let accepted = #"{"orderId":"112111182198","orderStatus":"TRANSIT"}"#
  static let tooMany =
    #"{"errorType":"Rate_Limit","errorCode":"DH-904","errorMessage":"Too many requests on server from single user"}"#

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let action: HTTPTestServer.Action
    let outcome: String
    let timing: CallTiming
    init(_ name: String, _ action: HTTPTestServer.Action, _ outcome: String, timing: CallTiming = CallTiming()) {
      (testDescription, self.action, self.outcome, self.timing) = (name, action, outcome, timing)
    }
  }

  static let cases = [
    Case("200 with an order", .reply(answer(200, accepted)), "accepted 112111182198"),
    Case("429 with the body", .reply(answer(429, tooMany)), "refused rate_limited"),
    Case("429 without", .reply(answer(429, "")), "in doubt"),
    Case("redirect", .reply(answer(302, "", more: "Location: /v2/elsewhere\r\n")), "in doubt"),
    Case("permanent redirect", .reply(answer(308, "", more: "Location: /v2/elsewhere\r\n")), "in doubt"),
    Case("HTML", .reply(answer(403, "<html>Forbidden</html>", type: "text/html")), "in doubt"),
    Case("server error", .reply(answer(502, "<html></html>", type: "text/html")), "in doubt"),
    Case("no HTTP", .reply("SSH-2.0-OpenSSH_9.2\r\n"), "in doubt"),
    Case("reads and closes", .close, "in doubt"),
    Case("reads and resets", .reset, "in doubt"),
    Case("half a head", .replyAndClose("HTTP/1.1 200 OK\r\nContent-Le"), "in doubt"),
    Case(
      "half a body", .replyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + accepted), "in doubt"),
    Case("too long a body", .reply("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{"), "in doubt"),
    Case("never answers", .hang, "in doubt", timing: .short),
    Case(
      "never ends its answer", .reply("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), "in doubt", timing: .short),
  ]

  static let calls: [BrokerCall] = [
    .place(ticket()), .modify("112111182198", OrderTerms(quantity: Quantity(130), price: .limit(Paise(15000)))),
    .cancel("112111182198"),
  ]

  @Test(
    "An answer decides, silence and broken answers leave a call in doubt, and nothing is sent twice", arguments: cases,
    calls)
  func outcomes(_ expected: Case, _ call: BrokerCall) async throws {
    let server = try await HTTPTestServer.start { _, _ in expected.action }
    let outcome = try await withGateway("http://127.0.0.1:\(server.port)/v2", timing: expected.timing) {
      await $0.outcome(of: call)
    }
    await server.stop()
    #expect(outcome.kind == expected.outcome)
    #expect(!"\(outcome)".contains(secret))
    // Where time runs out it may do so before the request has left.
    let sent = server.requests.count
    #expect(sent == 1 || (sent == 0 && expected.timing == .short))
  }

  @Test("A port that refuses proves that nothing was written", arguments: calls)
  func refusedPort(_ call: BrokerCall) async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    let port = server.port
    await server.stop()
    let outcome = try await withGateway("http://127.0.0.1:\(port)/v2") { await $0.outcome(of: call) }
    #expect(outcome.kind == "refused not_written")
  }

  @Test("A server that does not take up connections proves that nothing was written")
  func fullServer() async throws {
    var timing = CallTiming()
    timing.connect = .milliseconds(200)
    let server = try FullServer()
    let outcome = try await withGateway("http://127.0.0.1:\(server.port)/v2", timing: timing) {
      await $0.outcome(of: Self.calls[0])
    }
    #expect(outcome.kind == "refused not_written", "\(outcome)")
  }

  @Test(
    "Without a token, or with one that no header can carry, nothing is written",
    arguments: [nil, "", "a b", "a\r\nx: y"])
  func unusableToken(_ token: String?) async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    try await withGateway("http://127.0.0.1:\(server.port)/v2", token: TestToken(token)) { gateway in
      let outcome = await gateway.outcome(of: Self.calls[0])
      #expect(outcome.kind == "refused not_written")
      await #expect(throws: ReadingFault.self) { try await gateway.orderBook() }
    }
    await server.stop()
    #expect(server.connections == 0)
  }

  @Test("A kept connection that the server closes as the next call comes leaves that call in doubt")
  func staleConnection() async throws {
    let server = try await HTTPTestServer.start { _, number in
      number == 1 ? .reply(answer(200, Self.accepted)) : .close
    }
    try await withGateway("http://127.0.0.1:\(server.port)/v2") { gateway in
      #expect(await gateway.outcome(of: Self.calls[0]).kind == "accepted 112111182198")
      #expect(await gateway.outcome(of: Self.calls[0]).kind == "in doubt")
    }
    await server.stop()
    #expect(server.requests.count == 2)
  }

  @Test("Shutting down turns away the calls that wait and leaves those under way in doubt")
  func shutdown() async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    let gateway = try DhanGateway(
      baseURL: "http://127.0.0.1:\(server.port)/v2", clientID: account, token: TestToken(secret),
      contracts: NoContracts(), logger: .silent)
    await withTaskGroup(of: String.self) { group in
      for _ in 0..<100 { group.addTask { await gateway.outcome(of: Self.calls[0]).kind } }
      try? await eventually("calls arrive") { server.requests.count >= 10 }
      await gateway.shutdown()
      var counts: [String: Int] = [:]
      for await kind in group { counts[kind, default: 0] += 1 }
      #expect(Set(counts.keys) == ["in doubt", "refused not_written"])
      #expect(server.requests.count <= counts["in doubt", default: 0])
    }
    #expect(await gateway.outcome(of: Self.calls[0]).kind == "refused not_written")
    await server.stop()
  }

  @Test("An account that hangs holds up no other")
  func hangingAccount() async throws {
    let hanging = try await HTTPTestServer.start { _, _ in .hang }
    let healthy = try await HTTPTestServer.start { _, _ in .reply(answer(200, Self.accepted)) }
    try await withGateway("http://127.0.0.1:\(hanging.port)/v2") { first in
      try await withGateway("http://127.0.0.1:\(healthy.port)/v2") { second in
        for _ in 0..<10 { first.perform(Self.calls[0]) { _ in } }
        try await eventually("ten calls hang") { hanging.requests.count == 10 }
        #expect(await second.outcome(of: Self.calls[0]).kind == "accepted 112111182198")
      }
    }
    await hanging.stop()
    await healthy.stop()
  }
}
