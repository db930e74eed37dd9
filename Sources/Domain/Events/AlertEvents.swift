/// What a person has to look at.
public enum AlertKind: String, Sendable, Codable, CaseIterable {
  /// An exit was refused; it is not tried again until what is desired changes (rule 5).
  case exitRefused = "exit_refused"
  /// The follower keeps lots that the leader never got (rule 18, `keep`).
  case excessKept = "excess_kept"
  /// The follower's owner or the broker closed lots of ours (rule 32).
  case closedByOthers = "closed_by_others"
  /// A request has no known outcome (rule 30).
  case inDoubt = "in_doubt"
  /// The freeze limit is below one lot: nothing can be sent in the contract.
  case freezeBelowLot = "freeze_below_lot"
  /// A quantity is not a whole number of lots.
  case oddLot = "odd_lot"
  /// An order that is to be taken back is refused its cancel again and again, and may still fill.
  case cancelRefused = "cancel_refused"
  /// Our lots do not fall to zero although the leader is flat (promise 6).
  case notFlat = "not_flat"
  /// The exit ladder has reached its band and the exit still rests there (rule 14).
  case exitExhausted = "exit_exhausted"
  /// An exit goes out at the edge of its band, because nobody knows a price (rule 19).
  case noReference = "no_reference"
  /// An order of the leader may close what he holds under another product, and his positions cannot be read (rule 8).
  case productUnsettled = "product_unsettled"
  /// A second order under one label: it is cancelled, and what it filled is closed (rule 29).
  case surplus = "surplus"
  /// An order with our prefix that this log cannot explain: another instance is running (rule 34).
  case anotherInstance = "another_instance"
  /// The leader left a long leg that covers shorts of ours: it stays until they are bought back (rule 22).
  case hedgeKept = "hedge_kept"
  /// Shorts of ours are not covered although the leader's are: their hedge was refused, skipped or sold by hand (rule 22).
  case uncovered = "uncovered"
  /// The broker refused an entry with a text that the table of refusals does not know.
  case refusalUnknown = "refusal_unknown"
  /// The broker refused an entry, and the table of refusals says that a person has to know.
  case refusalAlarm = "refusal_alarm"
  /// The broker does not let the account trade: nothing is entered until somebody resumes it.
  case accountStopped = "account_stopped"
  /// A leg of a basket was not entered, and others were (rule 23).
  case basketBroken = "basket_broken"
}

public struct AlertRaised: EventPayload {
  public static let type = EventType.alertRaised
  public var kind: AlertKind
  public var follower: FollowerName
  public var key: PositionKey
  public var lots: Lots

  public init(kind: AlertKind, follower: FollowerName, key: PositionKey, lots: Lots) {
    self.kind = kind
    self.follower = follower
    self.key = key
    self.lots = lots
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.kind = try reader.choice("alert")
    let contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.lots = try reader.lots("lots")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
  }
  public func write(to writer: inout PayloadWriter) {
    writer.choice("alert", kind)
    writer.contract(key.contract)
    writer.name("follower", follower)
    writer.int("lots", lots.count)
    writer.choice("product", key.product)
  }
}

public struct AlertCleared: EventPayload {
  public static let type = EventType.alertCleared
  public var kind: AlertKind
  public var follower: FollowerName
  public var key: PositionKey

  public init(kind: AlertKind, follower: FollowerName, key: PositionKey) {
    self.kind = kind
    self.follower = follower
    self.key = key
  }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.kind = try reader.choice("alert")
    let contract = try reader.contract()
    self.follower = try reader.name("follower")
    self.key = PositionKey(contract: contract, product: try reader.choice("product"))
  }
  public func write(to writer: inout PayloadWriter) {
    writer.choice("alert", kind)
    writer.contract(key.contract)
    writer.name("follower", follower)
    writer.choice("product", key.product)
  }
}
