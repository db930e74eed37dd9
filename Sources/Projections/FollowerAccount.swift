import Domain

/// Whose order it is in a follower's account.
public enum OrderOwner: Hashable, Sendable, Codable {
  case ours(ChildReference)
  case owner
  /// Without a label, while a placement of ours that looks the same has no order number yet: it may be either.
  case undetermined
  /// Ours, of an episode that is over; nothing it says can change a ledger.
  case retired
  /// With a label of ours that no open request explains: the next decision says whose it is (rules 29 and 34).
  case unexplained
}

public struct FollowerOrder: Hashable, Sendable {
  public var order: BrokerOrder
  public var revision: Int64
  public var owner: OrderOwner
  /// The day in India on which it was asked for or first seen: the book shows the orders of the day only.
  public let seenOn: Day
  /// When it was last told of, by our clock.
  public var toldAt: Timestamp
}

// An order stands in a snapshot as the payload that the log has for it: nothing else holds so many values, and the
// reader of payloads is many times faster than a generic decoder.
extension FollowerOrder: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    let picture = LeaderOrderSeen(OrderPicture(order: order, revision: revision, source: .book))
    try container.encode(String(decoding: picture.payload, as: UTF8.self))
    try container.encode(seenOn.daysSinceEpoch)
    try container.encode(toldAt.microseconds)
    try container.encode(owner.word)
    if case .ours(let reference) = owner { try container.encode(reference) }
  }

  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var payload = try container.decode(String.self)
    let seen = try payload.withUTF8 {
      try PayloadReader.read(UnsafeRawBufferPointer($0)) { try LeaderOrderSeen(reading: &$0, version: 1) }
    }
    order = seen.picture.order
    revision = seen.picture.revision
    seenOn = Day(daysSinceEpoch: try container.decode(Int32.self))
    toldAt = Timestamp(microseconds: try container.decode(Int64.self))
    switch try container.decode(String.self) {
    case OrderOwner.owner.word: owner = .owner
    case OrderOwner.undetermined.word: owner = .undetermined
    case OrderOwner.retired.word: owner = .retired
    case OrderOwner.unexplained.word: owner = .unexplained
    default: owner = .ours(try container.decode(ChildReference.self))
    }
  }
}

extension OrderOwner {
  fileprivate var word: String {
    switch self {
    case .ours: "ours"
    case .owner: "owner"
    case .undetermined: "undetermined"
    case .retired: "retired"
    case .unexplained: "unexplained"
    }
  }
}

/// An order with our prefix that nobody here requested (rule 34).
public struct Halt: Hashable, Sendable, Codable {
  public let orderID: OrderID
  public let label: CorrelationID
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
  /// When ``funds`` were read, and when last something happened that may have changed them since.
  public internal(set) var fundsReadAt: Timestamp?
  public internal(set) var movedAt: Timestamp?
  public internal(set) var ledgers: [PositionKey: KeyLedger] = [:]
  public internal(set) var orders: [OrderID: FollowerOrder] = [:]
  public internal(set) var outbox = Outbox()
  public internal(set) var budget = CallBudget()
  /// Every label of today, also of children that are forgotten: an order that comes late is known by it.
  public internal(set) var childByLabel: [CorrelationID: ChildReference] = [:]
  var undetermined: [OrderID] = []
  /// What the broker is asked about baskets that are not sized yet, by their first leg (rule 23).
  public internal(set) var basketMargins: [OrderID: BasketMargin] = [:]
  /// Orders with a label of ours of which it is not decided yet whose they are, in the order in which they were seen.
  public internal(set) var unexplained: [OrderID] = []
  /// Why the follower is halted although nobody said so (rule 34).
  public internal(set) var halt: Halt?
  /// What the broker said when it did not let the account trade; until a person resumes it nothing is entered.
  public internal(set) var stop: String?
  public internal(set) var access = AccountAccess()
  /// The broker answers no call; `nil` where he answered the newest.
  var silence: Silence?
  /// What the operator allows this follower.
  public internal(set) var mode = OperatorMode.running
  /// The event since which entries are allowed (again): what the leader raised before it is too old (rule 36).
  public internal(set) var enteringSince = SequenceNumber.beforeFirst
  /// Positions of which an exit waits for a fresh reading of the book, and since when (rule 33).
  public internal(set) var wantsReadingFor: [PositionKey] = []
  /// Placements of which a person gave the number of the order, and no picture has borne it out yet.
  public internal(set) var numberedByHand: [NumberedByHand] = []
  public internal(set) var wantsReadingSince: Timestamp?
  /// When the book was last read whole, as far as the log tells; `nil` from a start on until it is read once.
  public internal(set) var bookReadAt: Timestamp?
  /// When the newest row of a book was told of, whole or not.
  public internal(set) var bookRowAt: Timestamp?
  /// The day on which what it holds was last read whole (rule 6).
  public internal(set) var restatedOn: Day?
  /// Children that ended with their day and whose end nobody saw; positions tell of them.
  var overnight: [ChildReference] = []
  /// Margin of one short lot, as last quoted.
  public internal(set) var marginPerLot: [ContractID: Paise] = [:]

