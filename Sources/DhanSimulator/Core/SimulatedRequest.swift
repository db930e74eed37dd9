import Domain

/// One HTTP request, as far as anything here looks at it.
struct SimulatedRequest {
  enum Method: Equatable {
    case get, post, put, delete, other

    init(_ name: String) {
      switch name {
      case "GET": self = .get
      case "POST": self = .post
      case "PUT": self = .put
      case "DELETE": self = .delete
      default: self = .other
      }
    }
  }

  var method: Method
  /// Without the query.
  var path: String
  var query: [String: String] = [:]
  var token: String?
  /// The header `dhanClientId`, which a renewal wants.
  var statedClientID: String?
  /// The header `client-id`, which the data APIs want.
  var dataClientID: String?
  /// Where the connection comes from.
  var source: String
  /// Where it says it comes from, for tests that have no other address.
  var statedSource: String?
  var body: [UInt8] = []

  /// The parts of the path, an empty last one left out.
  var parts: [Substring] { path.split(separator: "/", omittingEmptySubsequences: true) }

  static func query(of text: Substring) -> [String: String] {
    var result: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result[unescaped(parts[0])] = parts.count == 2 ? unescaped(parts[1]) : ""
    }
    return result
  }

  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
