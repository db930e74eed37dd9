/// Why a request was taken back before it left.
public enum WithdrawalReason: String, Sendable, Codable, CaseIterable {
  case desiredChanged = "desired_changed"
  case tooOld = "too_old"
}

/// Which kind of "no" the broker gave, as far as the engine must tell them apart.
public enum RefusalClass: String, Sendable, Codable, CaseIterable {
  /// The order was in TRANSIT; a cancel may be asked again when its status has moved (dhan-api-v2.md §4.4).
  case inTransit = "in_transit"
  case rateLimited = "rate_limited"
  /// The modification asked for less than is filled (rule 25).
  case belowFilled = "below_filled"
  /// The broker does not know the token (any more).
  case deadToken = "dead_token"
  /// The call came from an address that the broker does not allow for this account (dhan-api-v2.md §2.7).
  case addressRefused = "address_refused"
  /// Nothing was written: no word of the broker's, but proof that no order came of it (rule 27).
  case notWritten = "not_written"
  case other = "other"

  /// Whether the same request may be attempted again: the broker did not look at the order itself, and no order came of
  /// the call (rule 27). Anything else is not tried again until something else is desired (rule 5).
  public var provesNothingPlaced: Bool {
    switch self {
    case .rateLimited, .deadToken, .addressRefused, .notWritten: true
    case .inTransit, .belowFilled, .other: false
    }
  }
}

public struct RequestAttempted: EventPayload {
  public static let type = EventType.requestAttempted
  public var follower: FollowerName
  public var requestID: RequestID

  public init(follower: FollowerName, requestID: RequestID) {
    self.follower = follower
    self.requestID = requestID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("request_id", requestID)
  }
}

public struct RequestAccepted: EventPayload {
  public static let type = EventType.requestAccepted
  public var follower: FollowerName
  public var orderID: OrderID
  public var requestID: RequestID

  public init(follower: FollowerName, orderID: OrderID, requestID: RequestID) {
    self.follower = follower
    self.orderID = orderID
    self.requestID = requestID
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.orderID = try reader.name("order_id")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("order_id", orderID)
    writer.name("request_id", requestID)
  }
}

public struct RequestRefused: EventPayload {
  public static let type = EventType.requestRefused
  public var follower: FollowerName
  public var requestID: RequestID
  public var refusal: RefusalClass
  /// The broker's words.
  public var text: String

  public init(follower: FollowerName, requestID: RequestID, refusal: RefusalClass, text: String) {
    self.follower = follower
    self.requestID = requestID
    self.refusal = refusal
    self.text = text
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.refusal = try reader.choice("refusal")
    self.requestID = try reader.name("request_id")
    self.text = try reader.string("text")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.choice("refusal", refusal)
    writer.name("request_id", requestID)
    writer.string("text", text)
  }
}

public struct RequestDoubted: EventPayload {
  public static let type = EventType.requestDoubted
  public var follower: FollowerName
  public var requestID: RequestID
  /// What happened to the call.
  public var text: String

  public init(follower: FollowerName, requestID: RequestID, text: String) {
    self.follower = follower
    self.requestID = requestID
    self.text = text
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.requestID = try reader.name("request_id")
    self.text = try reader.string("text")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.name("request_id", requestID)
    writer.string("text", text)
  }
}

public struct RequestWithdrawn: EventPayload {
  public static let type = EventType.requestWithdrawn
  public var follower: FollowerName
  public var requestID: RequestID
  public var reason: WithdrawalReason

  public init(follower: FollowerName, requestID: RequestID, reason: WithdrawalReason) {
    self.follower = follower
    self.requestID = requestID
    self.reason = reason
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.name("follower")
    self.reason = try reader.choice("reason")
    self.requestID = try reader.name("request_id")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.choice("reason", reason)
    writer.name("request_id", requestID)
  }
}
