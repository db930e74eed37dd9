import NIOCore
import NIOPosix
import NIOSSL

/// The floor of the network: the same bytes as a copied order's request, on warm connections, by bare channels.
final class FloorRequests {
  struct Time {
    /// Until the last request was there.
    let there: Int64
    /// Until the last answer was back.
    let back: Int64
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let server: BrokerServer
  private let channels: [any Channel]
  private let answers: NIOLoopBound<Answers>
  private let request: ByteBuffer

  /// - Parameter count: how many are sent at a time, each on a connection of its own.
  init(_ count: Int, to server: BrokerServer, tls folder: String?) throws {
    self.server = server
    let loop = group.next()
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let folder { configuration.trustRoots = .file("\(folder)/ca.pem") }
    let security = folder == nil ? nil : try NIOSSLContext(configuration: configuration)
    let answers = try loop.submit { NIOLoopBound(Answers(), eventLoop: loop) }.wait()
    channels = try (0..<count).map { _ in
      try ClientBootstrap(group: loop)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let security {
              try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: nil))
            }
            try pipeline.addHandler(AnswerCounter(answers.value))
          }
        }
        .connect(host: "127.0.0.1", port: server.port).wait()
    }
    self.answers = answers
    request = FloorRequests.request
  }

  /// Sends all of them and waits for the answers.
  func send() throws -> Time {
    let loop = group.next()
    let (channels, answers, request) = (channels, answers, request)
    let whole = loop.makePromise(of: (Int64, Int64).self)
    loop.execute {
      answers.value.begin(channels.count, whole)
      for channel in channels { channel.writeAndFlush(request, promise: nil) }
    }
    let (begun, ended) = try whole.futureResult.wait()
    let arrived = try server.perform { $0.lastFloorArrival }
    return Time(there: arrived - begun, back: ended - begun)
  }

  func stop() throws { try group.syncShutdownGracefully() }

  private static let request: ByteBuffer = {
    let body = """
      {"dhanClientId":"1000000001","correlationId":"ct-0123456789abcdefghijk","transactionType":"BUY",\
      "exchangeSegment":"NSE_FNO","productType":"MARGIN","orderType":"LIMIT","validity":"DAY","securityId":"47317",\
      "quantity":65,"price":100.05}
      """
    return ByteBuffer(
      string: """
        POST /v2/floor HTTP/1.1\r\naccess-token: latency\r\nclient-id: 1000000001\r\nContent-Type: application/json\r\n\
        Accept: application/json\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """)
  }()
}

/// Counts what comes back. Confined to its event loop.
private final class Answers {
  private var missing = 0
  private var begunAt = Int64(0)
  private var whole: EventLoopPromise<(Int64, Int64)>?

  func begin(_ count: Int, _ whole: EventLoopPromise<(Int64, Int64)>) {
    missing = count
    self.whole = whole
    begunAt = Moment.now()
  }

  func take() {
    missing -= 1
    if missing == 0 { whole?.succeed((begunAt, Moment.now())) }
  }
}

/// An answer is shorter than a packet, so that each read is a whole one.
private final class AnswerCounter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let answers: Answers
  init(_ answers: Answers) { self.answers = answers }
  func channelRead(context: ChannelHandlerContext, data: NIOAny) { answers.take() }
}
