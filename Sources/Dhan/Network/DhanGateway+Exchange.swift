import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import Ports

extension DhanGateway {
  /// One request, as it goes out. Bodies are made when the request leaves, and live no longer.
  struct Outgoing {
    let method: HTTPMethod
    /// Begins with a slash, as §4.1 has it.
    let path: String
    var body: [UInt8]?
  }

  /// Sends the request once; the pace has let it go.
  ///
  /// - Parameter completion: called exactly once, here or on the event loop.
  /// - Returns: what cancels the exchange; `nil` when it has failed already.
  @discardableResult
  func exchange(
    _ outgoing: Outgoing, completion: @escaping @Sendable (Result<Reply, TransportFailure>) -> Void
  ) -> HTTPClient.Task<Reply>? {
    let completion: @Sendable (Result<Reply, TransportFailure>) -> Void = { [pace] result in
      pace.returned()
      completion(result)
    }
    let headers: HTTPHeaders
    do {
      headers = try self.headers()
    } catch {
      completion(.failure(TransportFailure(.noToken, "no token: \(error)")))
      return nil
    }
    let request: HTTPClient.Request
    do {
      request = try HTTPClient.Request(
        url: baseURL + outgoing.path, method: outgoing.method, headers: headers,
        body: outgoing.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
    } catch {
      completion(.failure(TransportFailure(.notSent, "'\(baseURL)' is no address that can be called")))
      return nil
    }
    let collector = ReplyCollector(limit: DhanGateway.longestReply)
    let task = http.execute(
      request: request, delegate: collector, eventLoop: .delegate(on: eventLoop),
      deadline: .now() + timing.answer.timeAmount)
    task.futureResult.whenComplete { [self] result in
      if case .success(let reply) = result { noteTime(of: reply) }
      completion(result.mapError { TransportFailure($0, headSent: collector.headSent) })
    }
    return task
  }

  /// §1.2. The token is read at each use, and stands nowhere but here.
  private func headers() throws -> HTTPHeaders {
    try token.withToken { token in
      guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw UnusableToken() }
      return HTTPHeaders([
        ("access-token", token), ("client-id", clientID.text.string), ("Content-Type", "application/json"),
        ("Accept", "application/json"),
      ])
    }
  }
}

/// There is a token, but no header can carry it.
struct UnusableToken: Error, CustomStringConvertible {
  var description: String { "the access token is empty or holds blanks or line ends; write it anew" }
}
