import Domain
import NIOCore
import NIOHTTP1

/// One HTTP connection: collects a request, asks the core, and delivers the reply in whatever manner it shall arrive.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// No request of the broker's API comes near it.
  private static let largestBody = 1_000_000

  private let server: SimulatorServer
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var source = ""

  init(server: SimulatorServer) { self.server = server }

  func handlerAdded(context: ChannelHandlerContext) { source = context.channel.remoteAddress?.ipAddress ?? "" }
  func channelActive(context: ChannelHandlerContext) {
    source = context.channel.remoteAddress?.ipAddress ?? ""
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let part):
      guard body.count + part.readableBytes <= RequestHandler.largestBody else { return context.close(promise: nil) }
      part.withUnsafeReadableBytes { body += $0 }
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, context)
    }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let request = request(head)
    let delivery: Delivery
    if head.isWebSocketHandshake {
      delivery = server.with { core, now in core.handshakeAnswer(request, at: now) }
    } else if request.path.hasPrefix("/simulator/") {
      guard source == "127.0.0.1" || source == "::1" else { return context.close(promise: nil) }
      delivery = Delivery(server.with { core, now in core.control(request, at: now) })
    } else {
      delivery = server.with { core, now in core.answer(request, at: now) }
    }
    let isKeptAlive = head.isKeepAlive
    if delivery.delay.count > 0 {
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .microseconds(delivery.delay.count)) {
        let (handler, context) = bound.value
        handler.deliver(delivery, isKeptAlive, context)
      }
    } else {
      deliver(delivery, isKeptAlive, context)
    }
  }

  private func deliver(_ delivery: Delivery, _ isKeptAlive: Bool, _ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    switch delivery.manner {
    case .hang: return
    case .reset: return context.channel.reset()
    case .whole, .half: break
    }
    let reply = delivery.reply
    var headers = HTTPHeaders()
    headers.add(name: "content-length", value: String(reply.body.count))
    if !reply.body.isEmpty { headers.add(name: "content-type", value: reply.contentType) }
    if let time = server.shownTime { headers.add(name: "date", value: IndianTime.universal(time)) }
    if !isKeptAlive { headers.add(name: "connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    guard delivery.manner == .whole else {
      let half = context.channel.allocator.buffer(bytes: reply.body.prefix(reply.body.count / 2))
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(half)))).whenComplete { _ in
        bound.value.close(promise: nil)
      }
      return
    }
    if !reply.body.isEmpty {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: reply.body)))), promise: nil)
    }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    if isKeptAlive {
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    } else {
      context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }
  }

  private func request(_ head: HTTPRequestHead) -> SimulatedRequest {
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return SimulatedRequest(
      method: SimulatedRequest.Method(head.method.rawValue), path: String(parts[0]),
      query: parts.count == 2 ? SimulatedRequest.query(of: parts[1]) : [:],
      token: head.headers.first(name: "access-token"), statedClientID: head.headers.first(name: "dhanClientId"),
      dataClientID: head.headers.first(name: "client-id"), source: source,
      statedSource: head.headers.first(name: "x-simulator-source"), body: body)
  }
}

extension HTTPRequestHead {
  var isWebSocketHandshake: Bool {
    headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
  }
}
