import Foundation
import Glibc

/// Requests to servers on this machine, each over a connection of its own.
///
/// Foundation's own client has threads and buffers of its own behind it, and with hundreds of requests at a time it once took the
/// whole run of tests along.
enum LoopbackHTTP {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameter address: such as `http://127.0.0.1:40123`, with whatever path stands behind it.
  /// - Throws: ``Failure`` where nobody answers within thirty seconds, or not in HTTP.
  static func send(
    _ method: String, _ address: String, headers: [String: String] = [:], body: String? = nil
  ) async throws -> (status: Int, body: Data) {
    guard let url = URLComponents(string: address), let port = url.port.flatMap({ UInt16(exactly: $0) }) else {
      throw Failure(description: "\(address) has no port")
    }
    let query = url.percentEncodedQuery.map { "?" + $0 } ?? ""
    var head =
      "\(method) \(url.percentEncodedPath)\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    let content = Array((body ?? "").utf8)
    if body != nil { head += "Content-Type: application/json\r\nContent-Length: \(content.count)\r\n" }
    let request = Array((head + "\r\n").utf8) + content
    let reply: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      // It waits in system calls, and tasks have no thread to spare for that.
      Thread.detachNewThread { continuation.resume(with: Result { try exchange(request, port: port) }) }
    }
    return try read(reply)
  }

  private static func exchange(_ request: [UInt8], port: UInt16) throws -> [UInt8] {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw fault("socket") }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw fault("connect") }
    var sent = 0
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw fault("send") }
      sent += count
    }
    var reply: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while !isWhole(reply) {
      let count = piece.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count == 0 { break }
      guard count > 0 else { throw fault("recv") }
      reply += piece[..<count]
    }
    return reply
  }

  private static func fault(_ call: String) -> Failure {
    Failure(description: "\(call): \(String(cString: strerror(errno)))")
  }

  private static let separator = Array("\r\n\r\n".utf8)

  private static func end(ofHead reply: [UInt8]) -> Int? {
    reply.firstRange(of: separator)?.upperBound
  }

  private static func length(_ reply: [UInt8], head end: Int) -> Int? {
    String(decoding: reply[..<end], as: UTF8.self).split(separator: "\r\n").first {
      $0.lowercased().hasPrefix("content-length:")
    }.flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
  }

  private static func isWhole(_ reply: [UInt8]) -> Bool {
    guard let end = end(ofHead: reply), let length = length(reply, head: end) else { return false }
    return reply.count >= end + length
  }

  private static func read(_ reply: [UInt8]) throws -> (status: Int, body: Data) {
    guard let end = end(ofHead: reply) else { throw Failure(description: "no reply") }
    let words = String(decoding: reply[..<end], as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard words.count > 1, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]) else {
      throw Failure(description: "no HTTP: \(words)")
    }
    if let length = length(reply, head: end), reply.count < end + length { throw Failure(description: "half a reply") }
    return (status, Data(reply[end...]))
  }
}
