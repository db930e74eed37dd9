import Domain
import NIOCore
import NIOWebSocket
import Ports

/// The WebSocket's end of the pipeline: logs in, reads messages, answers and sends pings.
final class OrderUpdateHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  /// Sent down the pipeline before the socket is closed by us.
  struct Farewell {}

  private let session: StreamSession
  private let contracts: any ContractDirectory
  private let timing: StreamTiming
  private let deliver: @Sendable (FeedEvent) -> Void
  private var assembly = MessageAssembly()
  private var loggedInAt = NIODeadline.now()
  private var pingsUnanswered = 0

  init(
    session: StreamSession, contracts: any ContractDirectory, timing: StreamTiming,
    deliver: @escaping @Sendable (FeedEvent) -> Void
  ) {
    self.session = session
    self.contracts = contracts
    self.timing = timing
    self.deliver = deliver
  }

  /// Sends the login. The upgrade has to be over: before that the pipeline takes no frames.
  func begin(login: [UInt8], context: ChannelHandlerContext) {
    send(.text, ByteBuffer(bytes: login), context: context)
    loggedInAt = .now()
    session.loggedIn(at: loggedInAt)
    deliver(.connected)
    scheduleLook(context: context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    pingsUnanswered = 0
    switch frame.opcode {
    case .text, .binary, .continuation:
      switch assembly.take(frame) {
      case .incomplete: break
      case .text(let bytes): read(bytes)
      case .binary(let bytes): judge(binary: bytes)
      case .dropped(let text): deliver(.unreadable(text))
      }
    case .ping: send(.pong, frame.unmaskedData, context: context)
    case .pong: break
    case .connectionClose: close(frame.unmaskedData)
    default: deliver(.unreadable("a frame of an unknown kind was dropped"))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    session.finish(.failedAbnormally, "the server dropped the connection")
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    session.finish(.failedAbnormally, "the connection failed: \(NetworkWords.describe(error))")
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is Farewell else { return context.triggerUserOutboundEvent(event, promise: promise) }
    var code = ByteBuffer()
    code.write(webSocketErrorCode: .normalClosure)
    send(.connectionClose, code, context: context)
    promise?.succeed()
  }

  private func read(_ bytes: [UInt8]) {
    for item in OrderUpdateReader.read(bytes, contracts: contracts) {
      switch item {
      case .update(let update): deliver(.order(update))
      case .ignored: break
      case .unreadable(let text): deliver(.unreadable(text))
      }
    }
  }

  /// §6.1: a refused token shows as a short binary frame, in one capture with the disconnect code 50 of the market feed.
  ///
  /// Messages come in binary frames as well (§6.6): what begins like one is read as one.
  private func judge(binary bytes: [UInt8]) {
    let first = bytes.first { $0 > 0x20 }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return read(bytes) }
    let early = NIODeadline.now() - loggedInAt < timing.rapid.timeAmount
    let disconnects = bytes.count <= 256 && bytes.prefix(4).contains(50)
    deliver(
      early || disconnects
        ? .suspectsToken(
          "a binary frame of \(bytes.count) bytes came \(early ? "right after the login" : "with code 50")")
        : .unreadable("a binary frame of \(bytes.count) bytes was dropped"))
  }

  private func close(_ payload: ByteBuffer) {
    var payload = payload
    let code = payload.readWebSocketErrorCode().map { Int(UInt16(webSocketErrorCode: $0)) }
    let normal = code == nil || code == 1000 || code == 1001
    session.finish(
      normal ? .failed : .failedAbnormally,
      "the server closed the stream" + (code.map { " with code \($0)" } ?? ""))
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, context: ChannelHandlerContext) {
    let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }

  private func scheduleLook(context: ChannelHandlerContext) {
    context.eventLoop.assumeIsolated().scheduleTask(in: timing.ping.timeAmount) { self.look(context: context) }
  }

  private func look(context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    guard pingsUnanswered < 2 else {
      return session.finish(.failed, "the server showed no sign of life after two pings")
    }
    pingsUnanswered += 1
    send(.ping, ByteBuffer(), context: context)
    scheduleLook(context: context)
  }
}
