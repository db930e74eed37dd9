import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Ports

extension OrderUpdateStream {
  /// A frame that is longer than a message may be is dropped; one that is longer than this ends the connection.
  private static let longestFrame = 8 << 20

  /// Begins one connection; how it ends is the session's to say.
  func connect(_ session: StreamSession, deliver: @escaping @Sendable (FeedEvent) -> Void) {
    do {
      _ = try login()
    } catch {
      return session.finish(.failed, "no token: \(error)")
    }
    ClientBootstrap(group: eventLoop)
      .connectTimeout(timing.connect.timeAmount)
      .connect(host: address.host, port: address.port)
      .flatMap { [self] channel in
        channel.eventLoop.assumeIsolated().scheduleTask(in: timing.handshake.timeAmount) {
          if !session.isLoggedIn { session.finish(.failed, "the server completed no handshake in time") }
        }
        guard session.adopt(channel) else { return channel.eventLoop.makeSucceededVoidFuture() }
        do {
          return try upgrade(channel, session, deliver: deliver)
        } catch {
          return channel.eventLoop.makeFailedFuture(error)
        }
      }
      .whenFailure { session.finish(.failed, NetworkWords.describe($0)) }
  }

  /// TLS, then HTTP, then the WebSocket, then the login.
  private func upgrade(
    _ channel: any Channel, _ session: StreamSession, deliver: @escaping @Sendable (FeedEvent) -> Void
  ) throws -> EventLoopFuture<Void> {
    let pipeline = channel.pipeline.syncOperations
    if let security {
      // The name goes into the handshake and is verified; of an address the certificate's addresses are.
      let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
      try pipeline.addHandler(
        NIOSSLClientHandler(context: security, serverHostname: isAddress ? nil : address.host))
    }
    let upgrader = NIOTypedWebSocketClientUpgrader<Void>(
      maxFrameSize: OrderUpdateStream.longestFrame, enableAutomaticErrorHandling: false
    ) { [contracts, timing] channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          OrderUpdateHandler(session: session, contracts: contracts, timing: timing, deliver: deliver))
      }
    }
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: address.target.isEmpty ? "/" : address.target,
      headers: ["Host": address.authority])
    var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
      upgradeConfiguration: .init(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(RefusedHandshakeHandler(session: session))
        }
      })
    // What the server sends together with the upgrade is part of the stream.
    configuration.leftOverBytesStrategy = .forwardBytes
    return try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration).flatMapThrowing {
      let pipeline = channel.pipeline.syncOperations
      guard let handler = try? pipeline.handler(type: OrderUpdateHandler.self) else { return }
      handler.begin(login: try self.login(), context: try pipeline.context(handler: handler))
    }
  }

  /// The token is read when it is sent, so that it is the newest.
  private func login() throws -> [UInt8] {
    try token.withToken { RequestBody.login(clientID: clientID, token: $0) }
  }
}

/// Reads how a server declined to speak WebSocket.
final class RefusedHandshakeHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  private let session: StreamSession

  init(session: StreamSession) { self.session = session }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    session.finish(
      head.status == .tooManyRequests ? .rateLimited : .failed,
      "the handshake was answered with HTTP \(head.status.code)")
  }
}
