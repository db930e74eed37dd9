#if canImport(Glibc)
  import Glibc
#endif

/// Listens, but its queue is full and nobody takes from it: whoever connects waits in vain.
final class FullServer: Sendable {
  struct Failed: Error { let step: String }
  let port: Int
  private let sockets: [Int32]

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var sockets = [listener]
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    try check("bind", FullServer.with(&address) { bind(listener, $0, $1) })
    try check("listen", listen(listener, 0))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try check(
      "getsockname",
      withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
      })
    // A queue of length zero holds one.
    for _ in 0..<2 {
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      _ = FullServer.with(&address) { connect(filler, $0, $1) }
      sockets.append(filler)
    }
    self.sockets = sockets
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { for socket in sockets { close(socket) } }

  private static func with(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

private func check(_ step: String, _ result: Int32) throws {
  guard result == 0 else { throw FullServer.Failed(step: step) }
}
