import Domain

/// Whose order it is in a follower's account.
public enum OrderOwner: Hashable, Sendable, Codable {
  case ours(ChildReference)
  case owner
  /// Without a label, while a placement of ours that looks the same has no order number yet: it may be either.
  case undetermined
  /// Ours, of an episode that is over; nothing it says can change a ledger.
  case retired
}

public struct FollowerOrder: Hashable, Sendable, Codable {
  public var order: BrokerOrder
  public var revision: Int64
  public var owner: OrderOwner
}

/// Everything the log says about one follower.
public struct FollowerAccount: Hashable, Sendable, Codable {
  public internal(set) var settings: FollowerSettings
  /// Whether the newest configuration still names the follower.
  public internal(set) var isConfigured = true
  /// The event of the follower's baseline: leader orders first seen before it are never entered (rule 6).
  public internal(set) var baselineAt: SequenceNumber?
  public var hasBaseline: Bool { baselineAt != nil }
  public internal(set) var funds: Funds?
  public internal(set) var ledgers: [PositionKey: KeyLedger] = [:]
  public internal(set) var orders: [OrderID: FollowerOrder] = [:]
  public internal(set) var outbox = Outbox()
  public internal(set) var budget = CallBudget()
  var childByLabel: [CorrelationID: ChildReference] = [:]
  var undetermined: [OrderID] = []
  /// Margin of one short lot, as last quoted.
  public internal(set) var marginPerLot: [ContractID: Paise] = [:]

  init(settings: FollowerSettings) { self.settings = settings }

  public var name: FollowerName { settings.name }

  public func child(_ reference: ChildReference) -> Child? {
    guard let ledger = ledgers[reference.key], let index = ledger.linkIndex(reference.origin) else { return nil }
    let link = ledger.links[index]
    return link.children.indices.contains(reference.index) ? link.children[reference.index] : nil
  }

  /// Whether a clean reading of the book would settle something: a request in doubt, or a change that no picture told of.
  public var needsReading: Bool {
    outbox.requests.contains(where: \.isInDoubt)
      || ledgers.values.contains { $0.links.contains { $0.children.contains(where: \.awaitsPicture) } }
  }

  /// Whether the label is of a child that the log knows.
  public func knows(_ label: CorrelationID) -> Bool { childByLabel[label] != nil }

  mutating func change(_ reference: ChildReference, _ body: (inout Child) -> Void) {
    guard let link = ledgers[reference.key]?.linkIndex(reference.origin) else { return }
    body(&ledgers[reference.key]!.links[link].children[reference.index])  // The ledger was found one line above.
  }
}
