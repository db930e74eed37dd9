import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server of files on the loopback address, which answers each request with the next reply of its list.
final class FileServer: Sendable {
  enum Reply: Sendable {
    /// The whole text, or from where `Range` asks when `continues`. The connection ends after `cutAfter` bytes of the reply.
    case file(String, version: String? = nil, continues: Bool = true, cutAfter: Int? = nil)
    /// A part that begins one byte before what was asked for, and is as long as it should be.
    case wrongPart(String, version: String)
    case status(Int)
    case redirect(String)
    case silence
  }

  struct Request: Hashable, Sendable {
    let path: String
    let range: String?
    let ifRange: String?
  }

  private struct State {
    var replies: [Reply]
    var requests: [Request] = []
  }

  private let state: Mutex<State>
  private let channel: any Channel

  private init(_ channel: any Channel, _ replies: [Reply]) {
    self.channel = channel
    state = Mutex(State(replies: replies))
  }

  /// Serves while `body` runs. A request beyond the list is answered with 404.
  static func serving(_ replies: [Reply], _ body: (FileServer) async throws -> Void) async throws {
    let box = Box()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(ReplyHandler(box))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = FileServer(channel, replies)
    box.server.withLock { $0 = server }
    do {
      try await body(server)
    } catch {
      try? await channel.close()
      throw error
    }
    try await channel.close()
  }

  func address(_ path: String = "/scrip.csv") -> String {
    "http://127.0.0.1:\(channel.localAddress?.port ?? 0)\(path)"
  }

  var requests: [Request] { state.withLock { $0.requests } }

  func add(_ replies: Reply...) { state.withLock { $0.replies += replies } }

  fileprivate func reply(to request: Request) -> Reply {
    state.withLock { state in
      state.requests.append(request)
      return state.replies.isEmpty ? .status(404) : state.replies.removeFirst()
    }
  }

  /// Connections are made before the server knows itself.
  fileprivate final class Box: Sendable {
    let server = Mutex<FileServer?>(nil)
  }
}

private final class ReplyHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let box: FileServer.Box
  init(_ box: FileServer.Box) { self.box = box }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    let request = FileServer.Request(
      path: head.uri, range: head.headers.first(name: "Range"), ifRange: head.headers.first(name: "If-Range"))
    guard let reply = box.server.withLock({ $0?.reply(to: request) }) else { return context.close(promise: nil) }
    switch reply {
    case .file(let text, let version, let continues, let cutAfter):
      var bytes = Array(text.utf8)
      var headers = HTTPHeaders()
      if let version { headers.add(name: "ETag", value: version) }
      var status = HTTPResponseStatus.ok
      if continues, let begin = begin(request), request.ifRange == version {
        headers.add(name: "Content-Range", value: "bytes \(begin)-\(bytes.count - 1)/\(bytes.count)")
        bytes.removeFirst(begin)
        status = .partialContent
      }
      send(status, headers, bytes, cutAfter: cutAfter, context)
    case .wrongPart(let text, let version):
      let bytes = Array(text.utf8)
      let begin = (begin(request) ?? 1) - 1
      let headers = HTTPHeaders([
        ("ETag", version), ("Content-Range", "bytes \(begin)-\(bytes.count - 2)/\(bytes.count)"),
      ])
      send(.partialContent, headers, Array(bytes[begin..<(bytes.count - 1)]), cutAfter: nil, context)
    case .status(let code): send(HTTPResponseStatus(statusCode: code), [:], [], cutAfter: nil, context)
    case .redirect(let location): send(.found, HTTPHeaders([("Location", location)]), [], cutAfter: nil, context)
    case .silence: break
    }
  }

  private func begin(_ request: FileServer.Request) -> Int? {
    guard let range = request.range, range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
    return Int(range.dropFirst(6).dropLast())
  }

  private func send(
    _ status: HTTPResponseStatus, _ extra: HTTPHeaders, _ bytes: [UInt8], cutAfter: Int?,
    _ context: ChannelHandlerContext
  ) {
    var headers = extra
    headers.add(name: "Content-Length", value: "\(bytes.count)")
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    let sent = bytes.prefix(cutAfter ?? bytes.count)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: sent)))), promise: nil)
    guard cutAfter == nil else {
      context.flush()
      return context.close(promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
