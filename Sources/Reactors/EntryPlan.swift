import Domain
import Projections

/// What the links of the open episode may enter: the target from the leader's cumulative entry lots in the segment that
/// entries join now, divided among them.
struct EntryPlan {
  let episode: Episode
  /// Indices into the ledger's links, parallel to `allotted`.
  let links: [Int]
  let allotted: [EntryAllotment.Allotted]
  /// Lots that each link has filled in the segment.
  let filled: [Lots]
  let target: Lots
  let leaderLots: Lots
  let excess: Lots
  /// Lots of each link that a surplus order filled and that count as its own, since it wants that many more (rule 29).
  let absorbed: [Lots]
  /// The leader's segment that entries join now.
  let segment: Int64
  private let origins: [LinkOrigin]

  func position(of origin: LinkOrigin) -> Int? { origins.firstIndex(of: origin) }

  init?(_ view: KeyView) {
    guard let episode = view.ledger.episode else { return nil }
    var links: [Int] = []
    var shares: [EntryAllotment.Share] = []
    var units = Quantity.zero
    for (index, link) in view.ledger.links.enumerated() {
      guard let order = view.order(of: link), order.order.side == episode.side else { continue }
      let counted = link.entryBlocked == nil || link.opened > .zero ? view.entryUnits(order, side: episode.side) : .zero
      let segment = view.position.upcomingSegment(for: episode.side)
      guard counted > .zero || link.open(.entry) > .zero || link.opened(in: segment) > .zero else { continue }
      // What a basket takes follows from its own proportions.
      if link.basket == nil { units += counted }
      links.append(index)
      shares.append(EntryPlan.share(of: link, order: order, leaderUnits: counted, episode: episode, view))
    }
    self.episode = episode
    self.links = links
    self.origins = links.map { view.ledger.links[$0].origin }
    self.leaderLots = view.lot.wholeLots(in: units)
    let ofBaskets = zip(links, shares).reduce(into: Lots.zero) { sum, entry in
      if view.ledger.links[entry.0].basket != nil { sum += entry.1.maximum }
    }
    self.target = EntryPlan.target(units: units, shares: shares, ofBaskets: ofBaskets, episode: episode, view)
    // Lots that were trimmed count as filled no longer: a later rise of the target may enter them anew.
    let segment = view.position.upcomingSegment(for: episode.side)
    let trimmed = view.ledger.openings.first { $0.segment == segment && $0.side == episode.side }?.trimmed ?? .zero
    let allotment = EntryAllotment(target: target + view.lot.wholeLots(in: trimmed), shares: shares)
    self.segment = segment
    self.excess = allotment.excess
    var allotted = allotment.allotted()
    var (filled, absorbed) = (shares.map(\.filled), [Lots](repeating: .zero, count: shares.count))
    for (place, link) in links.enumerated() {
      let surplus = view.lot.wholeLots(in: view.ledger.links[link].surplus(in: segment))
      guard surplus > .zero else { continue }
      // It is as good as what the link has working, and as what it would ask for.
      let working = min(surplus, allotted[place].desired - filled[place])
      let grown = min(surplus - working, allotted[place].growth)
      absorbed[place] = working + grown
      filled[place] += working + grown
      allotted[place].desired += grown
      allotted[place].growth -= grown
    }
    self.allotted = allotted
    self.filled = filled
    self.absorbed = absorbed
  }

  private static func share(
    of link: Link, order: LeaderOrder, leaderUnits: Quantity, episode: Episode, _ view: KeyView
  ) -> EntryAllotment.Share {
    let segment = view.position.upcomingSegment(for: episode.side)
    let maximum: Lots
    if let part = link.basket {
      maximum = part.lots(for: leaderUnits, view.lot)
    } else if let ratio = episode.ratio {
      let exact = ratio.scaled(leaderUnits.units, dividedBy: view.lot.units, rounding: .up)
      maximum = Lots(exact)
    } else {
      maximum = leaderUnits > .zero ? link.sizedLots ?? .zero : .zero
    }
    return EntryAllotment.Share(
      leaderUnits: leaderUnits,
      filled: view.lot.wholeLots(in: link.opened(in: segment) - link.surplus(in: segment)),
      open: view.lot.wholeLots(in: link.open(.entry)), forgone: link.forgone,
      maximum: maximum, raisedBy: order.raisedBy)
  }

  /// floor(ratio × the leader's cumulative entry lots) and what baskets take, raised to one lot where the policy says so; the sum of the frozen
  /// lots where no ratio decides (rule 3).
  private static func target(
    units: Quantity, shares: [EntryAllotment.Share], ofBaskets: Lots, episode: Episode, _ view: KeyView
  ) -> Lots {
    guard let ratio = episode.ratio else { return shares.reduce(into: .zero) { $0 += $1.maximum } }
    return view.entryTarget(units, ratio, ofBaskets: ofBaskets)
  }
}

extension KeyView {
  /// floor(ratio × units of the leader's) and what baskets take, in whole lots; raised to one lot where the policy says so
  /// (rule 3).
  func entryTarget(_ units: Quantity, _ ratio: Ratio, ofBaskets: Lots = .zero) -> Lots {
    let floor = Lots(ratio.scaled(units.units, dividedBy: lot.units)) + ofBaskets
    let isRaised =
      floor == .zero && lot.wholeLots(in: units) > .zero && follower.sizing.belowOneLot == .oneLot
    return isRaised ? .one : floor
  }
}
