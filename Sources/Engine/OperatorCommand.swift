import Domain

/// What a person tells the service, through its socket or straight into the log.
public enum OperatorCommand: Hashable, Sendable {
  /// What may be sent from now on, for one follower or for all (rule 36).
  case mode(OperatorMode, FollowerName?)
  /// What became of a request in doubt: the number of its order, or `nil` when there is none (rule 30).
  case resolve(RequestID, OrderID?)
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
