import Domain
import Ports
import Testing

@testable import Dhan

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
  @Test("The login is the first frame, exactly as the broker wants it, and asks for the URL's own path")
  func login() async throws {
    let server = try await StreamTestServer.start { _, _ in }
    try await withStream("ws://127.0.0.1:\(server.port)/updates?v=2") { events, _ in
      try await eventually("the login arrives") { server.logins == 1 }
      try await eventually("it is told") { events.all == [.connected] }
    }
    await server.stop()
    #expect(
      server.signs.prefix(2) == [
        .upgraded(target: "/updates?v=2", host: "127.0.0.1:\(server.port)"),
        .text(#"{"LoginReq":{"MsgCode":42,"ClientId":"1000000001","Token":"\#(secret)"},"UserType":"SELF"}"#),
      ])
  }

  @Test("Without a path of its own the URL asks for the root")
  func rootPath() async throws {
    let server = try await StreamTestServer.start { _, _ in }
    try await withStream("ws://127.0.0.1:\(server.port)") { _, _ in
      try await eventually("the login arrives") { server.logins == 1 }
    }
    await server.stop()
    #expect(server.signs.first == .upgraded(target: "/", host: "127.0.0.1:\(server.port)"))
  }

  @Test("Messages are delivered in order, whole or in fragments, one or several to a frame, with garbage between")
  func messages() async throws {
    let server = try await StreamTestServer.start { peer, _ in
      peer.send(update("1"))
      let bytes = Array(update("2").utf8)
      peer.send(.text, Array(bytes[..<100]), fin: false)
      peer.send(.continuation, Array(bytes[100..<200]), fin: false)
      peer.send(.ping, Array("in between".utf8))
      peer.send(.continuation, Array(bytes[200...]))
      peer.send("1\n429 too many requests")
      peer.send(update("3") + update("4"))
      peer.send(.continuation, [1, 2, 3])
      peer.send(#"{"Data":{"orderNo":"99""#)
      peer.send(.text, [0xFF, 0xFE, 0x00])
      peer.send(update("5"))
    }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the last update comes") { events.kinds.last == "order 5" }
      #expect(events.kinds.filter { $0.hasPrefix("order") } == (1...5).map { "order \($0)" })
      #expect(events.kinds.contains("unreadable"))
      #expect(!events.kinds.contains("disconnected"))
      try await eventually("the ping is answered") { server.signs.contains(.pong("in between")) }
    }
    await server.stop()
  }

  @Test("A message that is too long is dropped and reported, and the next one is read")
  func tooLong() async throws {
    let server = try await StreamTestServer.start { peer, _ in
      peer.send(String(repeating: " ", count: (1 << 20) + 1))
      peer.send(.text, Array(repeating: 32, count: 1 << 20), fin: false)
      peer.send(.continuation, Array(repeating: 32, count: 1 << 20), fin: false)
      peer.send(.continuation, Array(repeating: 32, count: 10))
      peer.send(update("1"))
    }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the update comes") { events.kinds.last == "order 1" }
      #expect(events.kinds == ["connected", "unreadable", "unreadable", "order 1"])
    }
    await server.stop()
  }

  @Test("A live peer is pinged and kept; one that shows no sign of life after two pings is left")
  func pings() async throws {
    var timing = StreamTiming.test
    timing.ping = .milliseconds(500)
    let alive = try await StreamTestServer.start { _, _ in }
    try await withStream("ws://127.0.0.1:\(alive.port)", timing: timing) { events, _ in
      try await eventually("pings come") { alive.signs.count { $0 == .ping } >= 3 }
      #expect(alive.logins == 1)
    }
    await alive.stop()
    timing.ping = .milliseconds(20)
    let dead = try await StreamTestServer.start(answersPings: false) { _, _ in }
    try await withStream("ws://127.0.0.1:\(dead.port)", timing: timing) { events, _ in
      try await eventually("the stream comes back") { dead.logins >= 2 }
      #expect(!events.kinds.contains("suspects"))
    }
    await dead.stop()
  }

  @Test("Asked to, the stream connects anew, logs in with the new token, and says goodbye to the old connection")
  func reconnect() async throws {
    let server = try await StreamTestServer.start { _, _ in }
    let token = TestToken("first")
    var timing = StreamTiming.test
    timing.firstPause = .milliseconds(1)
    try await withStream("ws://127.0.0.1:\(server.port)", token: token, timing: timing) { events, stream in
      try await eventually("the first login") { events.kinds == ["connected"] && server.logins == 1 }
      token.change(to: "second")
      stream.reconnect()
      try await eventually("the second login") { server.logins == 2 }
      try await eventually("goodbye is said") { server.signs.contains(.close(1000)) }
      try await eventually("all is told") { events.kinds == ["connected", "disconnected", "connected"] }
    }
    await server.stop()
    let logins = server.signs.compactMap { if case .text(let text) = $0 { text } else { nil } }
    #expect(logins.map { $0.contains("\"second\"") } == [false, true])
  }

  @Test("Asked to during a pause, the stream connects at once")
  func reconnectInPause() async throws {
    let server = try await StreamTestServer.start { peer, number in if number == 1 { peer.drop() } }
    var timing = StreamTiming.test
    timing.firstPause = .seconds(3_600)
    timing.longestPause = .seconds(3_600)
    try await withStream("ws://127.0.0.1:\(server.port)", timing: timing) { events, stream in
      try await eventually("the connection is dropped") { events.kinds.last == "disconnected" }
      try await eventually("the stream comes back") {
        stream.reconnect()
        return server.logins == 2
      }
    }
    await server.stop()
  }

  @Test("Cancelling closes the socket, with a close frame, and the stream says that it ended")
  func cancel() async throws {
    let server = try await StreamTestServer.start { _, _ in }
    var kept: EventBox?
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      kept = events
      try await eventually("the login arrives") { server.logins == 1 }
    }
    #expect(kept?.kinds == ["connected", "disconnected"])
    try await eventually("the socket is closed") { server.signs.contains(.gone) }
    #expect(server.signs.contains(.close(1000)))
    await server.stop()
  }
}
