import Domain
import Ports
import Synchronization
import Testing

@testable import Dhan

/// What the broker's server sees.
@Suite(.timeLimit(.minutes(1))) struct GatewayWireTests {
  private func seen(
    _ url: (Int) -> String, localAddress: String? = nil, _ call: BrokerCall
  ) async throws -> HTTPTestServer.Request {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(200, GatewayOutcomeTests.accepted)) }
    _ = try await withGateway(url(server.port), localAddress: localAddress) { await $0.outcome(of: call) }
    await server.stop()
    return try #require(server.requests.first)
  }

  @Test(
    "Each call goes to its path, with the headers of every call and its own body",
    arguments: [
      (
        BrokerCall.place(ticket()), "POST /v2/orders HTTP/1.1",
        RequestBody.place(ticket(), clientID: account)
      ),
      (
        .modify("112111182198", OrderTerms(quantity: Quantity(130), price: .limit(Paise(15000)))),
        "PUT /v2/orders/112111182198 HTTP/1.1",
        RequestBody.modify(
          "112111182198", OrderTerms(quantity: Quantity(130), price: .limit(Paise(15000))), clientID: account)
      ),
      (.cancel("112111182198"), "DELETE /v2/orders/112111182198 HTTP/1.1", []),
    ])
  func calls(_ call: BrokerCall, _ line: String, _ body: [UInt8]) async throws {
    var port = 0
    let request = try await seen(
      {
        port = $0
        return "http://127.0.0.1:\($0)/v2/"
      }, call)
    #expect(request.line == line)
    #expect(request.body == String(decoding: body, as: UTF8.self))
    var headers = request.headers
    if case .cancel = call {} else { #expect(headers.removeValue(forKey: "content-length") == "\(body.count)") }
    #expect(
      headers == [
        "host": "127.0.0.1:\(port)", "access-token": secret, "client-id": "1000000001",
        "content-type": "application/json", "accept": "application/json",
      ])
  }

  @Test("An account's own address is where its calls come from")
  func localAddress() async throws {
    let request = try await seen({ "http://127.0.0.1:\($0)" }, localAddress: "127.0.0.2", .cancel("1"))
    #expect(request.peer == "127.0.0.2")
  }

  @Test("An address that this machine does not have proves that nothing was written")
  func foreignAddress() async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    let outcome = try await withGateway("http://127.0.0.1:\(server.port)", localAddress: "192.0.2.1") {
      await $0.outcome(of: .cancel("1"))
    }
    await server.stop()
    #expect(outcome.kind == "refused not_written")
    #expect(server.connections == 0)
  }

  @Test("The token is read anew for each call")
  func newToken() async throws {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(200, GatewayOutcomeTests.accepted)) }
    let token = TestToken("first")
    try await withGateway("http://127.0.0.1:\(server.port)", token: token) { gateway in
      _ = await gateway.outcome(of: .cancel("1"))
      token.change(to: "second")
      _ = await gateway.outcome(of: .cancel("2"))
    }
    await server.stop()
    #expect(server.requests.map { $0.headers["access-token"] } == ["first", "second"])
  }

  @Test("The eleventh call of a second waits for the next")
  func pace() async throws {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(200, GatewayOutcomeTests.accepted)) }
    try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
      let begin = ContinuousClock.now
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<11 { group.addTask { _ = await gateway.outcome(of: .cancel("1")) } }
      }
      #expect(ContinuousClock.now - begin > .seconds(1))
    }
    await server.stop()
    #expect(server.requests.count == 11)
  }

  @Test("After a 429, whatever its body, the next call waits a second", arguments: [GatewayOutcomeTests.tooMany, ""])
  func rateLimit(_ body: String) async throws {
    let arrivals = Mutex<[ContinuousClock.Instant]>([])
    let server = try await HTTPTestServer.start { _, number in
      arrivals.withLock { $0.append(.now) }
      return .reply(number == 1 ? answer(429, body) : answer(200, GatewayOutcomeTests.accepted))
    }
    try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
      _ = await gateway.outcome(of: .place(ticket()))
      #expect(await gateway.outcome(of: .place(ticket())).kind == "accepted 112111182198")
    }
    await server.stop()
    let times = arrivals.withLock { $0 }
    #expect(try #require(times.last) - #require(times.first) >= .seconds(1))
  }

  @Test("Keeping warm reads the profile when nothing has left for a while, and opens spare connections")
  func keepWarm() async throws {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(500, "")) }
    try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
      await gateway.keepWarm()
      await gateway.keepWarm()
      try await eventually("spare connections are open") { server.connections >= DhanGateway.spareConnections }
    }
    await server.stop()
    #expect(server.requests.map(\.line) == ["GET /profile HTTP/1.1"])
  }
}
