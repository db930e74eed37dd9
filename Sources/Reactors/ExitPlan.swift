import Domain
import Projections

/// What the links of a key have to close (rule 10): a pure function of the leader's cumulative fractions and of what the
/// follower opened.
///
/// For each segment of the leader, what its orders have closed is laid end to end in the order in which they were first seen, and
/// behind it what rests of them, as far as the leader's position allows. The follower's opened lots are cut at the same
/// fractions, rounded cumulatively, so that both reach zero together whatever the rounding. The sum over all links never passes
/// the cut for the whole, nor what is held.
struct ExitPlan {
  struct Demand: Equatable {
    /// Lots that the link closes in all: closed and working.
    var total: Lots
    /// The leader's lots behind it, of the whole, for the explanation.
    var leaderLots: Lots
    var leaderWhole: Lots
    /// Lots beyond the total that the link closes as soon as another one has given them back.
    var waiting = Lots.zero
    /// Lots that the leader has left through it and that orders of ours for his others had closed ahead of him.
    var credited = Lots.zero
  }

  /// Parallel to the links of the ledger.
  private(set) var demands: [Demand]
  /// Of the lots that came ahead of the leader and that he never followed: how many leave with what he has left since.
  private(set) var closedAhead = Lots.zero

  init(_ view: KeyView) {
    self.init(view, restingFirst: [.stops, .limits])
    guard view.settings.exits.alternatives == .all else { return }
    // Both rest: each is cut as if the other did not (rule 12). A fill of one makes the other smaller by what is held less.
    let targets = ExitPlan(view, restingFirst: [.limits, .stops])
    for (index, link) in view.ledger.links.enumerated() {
      if let order = view.order(of: link), order.order.open > .zero, !order.waitsForTrigger {
        demands[index] = targets.demands[index]
      }
    }
  }

  /// What the open part of an order of the leader's is: as good as filled, which a MARKET order is and a stop that has been met, or
  /// resting.
  fileprivate enum OpenKind { case leaving, stops, limits }

  private init(_ view: KeyView, restingFirst: [OpenKind]) {
    demands = view.ledger.links.map { link in
      Demand(total: .zero, leaderLots: .zero, leaderWhole: .zero)
    }
    guard view.ledger.held != .zero, let side = view.ledger.side else { return }
    var due = [ExitDue](repeating: ExitDue(), count: view.ledger.links.count)
    let openings = view.ledger.openingsHeld
    // What links of our own are closing is as good as gone, from the newest opening back.
    var leaving = view.ledger.links.reduce(into: Quantity.zero) {
      if $1.leaderOrder == nil, $1.origin.ownPurpose != .surplus { $0 += $1.open(.exit) }
    }
    let gone = openings.reversed().map { opening in
      let taken = min(leaving, opening.remaining)
      leaving -= taken
      return taken
    }
    for (opening, gone) in zip(openings, gone.reversed()) where opening.remaining > .zero {
      add(opening, less: gone, side: side, view, restingFirst, to: &due)
    }
    bound(due, view)
  }

  private mutating func add(
    _ opening: SegmentOpening, less leaving: Quantity, side: Side, _ view: KeyView, _ restingFirst: [OpenKind],
    to due: inout [ExitDue]
  ) {
    // What was opened ahead of the leader is not due while the leader may still follow.
    guard opening.segment <= view.position.lastSegment else { return }
    var lots = view.lot.wholeLots(
      in: max(.zero, opening.remaining - leaving - view.surplusExcess(in: opening.segment)))
    guard let segment = view.position.segments.first(where: { $0.number == opening.segment }), segment.side == side
    else {
      // The leader went the other way after we had opened ahead of it: all of it leaves.
      close(lots, side: side, view, &due)
      return
    }
    var whole = segment.whole
    let start = view.ledger.start.flatMap { $0.segment == segment.number ? $0 : nil }
    if let start { whole -= start.closed }
    guard whole > .zero else { return }
    let ahead = AheadLots(in: segment, view)
    lots = max(.zero, lots - ahead.awaited)
    // What gives them back, or gave, takes nothing from the others.
    let left = min(lots, max(.zero, ahead.total - view.lot.wholeLots(in: opening.trimmed + leaving)))
    let rounding = ExitRounding.direction(view.follower.sizing.exitRounding, side: side)
    let curve = ExitCurve(in: segment, whole: whole, start: start?.closed ?? .zero, view.ledger, view.leader)
    let units = closingUnits(in: segment, side: side, view, restingFirst)
    /// The lots of the follower's that are due once the leader has closed so much, and those of them that came ahead.
    func reached(_ closed: Quantity) -> (lots: Lots, ahead: Lots) {
      let followed = curve.due(of: lots - left, closed: closed, rounding)
      // Fractions of lots are rounded once over both.
      let ahead = min(
        ahead.closed(beside: lots - left, leader: closed, whole: whole, rounding),
        max(.zero, curve.due(of: lots - left + ahead.total, closed: closed, rounding) - followed))
      return (followed + min(left, ahead), ahead)
    }
    var cumulative = Quantity.zero
    var cut = Lots.zero
    /// What the link's order closes next, and the lots that are due with it.
    func take(_ units: Quantity, of index: Int) -> Lots {
      cumulative = min(whole, cumulative + units)
      let (lots, ahead) = reached(cumulative)
      defer { (cut, closedAhead) = (lots, ahead) }
      demands[index].leaderLots = view.lot.wholeLots(in: cumulative)
      demands[index].leaderWhole = view.lot.wholeLots(in: whole)
      return lots - cut
    }
    for (index, closing) in units.enumerated() where closing.filled > .zero {
      due[index].filled += take(closing.filled, of: index)
    }
    for (index, closing) in units.enumerated() where closing.resting > .zero {
      due[index].resting += take(closing.resting, of: index)
    }
    if view.position.current?.number != segment.number { close(lots - cut, side: side, view, &due) }
  }

