import Foundation
import Glibc

/// One TCP connection of blocking calls, so that a test sees exactly what is on the wire and what is not.
final class RawConnection {
  enum End: Error, Equatable {
    /// The peer closed in order.
    case closed
    case reset
    /// Nothing came for as long as the test was willing to wait.
    case silent
    case failed(Int32)
  }

  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Parameter source: an address of this machine to call from.
  init(port: Int, from source: String = "127.0.0.1", patience: Int = 20_000) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw End.failed(errno) }
    var time = timeval(tv_sec: patience / 1_000, tv_usec: patience % 1_000 * 1_000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var here = RawConnection.address(source, 0)
    var there = RawConnection.address("127.0.0.1", UInt16(port))
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &here) { here in
      withUnsafePointer(to: &there) { there in
        here.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) } == 0
          && there.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) } == 0
      }
    }
    guard isConnected else { throw End.failed(errno) }
  }

  deinit { close(descriptor) }

  private static func address(_ host: String, _ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return address
  }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw errno == ECONNRESET || errno == EPIPE ? End.reset : End.failed(errno) }
      rest = rest.dropFirst(count)
    }
  }

  func byte() throws -> UInt8 {
    if buffer.isEmpty {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else {
        if count == 0 { throw End.closed }
        switch errno {
        case ECONNRESET: throw End.reset
        case EAGAIN: throw End.silent
        default: throw End.failed(errno)
        }
      }
      buffer = chunk[..<count].reversed()
    }
    return buffer.removeLast()
  }

  func bytes(_ count: Int) throws -> [UInt8] { try (0..<count).map { _ in try byte() } }

  /// The head of a reply, up to the empty line.
  func head() throws -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) { bytes.append(try byte()) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension RawConnection {
  /// Sends one request and reads one reply, whatever becomes of it.
  func call(
    _ method: String, _ path: String, _ body: String = "", token: String = "simulator-1000000002",
    headers: [String] = []
  ) throws -> Answer {
    var lines = ["\(method) \(path) HTTP/1.1", "host: localhost", "access-token: \(token)"] + headers
    if !body.isEmpty { lines += ["content-type: application/json", "content-length: \(body.utf8.count)"] }
    try write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    let head = try head()
    let status = try require_(Int(head.split(separator: " ")[1]))
    let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
    return Answer(status: status, bytes: Data(try bytes(length ?? 0)))
  }

  private func require_(_ value: Int?) throws -> Int {
    guard let value else { throw End.failed(0) }
    return value
  }

  /// Opens a WebSocket; returns the status of the handshake.
  func openStream(_ path: String = "/") throws -> Int {
    let lines = [
      "GET \(path) HTTP/1.1", "host: localhost", "connection: Upgrade", "upgrade: websocket",
      "sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    try write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    let head = try head()
    if head.contains(" 101 ") {
      // The key's answer of RFC 6455.
      guard head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") else { throw End.failed(0) }
    }
    return try require_(Int(head.split(separator: " ")[1]))
  }

  func send(text: String) throws { try send(opcode: 1, Array(text.utf8)) }

  func send(opcode: UInt8, _ bytes: [UInt8]) throws {
    precondition(bytes.count < 65_536, "The tests send short frames.")
    let length: [UInt8] =
      bytes.count < 126
      ? [0x80 | UInt8(bytes.count)] : [0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)]
    // A mask of zeros leaves the bytes as they are.
    try write([0x80 | opcode] + length + [0, 0, 0, 0] + bytes)
  }

  func frame() throws -> (opcode: UInt8, bytes: [UInt8]) {
    let first = try byte()
    var length = Int(try byte())
    if length == 126 { length = try bytes(2).reduce(0) { $0 << 8 | Int($1) } }
    if length == 127 { length = try bytes(8).reduce(0) { $0 << 8 | Int($1) } }
    return (first & 0x0F, try bytes(length))
  }
}
