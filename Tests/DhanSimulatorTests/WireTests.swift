import Domain
import Foundation
import PaperExchange
import Testing

@testable import DhanSimulator

/// What only a socket shows.
@Suite("On the wire") struct WireTests {
  /// A simulator on a free port for as long as `body` runs.
  private func withSimulator(
    _ change: (inout SimulatorSettings) -> Void = { _ in }, _ body: (DhanSimulator) throws -> Void
  ) async throws {
    var settings = SimulatorSettings(seed: 1)
    settings.limits = .none
    change(&settings)
    let simulator = try await DhanSimulator.start(settings: settings)
    do {
      try body(simulator)
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  private func fault(_ body: String, _ simulator: DhanSimulator) throws {
    let answer = try RawConnection(port: simulator.port).call("POST", "/simulator/faults", body)
    #expect(answer.status == 200, "\(answer.text)")
  }

  private func end(_ connection: RawConnection, _ body: (RawConnection) throws -> Void) -> RawConnection.End? {
    do {
      try body(connection)
      return nil
    } catch {
      return error as? RawConnection.End
    }
  }

  @Test("one connection carries many calls, and an order placed on it is in the book")
  func keptAlive() async throws {
    try await withSimulator { simulator in
      let connection = try RawConnection(port: simulator.port)
      for count in 1...20 {
        #expect(try connection.call("POST", "/v2/orders", CoreBench.order()).status == 200)
        #expect(try connection.call("GET", "/v2/orders").array?.count == count)
      }
    }
  }

  @Test("the data APIs want the header client-id, and refuse a call without it as 810")
  func clientHeader() async throws {
    try await withSimulator { simulator in
      let connection = try RawConnection(port: simulator.port)
      for (path, body) in [
        ("/v2/marketfeed/ltp", #"{"NSE_FNO":[47317]}"#),
        ("/v2/optionchain/expirylist", #"{"UnderlyingScrip":13,"UnderlyingSeg":"IDX_I"}"#),
      ] {
        #expect(
          try connection.call("POST", path, body, headers: ["client-id: 1000000002"])["status"] as? String == "success")
        for headers in [[], ["client-id: 1000000003"]] {
          let refused = try connection.call("POST", path, body, headers: headers)
          #expect(refused.status == 400 && (refused["data"] as? [String: String])?.keys.first == "810")
        }
      }
    }
  }

  @Test("S11: the address of the connection is what counts")
  func sourceAddress() async throws {
    try await withSimulator({ $0.accounts[1].addresses = ["127.0.0.2"] }) { simulator in
      let here = try RawConnection(port: simulator.port)
      #expect(try here.call("POST", "/v2/orders", CoreBench.order()).message == "Invalid IP")
      let there = try RawConnection(port: simulator.port, from: "127.0.0.2")
      #expect(try there.call("POST", "/v2/orders", CoreBench.order()).status == 200)
    }
  }

  @Test("S16: a reset, half a reply and a hang look like themselves, and taken orders are in the book")
  func brokenReplies() async throws {
    try await withSimulator { simulator in
      try fault(#"{"kind":"reset","taken":true}"#, simulator)
      let reset = end(try RawConnection(port: simulator.port)) {
        _ = try $0.call("POST", "/v2/orders", CoreBench.order())
      }
      #expect(reset == .reset)
      try fault(#"{"kind":"half_reply","taken":true}"#, simulator)
      let half = end(try RawConnection(port: simulator.port)) {
        _ = try $0.call("POST", "/v2/orders", CoreBench.order())
      }
      #expect(half == .closed)
      try fault(#"{"kind":"hang","taken":true}"#, simulator)
      let hang = end(try RawConnection(port: simulator.port, patience: 300)) {
        _ = try $0.call("POST", "/v2/orders", CoreBench.order())
      }
      #expect(hang == .silent)
      #expect(try RawConnection(port: simulator.port).call("GET", "/v2/orders").array?.count == 3)
    }
  }

  @Test("W1: a login on any path is met with silence; then updates come as text frames, and pings are answered")
  func stream() async throws {
    try await withSimulator { simulator in
      for path in ["/", "/any/where?version=2"] {
        let stream = try RawConnection(port: simulator.port)
        #expect(try stream.openStream(path) == 101)
        try stream.send(text: CoreBench.login())
        // The pong tells that the login before it has been read.
        try stream.send(opcode: 9, Array("hello".utf8))
        let pong = try stream.frame()
        #expect(pong.opcode == 10 && pong.bytes == Array("hello".utf8))
        let placed = try RawConnection(port: simulator.port).call(
          "POST", "/v2/orders", CoreBench.order(price: "152.35"))
        var statuses: [String?] = []
        while statuses.last != "Traded" {
          let frame = try stream.frame()
          let message = try CoreBench.message(Data(frame.bytes))
          #expect(frame.opcode == 1 && message["orderNo"] as? String == placed["orderId"] as? String)
          statuses.append(message["status"] as? String)
        }
        #expect(statuses == ["Transit", "Pending", "Traded"])
        try stream.send(opcode: 8, [0x03, 0xE8])
        #expect(try stream.frame().opcode == 8)
      }
    }
  }

  @Test("W1: a bad token gets a binary frame and the end without a close frame, or a reset")
  func badToken() async throws {
    try await withSimulator { simulator in
      let stream = try RawConnection(port: simulator.port)
      _ = try stream.openStream()
      try stream.send(text: CoreBench.login(token: "stale"))
      #expect(try stream.frame().opcode == 2)
      #expect(end(stream) { _ = try $0.frame() } == .closed)
      _ = try RawConnection(port: simulator.port).call(
        "POST", "/simulator/switches", #"{"dead_token_on_stream":"reset"}"#)
      let other = try RawConnection(port: simulator.port)
      _ = try other.openStream()
      try other.send(text: CoreBench.login(token: "stale"))
      #expect(end(other) { _ = try $0.frame() } == .reset)
    }
  }

  @Test("W6: a handshake is answered 429, reset or never; under /v2 there is no stream at all")
  func handshakes() async throws {
    try await withSimulator { simulator in
      #expect(try RawConnection(port: simulator.port).openStream("/v2/orders") == 404)
      try fault(#"{"kind":"rate_limit","on":"handshake"}"#, simulator)
      #expect(try RawConnection(port: simulator.port).openStream() == 429)
      try fault(#"{"kind":"reset","on":"handshake"}"#, simulator)
      #expect(end(try RawConnection(port: simulator.port)) { _ = try $0.openStream() } == .reset)
      try fault(#"{"kind":"hang","on":"handshake"}"#, simulator)
      #expect(end(try RawConnection(port: simulator.port, patience: 300)) { _ = try $0.openStream() } == .silent)
      try fault(#"{"kind":"pass","on":"handshake"}"#, simulator)
      try fault(#"{"kind":"server_error","status":503,"on":"handshake"}"#, simulator)
      #expect(try RawConnection(port: simulator.port).openStream() == 101)
      #expect(try RawConnection(port: simulator.port).openStream() == 503)
      #expect(try RawConnection(port: simulator.port).openStream() == 101)
    }
  }

  @Test("W6: an open stream is reset from outside")
  func resetStream() async throws {
    try await withSimulator { simulator in
      let stream = try RawConnection(port: simulator.port)
      _ = try stream.openStream()
      try stream.send(text: CoreBench.login())
      try stream.send(opcode: 9, [])
      _ = try stream.frame()
      try fault(#"{"kind":"reset","on":"stream","account":"1000000002"}"#, simulator)
      #expect(end(stream) { _ = try $0.frame() } == .reset)
    }
  }

  @Test("control calls come from this machine, on the loopback address")
  func controlAddress() async throws {
    try await withSimulator { simulator in
      let stranger = try RawConnection(port: simulator.port, from: "127.0.0.2")
      #expect(end(stranger) { _ = try $0.call("GET", "/simulator/state") } == .closed)
    }
  }
}
