/// The order-update stream of an account was opened, or is gone.
public struct StreamChanged: EventPayload {
  public static let type = EventType.streamChanged
  public var account: AccountRole
  public var isConnected: Bool
  /// Why it is gone; empty when it is open.
  public var reason: String

  public init(account: AccountRole, isConnected: Bool, reason: String = "") {
    self.account = account
    self.isConnected = isConnected
    self.reason = reason
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.isConnected = try reader.flag("connected")
    self.account = AccountRole(try reader.optionalName("follower"))
    self.reason = try reader.stringOrEmpty("reason")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.flag("connected", isConnected)
    writer.name("follower", account.follower)
    writer.stringUnlessEmpty("reason", reason)
  }
}

/// An account cannot trade or be read; nothing is sent for it until it can (rule 38).
public struct AccountBlocked: EventPayload {
  public static let type = EventType.accountBlocked
  public var account: AccountRole
  public var reason: BlockReason
  /// What happened, in words.
  public var text: String

  public init(account: AccountRole, reason: BlockReason, text: String) {
    self.account = account
    self.reason = reason
    self.text = text
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.account = AccountRole(try reader.optionalName("follower"))
    self.reason = try reader.choice("reason")
    self.text = try reader.string("text")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", account.follower)
    writer.choice("reason", reason)
    writer.string("text", text)
  }
}

/// A reading of the account succeeded again.
public struct AccountUnblocked: EventPayload {
  public static let type = EventType.accountUnblocked
  public var account: AccountRole

  public init(account: AccountRole) { self.account = account }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.account = AccountRole(try reader.optionalName("follower"))
  }
  public func write(to writer: inout PayloadWriter) { writer.name("follower", account.follower) }
}

/// A person said what may be sent from now on (rule 36).
public struct OperatorCommanded: EventPayload {
  public static let type = EventType.operatorCommanded
  /// `nil` for all followers.
  public var follower: FollowerName?
  public var mode: OperatorMode

  public init(follower: FollowerName?, mode: OperatorMode) {
    self.follower = follower
    self.mode = mode
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.follower = try reader.optionalName("follower")
    self.mode = try reader.choice("mode")
  }
  public func write(to writer: inout PayloadWriter) {
    writer.name("follower", follower)
    writer.choice("mode", mode)
  }
}

/// How the broker's clock stands against ours.
public struct BrokerClock: EventPayload {
  public static let type = EventType.brokerClock
  /// What our clock shows less what the broker's shows.
  public var ahead: Microseconds

  public init(ahead: Microseconds) { self.ahead = ahead }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.ahead = Microseconds(try reader.int("ahead_us"))
  }
  public func write(to writer: inout PayloadWriter) { writer.int("ahead_us", ahead.count) }
}
