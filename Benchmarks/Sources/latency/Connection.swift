import Crypto
import Foundation
import NIOCore

/// One connection of the bare broker: HTTP/1.1 with lengths, or a WebSocket, both read by hand. Libraries that do more
/// would take processor time from the service that is measured beside them.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let broker: Broker
  private var context: ChannelHandlerContext?
  private var received = ByteBuffer()
  private var isStream = false
  private var account: Broker.Account?

  init(_ broker: Broker) { self.broker = broker }

  var eventLoop: (any EventLoop)? { context?.eventLoop }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelInactive(context: ChannelHandlerContext) {
    if account?.stream === self { account?.stream = nil }
    self.context = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func close() { context?.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    while received.readableBytes > 0, isStream ? takeFrame() : takeRequest() {}
    received.discardReadBytes()
  }

  // MARK: - HTTP

  /// - Returns: false when there is no whole request.
  private func takeRequest() -> Bool {
    let length = received.withUnsafeReadableBytes { bytes -> Int? in
      guard let head = bytes.end(of: "\r\n\r\n") else { return nil }
      let lines = Head(UnsafeRawBufferPointer(rebasing: bytes[..<head]))
      guard bytes.count >= head + lines.length else { return nil }
      let receivedAt = Moment.now()
      handle(lines, UnsafeRawBufferPointer(rebasing: bytes[head..<(head + lines.length)]), receivedAt)
      return head + lines.length
    }
    guard let length else { return false }
    received.moveReaderIndex(forwardBy: length)
    return true
  }

  private func handle(_ head: Head, _ body: UnsafeRawBufferPointer, _ receivedAt: Int64) {
    if let key = head.webSocketKey { return upgrade(key) }
    if head.path == "/v2/floor" {
      broker.lastFloorArrival = receivedAt
      return answer(200, "{\"orderId\":\"200000000000\",\"orderStatus\":\"TRANSIT\"}")
    }
    broker.noteRequest(at: receivedAt)
    guard let account = broker.account(head.client) else { return answer(401, BrokerTexts.deadToken) }
    switch (head.isPost, head.path) {
    case (true, "/v2/orders"): broker.place(body, for: account, receivedAt: receivedAt, on: self)
    case (_, let path): broker.answer(path, for: account, on: self)
    }
  }

  func answer(_ status: Int, _ body: String) {
    write(
      """
      HTTP/1.1 \(status) S\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
      """)
  }

  /// A JSON list of these rows.
  func answerList(_ rows: ByteBuffer) {
    guard let context else { return }
    var buffer = context.channel.allocator.buffer(capacity: rows.readableBytes + 128)
    buffer.writeString(
      "HTTP/1.1 200 S\r\nContent-Type: application/json\r\nContent-Length: \(rows.readableBytes + 2)\r\n\r\n[")
    buffer.writeImmutableBuffer(rows)
    buffer.writeStaticString("]")
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  private func write(_ text: String) {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
  }

  // MARK: - WebSocket

  private func upgrade(_ key: String) {
    let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    let accept = Data(digest).base64EncodedString()
    isStream = true
    write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
    )
  }

  func sendFrame(_ text: String) { sendFrame(0x81, text.utf8) }

  private func sendFrame(_ first: UInt8, _ payload: some Collection<UInt8>) {
    guard let context else { return }
    let count = payload.count
    var buffer = context.channel.allocator.buffer(capacity: count + 4)
    buffer.writeInteger(first)
    if count < 126 {
      buffer.writeInteger(UInt8(count))
    } else {
      buffer.writeInteger(UInt8(126))
      buffer.writeInteger(UInt16(count))
    }
    buffer.writeBytes(payload)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  /// - Returns: false when there is no whole frame. Frames of clients are masked, and the login is the longest.
  private func takeFrame() -> Bool {
    let start = received.readerIndex
    guard let first: UInt8 = received.getInteger(at: start), let second: UInt8 = received.getInteger(at: start + 1)
    else { return false }
    var head = 2
    var count = Int(second & 0x7F)
    if count == 126 {
      guard let long: UInt16 = received.getInteger(at: start + 2) else { return false }
      count = Int(long)
      head = 4
    }
    guard received.readableBytes >= head + 4 + count, let mask = received.getBytes(at: start + head, length: 4),
      var payload = received.getBytes(at: start + head + 4, length: count)
    else { return false }
    for index in payload.indices { payload[index] ^= mask[index % 4] }
    received.moveReaderIndex(forwardBy: head + 4 + count)
    take(first & 0x0F, payload)
    return true
  }

  private func take(_ opcode: UInt8, _ payload: [UInt8]) {
    switch opcode {
    case 1: payload.withUnsafeBytes { logIn($0) }
    case 9: if account?.health != .silent { sendFrame(0x8A, payload) }
    case 8: close()
    default: break
    }
  }

  private func logIn(_ text: UnsafeRawBufferPointer) {
    guard let place = text.end(of: "\"ClientId\":\""), let account = broker.account(text.number(at: place)) else {
      return close()
    }
    self.account = account
    switch account.health {
    case .well: account.stream = self
    case .silent: break
    case .refusing:
      sendFrame(0x82, [0, 0, 50, 3, 0])
      close()
    }
  }
}

/// The lines of a request's head that matter.
private struct Head {
  var isPost = false
  var path = ""
  var client = 0
  var length = 0
  var webSocketKey: String?

  init(_ bytes: UnsafeRawBufferPointer) {
    isPost = bytes[0] == UInt8(ascii: "P") && bytes[1] == UInt8(ascii: "O")
    var start = 0
    while start < bytes.count, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\r")) {
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if start == 0 {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        if words.count == 3 { path = String(decoding: words[1], as: UTF8.self) }
      } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon + 2 <= line.count {
        take(line, colon)
      }
      start = end + 2
    }
  }

  /// The three names differ in their lengths; the broker's names of headers are not case-sensitive.
  private mutating func take(_ line: UnsafeRawBufferPointer, _ colon: Int) {
    switch colon {
    case 9 where line[0] | 0x20 == UInt8(ascii: "c") && line[1] | 0x20 == UInt8(ascii: "l"):
      client = line.number(at: colon + 2)
    case 14 where line[0] | 0x20 == UInt8(ascii: "c") && line[8] | 0x20 == UInt8(ascii: "l"):
      length = line.number(at: colon + 2)
    case 17 where line[0] | 0x20 == UInt8(ascii: "s") && line[14] | 0x20 == UInt8(ascii: "k"):
      webSocketKey = String(decoding: line[(colon + 2)...], as: UTF8.self)
    default: break
    }
  }
}
