import NIOCore
import NIOPosix
import NIOSSL

/// The bare broker behind a port of its own: REST and order updates, plain or over TLS, all in one thread.
final class BrokerServer {
  let broker: NIOLoopBound<Broker>
  let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel

  /// - Parameter tls: the folder of `server.pem` and `server-key.pem`; `nil` for a plain port.
  init(followers: Int, replyDelay: TimeAmount, tls folder: String?) throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let security = try folder.map { folder in
      let chain = try NIOSSLCertificate.fromPEMFile("\(folder)/server.pem")
      return try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: chain.map { .certificate($0) },
          privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(folder)/server-key.pem", format: .pem))))
    }
    let broker = try loop.submit {
      NIOLoopBound(Broker(followers: followers, replyDelay: replyDelay), eventLoop: loop)
    }.wait()
    listener = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let security { try pipeline.addHandler(NIOSSLServerHandler(context: security)) }
          try pipeline.addHandler(Connection(broker.value))
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    guard let port = listener.localAddress?.port else { throw BenchmarkFailure("the broker has no port") }
    self.broker = broker
    self.port = port
  }

  /// Does something in the broker's thread and waits for it.
  func perform<Value: Sendable>(_ body: @escaping @Sendable (Broker) -> Value) throws -> Value {
    let broker = broker
    return try listener.eventLoop.submit { body(broker.value) }.wait()
  }

  func stop() throws {
    try listener.close().wait()
    try group.syncShutdownGracefully()
  }
}
