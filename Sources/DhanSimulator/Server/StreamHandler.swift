import NIOCore
import NIOWebSocket

/// One WebSocket connection: hands texts to the core and writes what the core sends.
final class StreamHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = Outgoing
  typealias OutboundOut = WebSocketFrame

  enum Outgoing: Sendable {
    case text([UInt8])
    case binary([UInt8])
    case ping
  }

  private let server: SimulatorServer
  private let stream: Int

  init(server: SimulatorServer, stream: Int) {
    self.server = server
    self.stream = stream
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    let stream = stream
    switch frame.opcode {
    case .text:
      let text = Array(frame.unmaskedData.readableBytesView)
      server.with { core, now in core.streamReceived(text, on: stream, at: now) }
    case .ping: write(.pong, Array(frame.unmaskedData.readableBytesView), context)
    case .pong: server.with { core, now in core.streamAnswered(stream, at: now) }
    case .connectionClose:
      write(.connectionClose, Array(frame.unmaskedData.readableBytesView.prefix(2)), context)
      context.close(promise: nil)
    default: break
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let (opcode, bytes): (WebSocketOpcode, [UInt8]) =
      switch unwrapOutboundIn(data) {
      case .text(let bytes): (.text, bytes)
      case .binary(let bytes): (.binary, bytes)
      case .ping: (.ping, [])
      }
    context.write(wrapOutboundOut(frame(opcode, bytes, context)), promise: promise)
  }

  private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(frame(opcode, bytes, context)), promise: nil)
  }

  private func frame(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: opcode, data: context.channel.allocator.buffer(bytes: bytes))
  }

  func channelInactive(context: ChannelHandlerContext) {
    server.ended(stream)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
