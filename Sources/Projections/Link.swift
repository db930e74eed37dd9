import Domain

/// One leader order for one follower, with the children it sent (or a link of the engine's own, rule 1).
public struct Link: Hashable, Sendable, Codable {
  public let origin: LinkOrigin
  /// `nil` for a link of our own.
  public let leaderOrder: OrderID?
  public let firstSeen: SequenceNumber
  public internal(set) var children: [Child] = []
  /// Units that this link's children opened for the follower, by the leader's segment, and closed.
  public internal(set) var openings: [SegmentOpening] = []
  public internal(set) var closed: Quantity = .zero
  /// Lots of this link that will not be entered (rule 3).
  public internal(set) var forgone: Lots = .zero
  /// Set when the whole link may not enter.
  public internal(set) var entryBlocked: SkipReason?
  /// Why lots were last forgone.
  public internal(set) var lastReason: SkipReason?
  /// Frozen lots of this entry, where they do not follow from a ratio.
  public internal(set) var sizedLots: Lots?
  /// What it takes of a basket; `nil` for an order that is copied for itself (rule 23).
  public internal(set) var basket: BasketPart?
  /// What the broker refused of an exit; not tried again until something else is wanted of it (rule 5).
  public internal(set) var refusedExit: RefusedExit?
  /// What was refused and is asked for once more, until it is.
  var spared: [SparedLots] = []
  /// Until when nothing new is asked for, after a refusal that passes.
  public internal(set) var pausedUntil: Timestamp?
  public internal(set) var end: LinkEnd?
  /// The part of ``closed`` that belongs to episodes before the open one.
  public internal(set) var closedInEarlierEpisodes: Quantity = .zero
  /// What the leader order had closed, of the segment in which the episode began, before it began.
  public internal(set) var closedBefore: Quantity = .zero
  /// For a link of our own: how many units it has to close.
  public internal(set) var ownTarget: Quantity = .zero

  public var opened: Quantity { openings.reduce(into: .zero) { $0 += $1.opened } }
  public func opened(in segment: Int64) -> Quantity {
    openings.reduce(into: .zero) { if $1.segment == segment { $0 += $1.opened } }
  }
  /// Units that surplus orders of this link opened and that are not closed again (rule 29).
  public var surplus: Quantity { openings.reduce(into: .zero) { $0 += $1.surplus } }
  public func surplus(in segment: Int64) -> Quantity {
    openings.reduce(into: .zero) { if $1.segment == segment { $0 += $1.surplus } }
  }
  public func open(_ purpose: ChildPurpose) -> Quantity {
    children.reduce(into: .zero) { if $1.purpose == purpose { $0 += $1.open } }
  }
  public var isQuiet: Bool { !children.contains(where: \.isOpen) }

  /// Notes that so many lots of an exit were refused. Of several orders for one total each may be.
  mutating func refuseExit(of lost: Lots, _ lot: LotSize) {
    let standing = lot.wholeLots(in: closed + open(.exit))
    var lots = lost
    if let known = refusedExit, known.total == standing + lost + known.lots { lots += known.lots }
    refusedExit = RefusedExit(total: standing + lots, lots: lots)
  }

  /// Takes what a new order asks for once more off what was refused, and tells how often that was refused.
  mutating func takeSpared(_ purpose: ChildPurpose, _ quantity: Quantity) -> Int64 {
    var rest = quantity
    var attempts: Int64 = 0
    for index in spared.indices where spared[index].purpose == purpose && rest > .zero {
      let taken = min(rest, spared[index].quantity)
      spared[index].quantity -= taken
      rest -= taken
      attempts = max(attempts, spared[index].attempts)
    }
    spared.removeAll { $0.quantity == .zero }
    return attempts
  }

  /// Whether the broker refused something of it that is not asked for again.
  var isRefused: Bool { refusedExit != nil || children.contains { $0.refusedTerms != nil && $0.isOpen } }

  /// Something else is wanted, or a person says so: what was refused may be asked for once more (rule 5).
  mutating func allowRefused() {
    refusedExit = nil
    spared = []
    for index in children.indices {
      children[index].refusedTerms = nil
      children[index].unseenChanges = 0
    }
  }

  /// How often an exit that was taken away is placed again.
  static let replacements = 3
  /// Exits that were taken away.
  var takenAway: Int {
    children.count { $0.purpose == .exit && $0.wasTakenAway && $0.asked.validity != .immediateOrCancel }
  }
}

/// Units of an order that was refused, and that are asked for once more.
struct SparedLots: Hashable, Sendable, Codable {
  let purpose: ChildPurpose
  var quantity: Quantity
  /// How often they were refused.
  let attempts: Int64
}

/// Lots of an exit that the broker refused, and the total of lots to close of which they were a part.
public struct RefusedExit: Hashable, Sendable, Codable {
  public let total: Lots
  public let lots: Lots
}

extension LinkEnd: Codable {
  private enum Keys: String, CodingKey { case end, lots, reason }
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    switch try container.decode(String.self, forKey: .end) {
    case "copied": self = .copied(try container.decode(Lots.self, forKey: .lots))
    case "skipped": self = .skipped(try container.decode(SkipReason.self, forKey: .reason))
    case "too_old": self = .tooOld
    default: self = .refused
    }
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    switch self {
    case .copied(let lots):
      try container.encode("copied", forKey: .end)
      try container.encode(lots, forKey: .lots)
    case .skipped(let reason):
      try container.encode("skipped", forKey: .end)
      try container.encode(reason, forKey: .reason)
    case .tooOld: try container.encode("too_old", forKey: .end)
    case .refused: try container.encode("refused", forKey: .end)
    }
  }
}
