import Domain

/// What trades do to the ledger: ours, and those of others.
extension KeyLedger {
  /// Folds a fill of one of our children: towards `held` it opens, against it it closes, and what remains opens anew.
  ///
  /// What a surplus order opens is marked, and so is what an exit opens beyond the holding because a surplus exit had closed
  /// it (rule 29).
  mutating func fill(link index: Int, child: Child, by quantity: Quantity, openingSegment: Int64, at now: Timestamp) {
    let side = child.side
    let closes = self.side == side.opposite ? min(quantity, held.magnitude) : .zero
    let opens = quantity - closes
    held += Quantity(quantity.units * side.sign)
    if closes > .zero {
      lastClosedAt = now
      links[index].closed += closes
      if links[index].leaderOrder == nil {
        if links[index].origin.ownPurpose == .surplus {
          closeSurplus(closes, of: side.opposite, through: links[index].origin)
        } else {
          remove(closes, of: side.opposite, isTrim: true)
        }
      }
    }
    if opens > .zero {
      let isSurplus = child.isSurplus || (child.purpose == .exit && links[index].children.contains(where: \.isSurplus))
      links[index].openings.add(opens, surplus: isSurplus ? opens : .zero, side, to: openingSegment)
      openings.add(opens, side, to: openingSegment)
    }
    forgetSurplusIfFlat()
  }

  /// What a surplus order had opened is closed again, as if it had never been: neither it nor its closing is any part of
  /// what a link copied.
  private mutating func closeSurplus(_ quantity: Quantity, of side: Side, through origin: LinkOrigin) {
    var rest = quantity
    for link in links.indices where LinkOrigin(closingSurplusOf: links[link].origin) == origin {
      for place in links[link].openings.indices where rest > .zero {
        let opening = links[link].openings[place]
        let taken = min(rest, opening.surplus)
        guard taken > .zero else { continue }
        links[link].openings[place].surplus -= taken
        links[link].openings[place].opened -= taken
        let whole = openings.lastIndex { $0.segment == opening.segment && $0.side == opening.side }
        if let whole { openings[whole].opened -= taken }
        rest -= taken
      }
    }
    if rest > .zero { remove(rest, of: side, isTrim: true) }
  }

  /// Nothing of a surplus is left where nothing is held.
  private mutating func forgetSurplusIfFlat() {
    guard held == .zero else { return }
    for link in links.indices {
      for place in links[link].openings.indices { links[link].openings[place].surplus = .zero }
    }
  }

  /// How many ``takings`` are kept.
  private static let takingLimit = 8

  /// Folds a trade that is not ours: it reduces the owner's lots first, then ours (rule 32).
  ///
  /// - Parameter moment: when the broker dates it; `nil` where he does not.
  mutating func ownerTrade(side: Side, quantity: Quantity, at moment: Timestamp?) {
    var rest = quantity - giveBack(quantity, side: side, before: moment)
    if Side(holding: owner) == side.opposite {
      let taken = min(rest, owner.magnitude)
      owner += Quantity(taken.units * side.sign)
      rest -= taken
    }
    if rest > .zero, self.side == side.opposite {
      let taken = min(rest, held.magnitude)
      let segment = openings.last { $0.side == side.opposite }?.segment ?? 0
      held += Quantity(taken.units * side.sign)
      remove(taken, of: side.opposite, isTrim: false)
      closedByOthers += taken
      takings =
        takings.suffix(KeyLedger.takingLimit - 1) + [Taking(side: side, units: taken, at: moment, segment: segment)]
      rest -= taken
    }
    owner += Quantity(rest.units * side.sign)
    forgetSurplusIfFlat()
  }

  /// A trade of the owner's that nobody told of until now, and that is older than one which seemed to close lots of ours: it was
  /// his own lots that the other one closed.
  ///
  /// - Returns: the units that are ours again.
  private mutating func giveBack(_ quantity: Quantity, side: Side, before moment: Timestamp?) -> Quantity {
    guard let moment, self.side != side.opposite else { return .zero }
    var rest = quantity
    for index in takings.indices where rest > .zero && takings[index].side == side.opposite {
      let taking = takings[index]
      guard let takenAt = taking.at, moment < takenAt else { continue }
      let units = min(rest, taking.units)
      takings[index] = Taking(side: taking.side, units: taking.units - units, at: taking.at, segment: taking.segment)
      held += Quantity(units.units * side.sign)
      closedByOthers -= min(closedByOthers, units)
      restore(units, of: side, segment: taking.segment)
      rest -= units
    }
    takings.removeAll { $0.units == .zero }
    return quantity - rest
  }

  /// Puts units back that were removed from openings, and opens what is left where their episode is over.
  private mutating func restore(_ quantity: Quantity, of side: Side, segment: Int64) {
    var rest = quantity
    for index in openings.indices where rest > .zero && openings[index].side == side {
      let restored = min(rest, openings[index].removed - openings[index].trimmed)
      openings[index].removed -= restored
      rest -= restored
    }
    if rest > .zero { openings.add(rest, side, to: segment) }
  }

  /// Takes units out of the newest openings of that side.
  private mutating func remove(_ quantity: Quantity, of side: Side, isTrim: Bool) {
    var rest = quantity
    for index in openings.indices.reversed() where rest > .zero && openings[index].side == side {
      let taken = min(rest, openings[index].remaining)
      openings[index].removed += taken
      if isTrim { openings[index].trimmed += taken }
      rest -= taken
    }
  }
}
