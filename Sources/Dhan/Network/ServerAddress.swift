/// A server's URL, taken apart: whether it is spoken to over TLS, whom to connect to, and what to ask for.
struct ServerAddress: Hashable, Sendable {
  let secure: Bool
  /// Without brackets, if it is an IPv6 address.
  let host: String
  let port: Int
  /// Path and query; empty where the URL has none.
  let target: String

  /// - Parameters:
  ///   - scheme: `http` or `ws`; with an `s` behind it, TLS is meant.
  /// - Throws: ``NetworkSetupFault`` for anything else, for user information and for fragments.
  init(_ url: String, scheme: String) throws(NetworkSetupFault) {
    let unreadable = NetworkSetupFault(
      "'\(url.prefix(200))' is no address of the broker: write \(scheme)s://host, with :port and /path where needed")
    guard let colon = url.firstRange(of: "://") else { throw unreadable }
    switch url[..<colon.lowerBound].lowercased() {
    case scheme: secure = false
    case scheme + "s": secure = true
    default: throw unreadable
    }
    let rest = url[colon.upperBound...]
    let targetStart = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<targetStart]
    let written = rest[targetStart...]
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains("#"), !authority.contains("@") else {
      throw unreadable
    }
    target = written.hasPrefix("?") ? "/" + written : String(written)
    let hostEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
    let portColon = authority[(hostEnd ?? authority.startIndex)...].firstIndex(of: ":")
    let named = authority[..<(portColon ?? authority.endIndex)]
    host = named.hasPrefix("[") ? String(named.dropFirst().dropLast()) : String(named)
    guard !host.isEmpty, hostEnd != nil || !named.hasPrefix("[") else { throw unreadable }
    guard let portColon else {
      port = secure ? 443 : 80
      return
    }
    guard let port = UInt16(authority[authority.index(after: portColon)...]), port > 0 else { throw unreadable }
    self.port = Int(port)
  }

  /// As the `Host` header has it.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (secure ? 443 : 80) ? name : "\(name):\(port)"
  }
}

/// The broker's connection cannot be set up as configured. The text tells a person what is wrong with which setting.
public struct NetworkSetupFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let text: String
  init(_ text: String) { self.text = text }
  public var description: String { text }
}
