import Foundation

/// The address of a service: scheme, host, port and path. Never holds a user, a password or a query, which could be
/// secrets.
public struct ServiceAddress: Hashable, Sendable {
  /// `https`, `wss`, and for the own machine `http` and `ws`.
  public let scheme: String
  /// A name or an address; IPv6 without brackets.
  public let host: String
  public let port: Int?
  /// Without a slash at its end; empty for none.
  public let path: String

  public var isEncrypted: Bool { scheme == "https" || scheme == "wss" }

  /// Whether the host is this very machine: what goes there cannot be read on the way.
  public var isLoopback: Bool { ServiceAddress.isLoopback(host) }

  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map { "\($0)" } == String($0) }
  }
}

extension ServiceAddress: CustomStringConvertible {
  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(name)\(port.map { ":\($0)" } ?? "")\(path)"
  }
}

/// Where a server of ours listens.
public struct ListenAddress: Hashable, Sendable {
  public let host: String
  public let port: Int

  /// Reads `127.0.0.1:8787`, `localhost:8787` or `[::1]:8787`.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":"), host.allSatisfy({ $0 == ":" || $0 == "." || $0.isHexDigit }) else { return nil }
    } else {
      let isName = host.utf8.allSatisfy {
        ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 || (45...57).contains($0) && $0 != 47
      }
      guard isName else { return nil }
    }
    guard !host.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits),
      (1...65_535).contains(port)
    else { return nil }
    self.host = String(host)
    self.port = port
  }
}

extension ListenAddress: CustomStringConvertible {
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ScalarKind where Value == ServiceAddress {
  /// An address with one of `schemes`; the ones that do not encrypt are for the own machine only.
  static func address(_ encrypted: String, _ plain: String, example: String) -> ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      let remedy = "Write an address such as \(example)."
      guard let parts = URLComponents(string: scalar.text), let scheme = parts.scheme?.lowercased(),
        var host = parts.host, !host.isEmpty
      else { throw .bad(scalar, "the address of a service", remedy: remedy) }
      guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
        throw ScalarFault(
          code: .secretInFile, message: "The address carries a user, a query or a fragment, which may be a secret.",
          remedy: "Leave them out; secrets are given as { env: NAME } or { file: PATH }.")
      }
      guard scheme == encrypted || scheme == plain else {
        throw .bad(scalar, "an address with \(encrypted)://", remedy: remedy)
      }
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      guard parts.port.map({ (1...65_535).contains($0) }) ?? true else {
        throw .range(scalar, "has an impossible port", remedy: remedy)
      }
      var path = parts.path
      while path.hasSuffix("/") { path.removeLast() }
      let address = ServiceAddress(scheme: scheme, host: host, port: parts.port, path: path)
      guard address.isEncrypted || address.isLoopback else {
        throw ScalarFault(
          code: .unencrypted, message: "\(scheme):// would send tokens and orders in plain text over the network.",
          remedy: "Write \(encrypted)://; \(plain):// is for this machine only (127.0.0.1, localhost, [::1]).")
      }
      return address
    }
  }
}

extension ScalarKind where Value == ListenAddress? {
  static var listenAddress: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      if scalar.text == "off" { return nil }
      guard let address = ListenAddress(scalar.text) else {
        throw .bad(scalar, "an address to listen on", remedy: "Write host and port, 127.0.0.1:8787, or \"off\".")
      }
      return address
    }
  }
}

extension ScalarKind where Value == String {
  /// An address of this machine that calls are made from.
  static var localAddress: ScalarKind {
    ScalarKind { scalar throws(ScalarFault) in
      var four = in_addr()
      var six = in6_addr()
      guard inet_pton(AF_INET, scalar.text, &four) == 1 || inet_pton(AF_INET6, scalar.text, &six) == 1 else {
        throw .bad(scalar, "an IP address", remedy: "Write the address itself, without port: 203.0.113.7.")
      }
      return scalar.text
    }
  }
}