  init(settings: FollowerSettings) { self.settings = settings }

  public var name: FollowerName { settings.name }

  public func child(_ reference: ChildReference) -> Child? {
    guard let place = ledgers.index(forKey: reference.key),
      let link = ledgers.values[place].linkIndex(reference.origin),
      ledgers.values[place].links[link].children.indices.contains(reference.index)
    else { return nil }
    return ledgers.values[place].links[link].children[reference.index]
  }

  /// Whether a clean reading of the book would settle something: a request in doubt, a number that a person gave, or what any
  /// whole reading settles.
  public var needsReading: Bool {
    needsPictures || outbox.requests.contains(where: \.isInDoubt) || numberedByHand.contains(where: isUnproven)
  }

  /// Whether nothing but a person has told of the order.
  func isUnproven(_ numbered: NumberedByHand) -> Bool {
    guard let child = child(numbered.request.child), child.isNumberedByHand, child.isOpen, let number = child.orderID
    else { return false }
    return orders[number] == nil
  }

  /// Whether the rows of a reading would settle something, whatever else it lacks: a change in doubt, one that no picture told
  /// of, whose an order is that came without a label, an exit that waits (rule 33).
  public var needsPictures: Bool {
    !wantsReadingFor.isEmpty || outbox.requests.contains { $0.isInDoubt && $0.kind != .placement }
      || undetermined.contains { orders[$0].map { !matchesOpenPlacement($0.order) } ?? false }
      || ledgers.values.contains { $0.hasChild(where: \.awaitsReading) }
  }

  /// Whether a clean reading of the book says something: it settles something, or is the first since the stream was opened.
  public var isReadingNews: Bool {
    if bookReadAt == nil { return true }
    guard !needsReading, let opened = access.streamChangedAt, access.isConnected else { return needsReading }
    return bookReadAt.map { $0 < opened } ?? true
  }

  mutating func wantReading(for key: PositionKey, at now: Timestamp) {
    if !wantsReadingFor.contains(key) { wantsReadingFor.append(key) }
    wantsReadingSince = wantsReadingSince ?? now
  }

  /// The account could not be called, and its owner may have closed by hand what exits that wait in the lane are to close: a
  /// fresh reading of the book comes before them (rule 33).
  mutating func readBeforeExits(at now: Timestamp) {
    let waiting = outbox.requests.filter {
      $0.kind == .placement && $0.purpose == .exit && $0.attemptedAt == nil
    }
    if waiting.isEmpty { return }
    wantsReadingSince = now
    for request in waiting { wantReading(for: request.child.key, at: now) }
  }

  /// Whether the broker refused something that is not asked for again until something else is wanted, or a person says so.
  public var isRefused: Bool { ledgers.values.contains { $0.links.contains(where: \.isRefused) } }

  /// Whether a person's resume changes something besides the mode.
  public var awaitsResume: Bool { access.blockage != nil || halt != nil || stop != nil || isRefused }

  mutating func allowRefused() {
    guard isRefused else { return }
    for key in ledgers.keys.sorted() {
      guard let place = ledgers.index(forKey: key) else { continue }
      for link in ledgers.values[place].links.indices { ledgers.values[place].links[link].allowRefused() }
    }
  }

  /// Whether the label is of a child that the log knows.
  public func knows(_ label: CorrelationID) -> Bool { childByLabel[label] != nil }

  mutating func change(_ reference: ChildReference, _ body: (inout Child) -> Void) {
    guard let place = ledgers.index(forKey: reference.key),
      let link = ledgers.values[place].linkIndex(reference.origin)
    else { return }
    body(&ledgers.values[place].links[link].children[reference.index])
  }

  /// Where the child's link lies: the place of its ledger, which holds until a ledger is added, and its index there.
  func linkPlace(_ reference: ChildReference) -> (ledger: Dictionary<PositionKey, KeyLedger>.Index, link: Int)? {
    guard let place = ledgers.index(forKey: reference.key),
      let link = ledgers.values[place].linkIndex(reference.origin)
    else { return nil }
    return (place, link)
  }
}
