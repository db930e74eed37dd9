import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import Synchronization

/// What the broker's server answered, whole.
struct Reply: Sendable {
  let status: Int
  let body: [UInt8]
  /// The server's clock, in whole seconds, where it told it.
  let date: Timestamp?
}

/// The answer is longer than anything the broker has to say.
struct ReplyTooLong: Error {}

/// Takes one reply in, and bears witness to whether the request may have left.
final class ReplyCollector: HTTPClientResponseDelegate {
  typealias Response = Reply

  private struct State {
    var headSent = false
    var status = 0
    var body: [UInt8] = []
    var date: Timestamp?
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// False as long as the request's first byte has not been handed to a socket. When the request *failed* and this is
  /// false, then no whole request was written: the library reports the head, from the connection's own event loop,
  /// before anything it reports afterwards, and drops the request when writing the head fails.
  var headSent: Bool { state.withLock { $0.headSent } }

  func didSendRequestHead(task: HTTPClient.Task<Reply>, _ head: HTTPRequestHead) {
    state.withLock { $0.headSent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<Reply>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let date = head.headers.first(name: "Date").flatMap { HTTPDate.timestamp($0) }
    state.withLock {
      $0.status = Int(head.status.code)
      $0.date = date
    }
    let announced = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    return announced <= limit
      ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(ReplyTooLong())
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Reply>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= limit else { return false }
      state.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(ReplyTooLong())
  }

  func didFinishRequest(task: HTTPClient.Task<Reply>) -> Reply {
    state.withLock { Reply(status: $0.status, body: $0.body, date: $0.date) }
  }
}
