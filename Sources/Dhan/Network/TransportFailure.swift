import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a request got no answer.
struct TransportFailure: Error {
  enum Kind {
    /// There is no token that could be sent, so nothing was.
    case noToken
    /// It is certain that no whole request left (rule 27).
    case notSent
    /// Nobody knows.
    case unknown
  }

  let kind: Kind
  /// Whether the connection ended before an answer: a server may close one that it kept, and say so to nobody (RFC 9112 §9.6).
  var isConnectionGone = false
  /// For a person; holds no secret.
  let text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// - Parameter headSent: whether the request's head was handed to a socket.
  init(_ error: any Error, headSent: Bool) {
    self.init(
      !headSent && TransportFailure.precedesRequest(error) ? .notSent : .unknown, NetworkWords.describe(error))
    isConnectionGone = TransportFailure.endsConnection(error)
  }

  private static func endsConnection(_ error: any Error) -> Bool {
    switch error {
    case let error as HTTPClientError: error == .remoteConnectionClosed
    case let error as ChannelError: error.endsConnection
    case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
    default: false
    }
  }

  /// Errors that can come before a request is on a connection, and come in the order of what happened. A deadline or a
  /// cancellation is none of them: it overtakes the news that the head was written.
  private static func precedesRequest(_ error: any Error) -> Bool {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown, .invalidLocalAddress,
        .remoteConnectionClosed:
        true
      default: false
      }
    case let error as ChannelError:
      switch error {
      case .connectTimeout, .ioOnClosedChannel: true
      default: false
      }
    case is NIOConnectionError, is IOError, is NIOSSLError, is NIOSSLExtraError, is BoringSSLError, is ConnectionsDie:
      true
    default: false
    }
  }
}

extension ChannelError {
  /// Whether it says that the connection was closed already, or just now.
  var endsConnection: Bool {
    switch self {
    case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: true
    default: false
    }
  }
}
