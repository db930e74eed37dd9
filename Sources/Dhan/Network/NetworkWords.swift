import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What went wrong with a connection, for a person. No text of a library is passed on that could repeat a header.
enum NetworkWords {
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as HTTPClientError: describe(error)
    case let error as NIOConnectionError:
      "no connection to \(error.host): \(error.connectionErrors.first.map { describe($0.error) } ?? "its name is unknown")"
    case let error as IOError: describe(error)
    case let error as NIOSSLError: describe(error)
    case let error as NIOSSLExtraError: "TLS: \(error)"
    case ChannelError.connectTimeout: "no connection in time"
    case ChannelError.inappropriateOperationForState: "the server closed the connection during the handshake"
    case let error as ChannelError where error.endsConnection: "the server closed the connection"
    case is HTTPParserError: "the answer is no HTTP, or broke off"
    case is ReplyTooLong: "the answer was longer than any that is understood"
    case is ConnectionsDie: "connections die as soon as they are made"
    default: "\(type(of: error))"
    }
  }

  private static func describe(_ error: NIOSSLError) -> String {
    // The library has no word for this, which happens most and has a remedy.
    guard "\(error)".contains("CERTIFICATE_VERIFY_FAILED") else { return "TLS: \(error)" }
    return "the server's certificate is not trusted; if it should be, name its authority in broker.trust_roots"
  }

  private static func describe(_ error: HTTPClientError) -> String {
    switch error {
    case .deadlineExceeded: "no answer in time"
    case .remoteConnectionClosed: "the server closed the connection"
    case .connectTimeout: "no connection in time"
    case .getConnectionFromPoolTimeout: "all connections were busy"
    case .cancelled, .alreadyShutdown: "the connection was shut down"
    default: error.shortDescription
    }
  }

  private static func describe(_ error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "the connection was refused"
    case ECONNRESET, EPIPE: "the server reset the connection"
    case ETIMEDOUT: "the connection timed out"
    case EHOSTUNREACH, ENETUNREACH: "the server cannot be reached from here"
    case EADDRNOTAVAIL: "this machine does not have the local address that is configured"
    default: error.description
    }
  }
}
