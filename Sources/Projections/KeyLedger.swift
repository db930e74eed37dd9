import Domain

/// From the first allotment in a key until leader and follower are flat there, with nothing working or in doubt, or until both
/// have gone to the other side.
public struct Episode: Hashable, Sendable, Codable {
  public let number: Int64
  public let side: Side
  /// Frozen (rule 3); `nil` where lots do not follow from a ratio.
  public let ratio: Ratio?
  /// When the leader order that opened the episode was first seen. For the reader; no decision uses it.
  public let since: SequenceNumber
}

/// What our children opened for the follower within one segment of the leader.
public struct SegmentOpening: Hashable, Sendable, Codable {
  public let segment: Int64
  /// A surplus order can leave the follower on the side on which the leader is not.
  public let side: Side
  public var opened: Quantity
  /// Closed otherwise than by copying an exit: by hand, by the broker, or trimmed.
  public var removed: Quantity = .zero
  /// The part of it that was trimmed: entered once, closed again by us, and so open to be entered anew.
  public var trimmed: Quantity = .zero
  /// The part of it that surplus orders opened and that is not closed again (rule 29); of a link's openings only.
  public var surplus: Quantity = .zero
  public var remaining: Quantity { opened - removed }
}

/// Lots of ours that a trade which is not ours closed (rule 32).
public struct Taking: Hashable, Sendable, Codable {
  /// Of the trade.
  public let side: Side
  public let units: Quantity
  /// On the broker's clock; `nil` where he did not say.
  public let at: Timestamp?
  /// The segment of the leader's in which the newest of the lots were opened.
  public let segment: Int64
}

/// What the leader had already closed of a segment when the episode began: that is not part of the follower's whole, of
/// which later decreases are fractions. What the leader held then is inherited (rule 6).
public struct EpisodeStart: Hashable, Sendable, Codable {
  public let segment: Int64
  public let closed: Quantity
}

/// The ledger of one key of a follower: it allots lots to links and bounds them; it never sends (rule 1).
public struct KeyLedger: Hashable, Sendable, Codable {
  public internal(set) var episode: Episode?
  public internal(set) var episodeCount: Int64 = 0
  /// In the order in which the leader's orders were first seen.
  public internal(set) var links: [Link] = []
  /// Signed units that this engine opened and has not closed: *F* of the rules.
  public internal(set) var held: Quantity = .zero
  public internal(set) var openings: [SegmentOpening] = []
  /// Units of ours that others closed since the alert about it was last raised.
  public internal(set) var closedByOthers: Quantity = .zero
  /// The newest trades of others that closed lots of ours.
  public internal(set) var takings: [Taking] = []
  /// Signed units that the follower's owner holds by hand. Never touched (promise 11).
  public internal(set) var owner: Quantity = .zero
  public internal(set) var start: EpisodeStart?
  /// When our lots were last reduced; in a reversal the age of the opening part runs from here (rule 17).
  public internal(set) var lastClosedAt = Timestamp(microseconds: 0)
  public internal(set) var alerts: Set<AlertKind> = []

  public init() {}

  public var side: Side? { Side(holding: held) }

  public func open(_ purpose: ChildPurpose) -> Quantity {
    links.reduce(into: .zero) { $0 += $1.open(purpose) }
  }
  public var isQuiet: Bool { links.allSatisfy(\.isQuiet) }
  /// Whether nothing is out but exits that copy the leader's and rest: nothing on its way, in doubt or being changed.
  public var onlyExitsRest: Bool {
    links.allSatisfy { link in
      link.children.allSatisfy { child in
        !child.isOpen || (link.leaderOrder != nil && child.purpose == .exit && child.rests && !child.isBusy)
      }
    }
  }

  /// What was opened on the side that is held; what had been opened on the other is closed, all of it.
  public var openingsHeld: [SegmentOpening] { openings.filter { $0.side == side } }

  /// Whether any child is such. Walks where the children lie: this is asked of all followers at each of the leader's orders, and
  /// copies of links were a tenth of what that costs.
  public func hasChild(where isSuch: (Child) -> Bool) -> Bool {
    for link in links.indices {
      for child in links[link].children.indices where isSuch(links[link].children[child]) { return true }
    }
    return false
  }

  func linkIndex(_ origin: LinkOrigin) -> Int? { links.lastIndex { $0.origin == origin } }

  /// Adds a child to the link that `request` names, which is one of our own where it is not known yet.
  ///
  /// - Returns: the child's index in its link.
  mutating func add(_ child: Child, for request: PlacementRequested, at sequence: SequenceNumber) -> Int {
    add(child, to: request.child.origin, copying: nil, at: sequence)
  }

  /// Adds a child to the link of `origin`, which begins here where it is not known.
  ///
  /// - Parameter leaderOrder: what a link that begins copies; `nil` for one of our own.
  /// - Returns: the child's index in its link.
  mutating func add(_ child: Child, to origin: LinkOrigin, copying leaderOrder: OrderID?, at sequence: SequenceNumber)
    -> Int
  {
    if linkIndex(origin) == nil {
      var link = Link(origin: origin, leaderOrder: leaderOrder, firstSeen: sequence)
      if leaderOrder == nil { link.ownTarget = child.asked.quantity }
      links.append(link)
    }
    let link = linkIndex(origin) ?? links.count - 1
    var child = child
    child.attempts = links[link].takeSpared(child.purpose, child.asked.quantity)
    if child.purpose == .exit { links[link].refusedExit = nil }
    links[link].children.append(child)
    if links[link].leaderOrder == nil { links[link].end = nil }
    return links[link].children.count - 1
  }

  /// What is held on the other side by then belongs to the episode that opens there.
  mutating func closeEpisode() {
    episode = nil
    start = nil
    openings = openingsHeld
  }
}

extension [SegmentOpening] {
  mutating func add(_ units: Quantity, surplus: Quantity = .zero, _ side: Side, to segment: Int64) {
    if let known = firstIndex(where: { $0.segment == segment && $0.side == side }) {
      self[known].opened += units
      self[known].surplus += surplus
    } else {
      append(SegmentOpening(segment: segment, side: side, opened: units, surplus: surplus))
    }
  }
}
