import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// A running simulator of Dhan: REST, order stream, authentication, instrument file and control calls on one port.
///
/// ```swift
/// let simulator = try await DhanSimulator.start()
/// let orders = "\(simulator.address)/v2/orders"     // with the header access-token: simulator-1000000002
/// await simulator.stop()
/// ```
public final class DhanSimulator: Sendable {
  /// Certificate chain and key in PEM files, for `https` and `wss`.
  public struct TLS: Sendable {
    public var certificatePath: String
    public var keyPath: String

    public init(certificatePath: String, keyPath: String) {
      self.certificatePath = certificatePath
      self.keyPath = keyPath
    }
  }

  /// The bound port: that which was asked for, or one of the system's choice where it was 0.
  public let port: Int
  /// `http://127.0.0.1:9010`, or with `https`.
  public let address: String
  private let channel: any Channel
  private let server: SimulatorServer
  private let group: MultiThreadedEventLoopGroup

  private init(
    port: Int, address: String, channel: any Channel, server: SimulatorServer, group: MultiThreadedEventLoopGroup
  ) {
    self.port = port
    self.address = address
    self.channel = channel
    self.server = server
    self.group = group
  }

  /// Listens and answers until ``stop()``.
  ///
  /// - Parameter listen: host and port; port 0 leaves the choice to the system.
  /// - Throws: when the address cannot be bound, or the files of `tls` cannot be read.
  public static func start(
    settings: SimulatorSettings = SimulatorSettings(), listen: (host: String, port: Int) = ("127.0.0.1", 0),
    tls: TLS? = nil
  ) async throws -> DhanSimulator {
    let context = try tls.map { files in
      try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: NIOSSLCertificate.fromPEMFile(files.certificatePath).map { .certificate($0) },
          privateKey: .privateKey(NIOSSLPrivateKey(file: files.keyPath, format: .pem))))
    }
    // One loop: the exchange is one state machine, and requests queue for it anyway.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = SimulatorServer(settings, on: group.next())
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 1_024)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try connect(channel, server, context) }
        }
        .bind(host: listen.host, port: listen.port).get()
      let port = channel.localAddress?.port ?? listen.port
      let host = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
      return DhanSimulator(
        port: port, address: "\(tls == nil ? "http" : "https")://\(host):\(port)", channel: channel, server: server,
        group: group)
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
  }

  /// Closes every connection and frees the port.
  public func stop() async {
    server.stop()
    try? await channel.close()
    try? await group.shutdownGracefully()
  }

  /// A control call without a socket, such as `control("POST", "/simulator/faults", #"{"kind":"hang"}"#)`; the calls are
  /// those of docs/simulator.md.
  ///
  /// - Returns: the status and the body of the reply.
  @discardableResult
  public func control(_ method: String, _ path: String, _ body: String = "") -> (status: Int, body: String) {
    let request = SimulatedRequest(
      method: SimulatedRequest.Method(method), path: path, source: "127.0.0.1", body: Array(body.utf8))
    let reply = server.with { core, now in core.control(request, at: now) }
    return (reply.status, String(decoding: reply.body, as: UTF8.self))
  }

  private static func connect(_ channel: any Channel, _ server: SimulatorServer, _ tls: NIOSSLContext?) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    let requests = NIOLoopBound(RequestHandler(server: server), eventLoop: channel.eventLoop)
    let upgrader = NIOWebSocketServerUpgrader(
      shouldUpgrade: { channel, head in
        let path = String(head.uri.prefix { $0 != "?" })
        let isAdmitted = server.with { core, _ in core.admitsHandshake(path) }
        return channel.eventLoop.makeSucceededFuture(isAdmitted ? HTTPHeaders() : nil)
      },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(
            NIOWebSocketFrameAggregator(
              minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 64, maxAccumulatedFrameSize: 1 << 20))
          try pipeline.addHandler(StreamHandler(server: server, stream: server.open(channel)))
        }
      })
    try pipeline.configureHTTPServerPipeline(
      withServerUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in context.pipeline.syncOperations.removeHandler(requests.value, promise: nil) }
      ))
    try pipeline.addHandler(requests.value)
  }
}
