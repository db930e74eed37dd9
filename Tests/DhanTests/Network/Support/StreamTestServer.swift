import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization

/// A WebSocket server that does as told once a client has logged in.
final class StreamTestServer: Sendable {
  /// What one client has sent, and a hand on its socket.
  final class Peer: Sendable {
    fileprivate let channel: any Channel
    fileprivate init(_ channel: any Channel) { self.channel = channel }

    func send(_ text: String) { send(.text, Array(text.utf8)) }
    func send(_ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true) {
      channel.writeAndFlush(WebSocketFrame(fin: fin, opcode: opcode, data: ByteBuffer(bytes: bytes)), promise: nil)
    }
    func close(_ code: Int?) {
      send(.connectionClose, code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? [])
    }
    func drop() { channel.close(promise: nil) }
    func reset() { channel.reset() }
    func after(_ milliseconds: Int64, _ action: @escaping @Sendable (Peer) -> Void) {
      channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { action(self) }
    }
  }

  enum Sign: Hashable, Sendable {
    case upgraded(target: String, host: String)
    case text(String)
    case ping
    case pong(String)
    case close(Int?)
    case gone
  }

  /// Called at each login; the number counts logins, from 1.
  typealias Script = @Sendable (Peer, Int) -> Void

  private struct State {
    var signs: [Sign] = []
    var logins = 0
  }

  private let state = Mutex(State())
  private let listener = Mutex<(any Channel)?>(nil)
  private let bound = Mutex(0)
  private let script: Script
  let answersPings: Bool

  private init(answersPings: Bool, script: @escaping Script) {
    self.answersPings = answersPings
    self.script = script
  }

  static func start(
    tls: NIOSSLContext? = nil, answersPings: Bool = true, _ script: @escaping Script
  ) async throws -> StreamTestServer {
    let server = StreamTestServer(answersPings: answersPings, script: script)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 24,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, head in
              channel.eventLoop.makeCompletedFuture {
                server.note(.upgraded(target: head.uri, host: head.headers.first(name: "host") ?? ""))
                try channel.pipeline.syncOperations.addHandler(SocketHandler(server: server))
              }
            })
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.listener.withLock { $0 = channel }
    server.bound.withLock { $0 = channel.localAddress?.port ?? 0 }
    return server
  }

  /// Stays known when the server has stopped.
  var port: Int { bound.withLock { $0 } }
  var signs: [Sign] { state.withLock { $0.signs } }
  var logins: Int { state.withLock { $0.logins } }
  func stop() async { try? await listener.withLock { $0 }?.close().get() }

  fileprivate func note(_ sign: Sign) { state.withLock { $0.signs.append(sign) } }

  fileprivate func loggedIn(_ channel: any Channel) {
    let number = state.withLock { state in
      state.logins += 1
      return state.logins
    }
    script(Peer(channel), number)
  }
}

private final class SocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame
  private let server: StreamTestServer
  private var loggedIn = false

  init(server: StreamTestServer) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    var payload = frame.unmaskedData
    switch frame.opcode {
    case .text:
      server.note(.text(String(buffer: payload)))
      if !loggedIn {
        loggedIn = true
        server.loggedIn(context.channel)
      }
    case .ping:
      server.note(.ping)
      if server.answersPings {
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: payload)), promise: nil)
      }
    case .pong: server.note(.pong(String(buffer: payload)))
    case .connectionClose:
      server.note(.close(payload.readWebSocketErrorCode().map { Int(UInt16(webSocketErrorCode: $0)) }))
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) { server.note(.gone) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
