import Domain
import Foundation

/// What a person tells the service through its socket: one line of JSON, answered by one line of JSON.
public enum OperatorCommand: Hashable, Sendable {
  /// What may be sent from now on, for one follower or for all (rule 36).
  case mode(OperatorMode, FollowerName?)
  /// What became of a request in doubt: the number of its order, or `nil` when there is none (rule 30).
  case resolve(RequestID, OrderID?)

  /// The answer on the socket.
  struct Answer: Hashable, Codable {
    /// The newest event of the log once the command is durable.
    var sequence: Int64?
    var error: String?

    init(_ reply: CommandReply) {
      switch reply {
      case .recorded(let sequence): self.sequence = sequence.value
      case .unknownFollower(let name): error = "there is no follower \(name)"
      case .refused(let why): error = why
      case .notRecorded: error = "the log takes no events now; the command is tried again"
      }
    }

    init(error: String) { self.error = error }
  }

  static func line(_ value: some Encodable) -> [UInt8] {
    // Both values are plain words and numbers: nothing in them can fail to be encoded.
    guard let data = try? JSONEncoder().encode(value) else { return Array("{}\n".utf8) }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}

extension OperatorCommand: Codable {
  private enum Keys: String, CodingKey { case mode, follower, resolve, order }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    if let request = try container.decodeIfPresent(RequestID.self, forKey: .resolve) {
      self = .resolve(request, try container.decodeIfPresent(OrderID.self, forKey: .order))
    } else {
      self = .mode(
        try container.decode(OperatorMode.self, forKey: .mode),
        try container.decodeIfPresent(FollowerName.self, forKey: .follower))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    switch self {
    case .mode(let mode, let follower):
      try container.encode(mode, forKey: .mode)
      try container.encodeIfPresent(follower, forKey: .follower)
    case .resolve(let request, let order):
      try container.encode(request, forKey: .resolve)
      try container.encodeIfPresent(order, forKey: .order)
    }
  }
}
