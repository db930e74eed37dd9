import Domain
import Ports
import Testing

@testable import Dhan

@Suite(.timeLimit(.minutes(1))) struct StreamFaultTests {
  @Test(
    "A reset or an abnormal close soon after the login hints at the token, from the first time on",
    arguments: [
      "reset", "drop", "code 1008", "code 1011",
    ])
  func rapidEnd(_ how: String) async throws {
    let server = try await StreamTestServer.start { peer, number in
      guard number <= 2 else { return }
      peer.after(10) {
        switch how {
        case "reset": $0.reset()
        case "drop": $0.drop()
        case "code 1008": $0.close(1008)
        default: $0.close(1011)
        }
      }
    }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the stream comes back twice") { server.logins == 3 && events.kinds.last == "connected" }
      let once = ["connected", "suspects", "disconnected"]
      #expect(events.kinds == once + once + ["connected"])
    }
    await server.stop()
  }

  @Test("An announced close hints at nothing", arguments: [nil, 1000, 1001])
  func announcedClose(_ code: Int?) async throws {
    let server = try await StreamTestServer.start { peer, number in if number == 1 { peer.close(code) } }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the stream comes back") { server.logins == 2 && events.kinds.last == "connected" }
      #expect(events.kinds == ["connected", "disconnected", "connected"])
    }
    await server.stop()
  }

  @Test("A binary frame right after the login hints at the token; a later one only when it carries the disconnect code")
  func binaryFrames() async throws {
    let server = try await StreamTestServer.start { peer, _ in
      peer.send(.binary, [1, 2, 3, 4, 5])
      peer.send(update("1"))
    }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the update comes") { events.kinds.last == "order 1" }
      #expect(events.kinds == ["connected", "suspects", "order 1"])
    }
    await server.stop()
    let later = try await StreamTestServer.start { peer, _ in
      peer.after(20) {
        $0.send(.binary, [1, 2, 3, 4, 5])
        $0.send(.binary, [0x00, 0x00, 0x32, 0x03] + Array("invalid token".utf8))
        $0.send(update("1"))
      }
    }
    var timing = StreamTiming.test
    timing.rapid = .milliseconds(1)
    try await withStream("ws://127.0.0.1:\(later.port)", timing: timing) { events, _ in
      try await eventually("the update comes") { events.kinds.last == "order 1" }
      #expect(events.kinds == ["connected", "unreadable", "suspects", "order 1"])
    }
    await later.stop()
  }

  @Test("A message in a binary frame is a message, also right after the login") func binaryMessages() async throws {
    let server = try await StreamTestServer.start { peer, _ in
      peer.send(.binary, Array(update("1").utf8))
      peer.send(.binary, Array("\n[\(update("2"))]".utf8))
      peer.send(update("3"))
    }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, _ in
      try await eventually("the last update comes") { events.kinds.last == "order 3" }
      #expect(events.kinds == ["connected", "order 1", "order 2", "order 3"])
    }
    await server.stop()
  }

  @Test("After many rapid ends the stream says so, and goes on trying")
  func manyRapidEnds() async throws {
    var timing = StreamTiming.test
    timing.longestPause = .milliseconds(4)
    let server = try await StreamTestServer.start { peer, _ in peer.reset() }
    try await withStream("ws://127.0.0.1:\(server.port)", timing: timing) { events, _ in
      try await eventually("twelve logins") { server.logins >= 12 }
      let texts = events.all.compactMap { if case .disconnected(let text) = $0 { text } else { nil } }
      #expect(!texts[8].contains("times in a row"))
      #expect(texts[9].contains("10 times in a row"))
    }
    await server.stop()
  }

  @Test("A handshake that is refused is told with its status, and tried again", arguments: [429, 403, 503])
  func refusedHandshake(_ status: Int) async throws {
    let server = try await HTTPTestServer.start { _, _ in .reply(answer(status, "no")) }
    try await withStream("ws://127.0.0.1:\(server.port)") { events, stream in
      try await eventually("a second attempt") {
        if status == 429 { stream.reconnect() }
        return server.requests.count >= 2
      }
      #expect(events.all.first == .disconnected("the handshake was answered with HTTP \(status)"))
      #expect(!events.kinds.contains("suspects"))
    }
    await server.stop()
  }

  @Test(
    "A server that refuses, closes, hangs or speaks no HTTP is told as gone, and tried again",
    arguments: [
      "refuses", "closes", "hangs", "babbles", "lies",
    ])
  func noHandshake(_ how: String) async throws {
    let server = try await HTTPTestServer.start(welcome: how == "closes" ? .close : .serve) { _, _ in
      switch how {
      case "babbles": .reply("SSH-2.0-OpenSSH_9.2\r\n\r\n")
      case "lies":
        .reply(
          "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")
      default: .hang
      }
    }
    let port = server.port
    if how == "refuses" { await server.stop() }
    var timing = StreamTiming.test
    timing.handshake = .milliseconds(how == "hangs" ? 20 : 5_000)
    try await withStream("ws://127.0.0.1:\(port)", timing: timing) { events, _ in
      try await eventually("two attempts fail") {
        events.count { if case .disconnected = $0 { true } else { false } } >= 2
      }
      #expect(Set(events.kinds) == ["disconnected"])
    }
    await server.stop()
  }

  @Test("Without a token nothing is connected, and the missing token is told; with one, all is well again")
  func noToken() async throws {
    let server = try await StreamTestServer.start { _, _ in }
    let token = TestToken(nil)
    try await withStream("ws://127.0.0.1:\(server.port)", token: token) { events, _ in
      try await eventually("it is told") { events.kinds.count >= 2 }
      #expect(events.all.first == .disconnected("no token: the file token.txt is empty"))
      #expect(server.signs.isEmpty)
      token.change(to: secret)
      try await eventually("the login arrives") { server.logins == 1 }
    }
    await server.stop()
  }

  @Test("TLS: the right authority is accepted, by name and by address, a wrong one refused")
  func tls() async throws {
    let certificates = try TestCertificates()
    let others = try TestCertificates()
    let server = try await StreamTestServer.start(tls: certificates.serverContext()) { peer, _ in peer.send(update("1"))
    }
    for host in ["localhost", "127.0.0.1"] {
      try await withStream("wss://\(host):\(server.port)", trustRootsFile: certificates.authority) { events, _ in
        try await eventually("the update comes") { events.kinds == ["connected", "order 1"] }
      }
    }
    #expect(server.logins == 2)
    try await withStream("wss://localhost:\(server.port)", trustRootsFile: others.authority) { events, _ in
      try await eventually("it is told") { events.kinds.count >= 2 }
      #expect(Set(events.kinds) == ["disconnected"])
    }
    #expect(server.logins == 2)
    await server.stop()
  }

  @Test("Cancelling ends a connection attempt and a long pause promptly", arguments: ["hangs", "refuses"])
  func cancelEarly(_ how: String) async throws {
    let server = try await HTTPTestServer.start { _, _ in .hang }
    let port = server.port
    if how == "refuses" { await server.stop() }
    var timing = StreamTiming.test
    timing.firstPause = .seconds(3_600)
    timing.handshake = .seconds(3_600)
    timing.longestPause = .seconds(3_600)
    try await withStream("ws://127.0.0.1:\(port)", timing: timing) { events, _ in
      try await eventually("it began") { how == "hangs" ? server.requests.count == 1 : !events.all.isEmpty }
    }
    await server.stop()
  }
}
