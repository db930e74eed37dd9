import Domain
import Logging
import Ports
import Testing

@testable import Dhan

@Suite(.timeLimit(.minutes(1))) struct GatewayReadingTests {
  private func reading<Value: Sendable>(
    _ action: HTTPTestServer.Action, timing: CallTiming = CallTiming(),
    _ read: @Sendable (DhanGateway) async throws -> Value
  ) async throws -> (Result<Value, any Error>, HTTPTestServer.Request) {
    let server = try await HTTPTestServer.start { _, _ in action }
    let result: Result<Value, any Error> = try await withGateway("http://127.0.0.1:\(server.port)", timing: timing) {
      do { return .success(try await read($0)) } catch { return .failure(error) }
    }
    await server.stop()
    return (result, try #require(server.requests.first))
  }

  @Test("Funds are read from their path")
  func funds() async throws {
    let body = #"{"dhanClientId":"1000000001","availabelBalance":98440.0,"sodLimit":113642,"utilizedAmount":15202.0}"#
    let (result, request) = try await reading(.reply(answer(200, body))) { try await $0.funds() }
    let funds = try result.get()
    #expect(funds == Funds(startOfDay: .rupees(113642), available: .rupees(98440), utilised: .rupees(15202)))
    #expect(request.line == "GET /fundlimit HTTP/1.1")
    #expect(request.headers["access-token"] == secret)
  }

  @Test(
    "An empty list is an empty reading, from its own path",
    arguments: [
      ("orders", "GET /orders HTTP/1.1"), ("trades", "GET /trades HTTP/1.1"), ("positions", "GET /positions HTTP/1.1"),
    ])
  func lists(_ name: String, _ line: String) async throws {
    let (result, request) = try await reading(.reply(answer(200, "[]"))) { gateway in
      switch name {
      case "orders": try await gateway.orderBook().count
      case "trades": try await gateway.trades().count
      default: try await gateway.positions().count
      }
    }
    #expect(try result.get() == 0)
    #expect(request.line == line)
  }

  @Test(
    "A reading that meets a connection which the server has closed is made once more, a second failure is told",
    arguments: [1, 2])
  func closedConnection(closings: Int) async throws {
    for ending in [HTTPTestServer.Action.close, .reset] {
      let server = try await HTTPTestServer.start { _, number in
        number == 1 || number > 1 + closings ? .reply(answer(200, "[]")) : ending
      }
      try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
        _ = try await gateway.orderBook()
        let trades = try? await gateway.trades().count
        #expect(trades == (closings == 1 ? 0 : nil))
      }
      await server.stop()
      #expect(server.requests.map(\.line).filter { $0.contains("/trades") }.count == 2)
    }
  }

  @Test("The margin of an order is asked for with its terms")
  func margin() async throws {
    let (result, request) = try await reading(.reply(answer(200, #"{"totalMargin":9902.75,"leverage":"1.00"}"#))) {
      try await $0.margin(for: ticket().key, side: .buy, quantity: Quantity(65), price: Paise(15235))
    }
    #expect(try result.get() == Paise(990275))
    #expect(request.line == "POST /margincalculator HTTP/1.1")
    #expect(request.body.contains("\"dhanClientId\":\"1000000001\""))
  }

  @Test("Quotes are asked for in one request, with the account's number in the header that they want")
  func quotes() async throws {
    let contract = ticket().key.contract
    let body = #"{"data":{"NSE_FNO":{"47317":{"last_price":152.35}}},"status":"success"}"#
    let (result, request) = try await reading(.reply(answer(200, body))) { try await $0.lastPrices(of: [contract]) }
    #expect(try result.get() == [contract: Paise(15235)])
    #expect(request.line == "POST /marketfeed/ltp HTTP/1.1")
    #expect(request.headers["client-id"] == "1000000001")
    #expect(request.body == #"{"NSE_FNO":[47317]}"#)
  }

  @Test(
    "An account without a data plan, or beyond its budget of quotes, is told of it, and no order waits for that",
    arguments: [
      (401, #"{"status":"failed","data":{"806":"Data APIs not Subscribed"}}"#, ReadingFault.Reason.unreadable),
      (429, #"{"data":{"805":"Too many requests."},"status":"failed"}"#, .rateLimited),
    ])
  func noQuotes(_ status: Int, _ body: String, _ reason: ReadingFault.Reason) async throws {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(status, body)) }
    let log = LogLines()
    try await withGateway("http://127.0.0.1:\(server.port)", logger: Logger(label: "test") { _ in log }) { gateway in
      let fault = await #expect(throws: ReadingFault.self) {
        try await gateway.lastPrices(of: [ticket().key.contract])
      }
      #expect(fault?.reason == reason)
      let paused = "the broker says that there were too many calls; the account pauses"
      #expect(!log.lines.withLock { $0.contains(paused) })
      // The same reply to a reading of orders does make it pause.
      _ = try? await gateway.orderBook()
      #expect(log.lines.withLock { $0.contains(paused) } == (reason == .rateLimited))
    }
    await server.stop()
  }

  @Test(
    "A reading that is not had says why",
    arguments: [
      (HTTPTestServer.Action.hang, ReadingFault.Reason.unreachable),
      (.close, .unreachable),
      (.replyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[]"), .unreachable),
      (.reply(answer(302, "", more: "Location: /elsewhere\r\n")), .unreadable),
      (.reply(answer(500, "")), .unreadable),
      (.reply(answer(200, "<html></html>", type: "text/html")), .unreadable),
      (.reply(answer(429, GatewayOutcomeTests.tooMany)), .rateLimited),
      (
        .reply(
          answer(
            401,
            #"{"errorCode":"DH-901","errorMessage":"Client ID or user generated access token is invalid or expired"}"#)),
        .deadToken
      ),
    ])
  func faults(_ action: HTTPTestServer.Action, _ reason: ReadingFault.Reason) async throws {
    var timing = CallTiming()
    if case .hang = action { timing = .short }
    let (result, _) = try await reading(action, timing: timing) { try await $0.orderBook() }
    let fault = try #require(throws: ReadingFault.self) { try result.get() }
    #expect(fault.reason == reason)
    #expect(!fault.text.contains(secret))
  }

  @Test("A reading under way, and one that waits for its turn, end with their task")
  func cancellation() async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
      await withTaskGroup(of: ReadingFault.Reason?.self) { group in
        for _ in 0..<9 {
          group.addTask {
            do {
              _ = try await gateway.orderBook()
              return nil
            } catch {
              return (error as? ReadingFault)?.reason
            }
          }
        }
        try? await eventually("some readings are under way") { server.requests.count == CallPace.readingsAtOnce }
        group.cancelAll()
        for await reason in group { #expect(reason == .unreachable) }
      }
    }
    await server.stop()
    #expect(server.requests.count == CallPace.readingsAtOnce)
  }

  @Test("Readings that hang leave room and connections to calls")
  func readingsYield() async throws {
    let server = try await HTTPTestServer.start { request, _ in
      request.line.hasPrefix("GET") ? .hang : .reply(answer(200, GatewayOutcomeTests.accepted))
    }
    try await withGateway("http://127.0.0.1:\(server.port)") { gateway in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 { group.addTask { _ = try? await gateway.orderBook() } }
        try await eventually("readings are under way") { server.requests.count == CallPace.readingsAtOnce }
        for _ in 0..<10 { #expect(await gateway.outcome(of: .cancel("112111182198")).kind == "accepted 112111182198") }
        group.cancelAll()
      }
    }
    await server.stop()
  }
}