  /// Lots that no fraction covers and the leader has left for good go through its newest order on the closing side.
  private func close(_ lots: Lots, side: Side, _ view: KeyView, _ due: inout [ExitDue]) {
    let newest = view.ledger.links.lastIndex { view.order(of: $0)?.order.side == side.opposite }
    if let newest, lots > .zero { due[newest].filled += lots }
  }

  /// What each link's leader order closes of the segment: filled, and resting as far as anything is left to close.
  private func closingUnits(in segment: LeaderSegment, side: Side, _ view: KeyView, _ restingFirst: [OpenKind])
    -> [(filled: Quantity, resting: Quantity)]
  {
    var units = view.ledger.links.map { link in
      let closed = view.order(of: link)?.closed(in: segment.number) ?? .zero
      let counts = view.ledger.start?.segment == segment.number ? closed - link.closedBefore : closed
      return (filled: counts, resting: Quantity.zero)
    }
    guard view.position.current?.number == segment.number else { return units }
    var left = view.position.net.magnitude
    // Of a stop and a target for the same lots the stop rests and the target follows the leader's fills (rule 12).
    for kind in [.leaving] + restingFirst {
      for (index, link) in view.ledger.links.enumerated() {
        guard let order = view.order(of: link), order.order.side == side.opposite, order.openKind == kind,
          !view.isSpent(link, order)
        else { continue }
        let closes = min(left, view.prospective(order.order).closes)
        if kind == .leaving { units[index].filled += closes } else { units[index].resting += closes }
        left -= closes
      }
    }
    return units
  }

  /// Brings the demands below the holding: what is closed already is out of it, and nobody takes another's lots. What a link has
  /// working keeps its lots, and until it is taken back, or known, nobody else closes those (rules 10 and 15).
  private mutating func bound(_ due: [ExitDue], _ view: KeyView) {
    var available = view.lot.wholeLots(in: view.ledger.held.magnitude)
    let remaining = view.ledger.openingsHeld.reduce(into: Quantity.zero) { $0 += $1.remaining }
    let closedSoFar = view.lot.wholeLots(in: remaining - view.ledger.held.magnitude)
    for link in view.ledger.links where link.leaderOrder == nil {
      available -= view.lot.wholeLots(in: link.open(.exit))
    }
    available = max(.zero, min(available, due.reduce(into: .zero) { $0 += $1.total } - closedSoFar))
    // Alternatives rest for the same lots on purpose (rule 12).
    let counts = view.settings.exits.alternatives == .stopOnly
    let wanted = ExitNeeds(due, view)
    var needs = zip(wanted.filled, wanted.resting).map { $0 + $1 }
    var overhang = Lots.zero
    for (index, link) in view.ledger.links.enumerated() {
      let closed = view.lot.wholeLots(in: link.closed)
      demands[index].credited = wanted.credited[index]
      let open = counts && link.leaderOrder != nil ? view.lot.wholeLots(in: link.open(.exit)) : .zero
      let kept = min(needs[index], open, available)
      demands[index].total = closed + kept
      needs[index] -= kept
      available -= kept
      overhang += open - kept
    }
    available = max(.zero, available - overhang)
    for index in needs.indices {
      let added = min(needs[index], available)
      demands[index].total += added
      available -= added
      demands[index].waiting = min(needs[index] - added, overhang)
      overhang -= demands[index].waiting
    }
  }
}

extension LeaderOrder {
  fileprivate var openKind: ExitPlan.OpenKind {
    if waitsForTrigger { return .stops }
    return isMarket || hasTriggered ? .leaving : .limits
  }
}

/// The policy of a key, resolved by its side.
enum ResolvedRounding {
  case lagging, nearest, leading

  /// How many of the follower's `lots` are closed when the leader has closed `leader` of `whole` units.
  func closed(of lots: Lots, leader: Quantity, whole: Quantity) -> Lots {
    closed(of: lots, part: Int128(leader.units), whole: Int128(whole.units))
  }

  /// How many of the follower's `lots` are closed when `part` of `whole` is due.
  func closed(of lots: Lots, part: Int128, whole: Int128) -> Lots {
    switch self {
    case .lagging: Lots(Rounding.down.quotient(Int128(lots.count) * part, whole))
    case .leading: Lots(Rounding.up.quotient(Int128(lots.count) * part, whole))
    case .nearest: lots - Lots(Rounding.halfUp.quotient(Int128(lots.count) * (whole - part), whole))
    }
  }
}

extension ExitRounding {
  static func direction(_ policy: ExitRounding, side: Side) -> ResolvedRounding {
    switch policy {
    case .byRisk: side == .buy ? .lagging : .leading
    case .lagging: .lagging
    case .nearest: .nearest
    case .leading: .leading
    }
  }
}
