import Foundation

/// Where an instrument file is fetched from: `https`, or `http` on this machine.
struct InstrumentAddress: Hashable, Sendable {
  let url: URL

  /// - Parameter text: an absolute address.
  init(_ text: String) throws(InstrumentFault) {
    guard let url = URL(string: text) else {
      throw InstrumentFault(.badSource, "The address of the instrument file is no address. Write https://… or a path.")
    }
    try self.init(url)
  }

  private init(_ url: URL) throws(InstrumentFault) {
    self.url = url
    guard let host = url.host, !host.isEmpty, isEncrypted || url.scheme?.lowercased() == "http" else {
      throw InstrumentFault(.badSource, "\(self) is no address of an instrument file. Write https://… or a path.")
    }
    guard isEncrypted || isLoopback else {
      throw InstrumentFault(
        .badSource,
        "\(self) does not encrypt, so anybody on the way could change lot sizes. Write https://; http:// is for this machine."
      )
    }
  }

  var isEncrypted: Bool { url.scheme?.lowercased() == "https" }

  /// Where a reply sends us on to.
  ///
  /// - Throws: for anything that loses the encryption, or that is no address.
  func redirected(to location: String) throws(InstrumentFault) -> InstrumentAddress {
    guard let next = URL(string: location, relativeTo: url)?.absoluteURL else {
      throw InstrumentFault(.unreachable, "\(self) sends us on to something that is no address.")
    }
    let address = try InstrumentAddress(next)
    guard address.isEncrypted || !isEncrypted else {
      throw InstrumentFault(
        .unreachable, "\(self) sends us on to \(address), which does not encrypt. It is not followed.")
    }
    return address
  }

  private var isLoopback: Bool {
    guard let host = url.host?.lowercased() else { return false }
    if host == "localhost" || host == "::1" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map { "\($0)" } == String($0) }
  }
}

extension InstrumentAddress: CustomStringConvertible {
  /// Without user and query: some servers hand out addresses that are secrets in themselves.
  var description: String {
    let host = url.host ?? ""
    let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(url.scheme ?? "")://\(name)\(url.port.map { ":\($0)" } ?? "")\(url.path)"
  }
}

/// Where the instruments come from.
public enum InstrumentSource: Hashable, Sendable {
  /// A file that somebody else keeps, used as it is.
  case file(String)
  /// `https://…`, fetched once a day; `http://` on this machine only.
  case address(String)

  /// An address where `text` has a scheme, else a path.
  public init(_ text: String) { self = text.contains("://") ? .address(text) : .file(text) }
}
