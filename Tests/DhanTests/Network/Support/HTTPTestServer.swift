#if canImport(Glibc)
  import Glibc
#endif
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server that does as told, misbehaviour included. It knows HTTP only so far as to see where a request ends.
final class HTTPTestServer: Sendable {
  struct Request: Sendable {
    /// Everything before the blank line, and everything after it.
    let head: String
    let body: String
    /// The address that the client called from.
    let peer: String
    /// Which connection it came on, from 1.
    let connection: Int

    var line: String { String(head.prefix { $0 != "\r\n" }) }
    /// Names in lower case.
    var headers: [String: String] {
      var headers: [String: String] = [:]
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = String(parts.count > 1 ? parts[1].drop { $0 == " " } : "")
      }
      return headers
    }
  }

  enum Action: Sendable {
    case reply(String)
    case replyAndClose(String)
    case close
    case reset
    case hang
  }

  enum Welcome: Sendable {
    case serve
    case close
    /// Speaks before it is asked.
    case say(String)
  }

  /// What to do with a request; the number counts all requests, from 1.
  typealias Behaviour = @Sendable (Request, Int) -> Action

  private struct State {
    var requests: [Request] = []
    var connections = 0
  }

  fileprivate let behaviour: Behaviour
  fileprivate let welcome: Welcome
  private let state = Mutex(State())
  private let listener = Mutex<(any Channel)?>(nil)
  private let bound = Mutex(0)

  private init(behaviour: @escaping Behaviour, welcome: Welcome) {
    self.behaviour = behaviour
    self.welcome = welcome
  }

  static func start(
    host: String = "127.0.0.1", tls: NIOSSLContext? = nil, welcome: Welcome = .serve, _ behaviour: @escaping Behaviour
  ) async throws -> HTTPTestServer {
    let server = HTTPTestServer(behaviour: behaviour, welcome: welcome)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(Connection(server: server))
        }
      }
      .bind(host: host, port: 0).get()
    server.listener.withLock { $0 = channel }
    server.bound.withLock { $0 = channel.localAddress?.port ?? 0 }
    return server
  }

  /// Stays known when the server has stopped.
  var port: Int { bound.withLock { $0 } }
  var requests: [Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }
  func stop() async { try? await listener.withLock { $0 }?.close().get() }

  fileprivate func arrived() -> Int {
    state.withLock { state in
      state.connections += 1
      return state.connections
    }
  }

  fileprivate func took(_ request: Request) -> Action {
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count
    }
    return behaviour(request, number)
  }
}

private final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: HTTPTestServer
  private var number = 0
  private var pending = ""

  init(server: HTTPTestServer) { self.server = server }

  func channelActive(context: ChannelHandlerContext) {
    number = server.arrived()
    switch server.welcome {
    case .serve: break
    case .close: context.close(promise: nil)
    case .say(let text): write(text, context: context)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    pending += String(buffer: unwrapInboundIn(data))
    while let request = takeRequest(context: context) {
      switch server.took(request) {
      case .reply(let text): write(text, context: context)
      case .replyAndClose(let text):
        write(text, context: context)
        context.close(promise: nil)
      case .close: context.close(promise: nil)
      case .reset: context.channel.reset()
      case .hang: break
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func takeRequest(context: ChannelHandlerContext) -> HTTPTestServer.Request? {
    guard let blank = pending.firstRange(of: "\r\n\r\n") else { return nil }
    let peer = context.remoteAddress?.ipAddress ?? ""
    var request = HTTPTestServer.Request(
      head: String(pending[..<blank.lowerBound]), body: "", peer: peer, connection: number)
    let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
    let rest = pending[blank.upperBound...]
    guard rest.utf8.count >= length else { return nil }
    request = .init(
      head: request.head, body: String(decoding: rest.utf8.prefix(length), as: UTF8.self), peer: peer,
      connection: number)
    pending = String(decoding: rest.utf8.dropFirst(length), as: UTF8.self)
    return request
  }

  private func write(_ text: String, context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }
}

extension Channel {
  /// Closes so that the other side sees a reset.
  func reset() {
    let hard = linger(l_onoff: 1, l_linger: 0)
    if let options = self as? any SocketOptionProvider {
      options.setSoLinger(hard).whenComplete { _ in self.close(promise: nil) }
    }
  }
}

/// A complete answer.
func answer(_ status: Int, _ body: String, type: String = "application/json", more: String = "") -> String {
  "HTTP/1.1 \(status) Told\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
}
