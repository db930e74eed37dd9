import Domain
import Projections

/// What a link closes in all, by the leader's fractions.
struct ExitDue {
  /// Of what he has left.
  var filled = Lots.zero
  /// Of what rests at him.
  var resting = Lots.zero
  var total: Lots { filled + resting }
}

/// What the links of a key have yet to close (rule 10).
///
/// An order of ours may fill ahead of the leader's. Its lots have left, whichever of his orders he then leaves them through: they
/// count for what he has left through others, and what rests again for his own order takes their place. Without that they would
/// leave twice, since he may take that order back. What he rests no more and ours closed all the same is left out of what rests
/// nearest to the market: the first of his orders to fill is the one that takes what we have left already.
struct ExitNeeds {
  /// Of what the leader has left.
  private(set) var filled: [Lots] = []
  /// Of what rests at him.
  private(set) var resting: [Lots] = []
  /// Of what the leader has left: closed already by other links.
  private(set) var credited: [Lots]

  /// - Parameter due: parallel to the links of the ledger.
  init(_ due: [ExitDue], _ view: KeyView) {
    credited = due.map { _ in .zero }
    /// Closed beyond what the leader has left: for what rests of the same order, and for nothing of it.
    var (own, loose) = (credited, credited)
    for (index, link) in view.ledger.links.enumerated() {
      let closed = view.lot.wholeLots(in: link.closed) - view.lot.wholeLots(in: link.closedInEarlierEpisodes)
      filled.append(max(.zero, due[index].filled - closed))
      resting.append(max(.zero, due[index].total - max(closed, due[index].filled)))
      guard let order = view.order(of: link), order.order.side == view.ledger.side?.opposite else { continue }
      own[index] = max(.zero, min(closed, due[index].total) - due[index].filled)
      loose[index] = max(.zero, closed - due[index].total)
    }
    for (index, link) in view.ledger.links.enumerated() where filled[index] > .zero {
      // What is out is left to fill.
      var wanted = max(.zero, filled[index] - view.lot.wholeLots(in: link.open(.exit)))
      for other in loose.indices where wanted > .zero {
        let lots = min(wanted, loose[other])
        loose[other] -= lots
        credit(lots, to: index, &wanted)
      }
      for other in own.indices where wanted > .zero {
        let lots = min(wanted, own[other])
        own[other] -= lots
        resting[other] += lots
        credit(lots, to: index, &wanted)
      }
    }
    var rest = loose.reduce(into: Lots.zero) { $0 += $1 }
    guard rest > .zero else { return }
    for index in ExitNeeds.nearestFirst(view) where rest > .zero {
      let lots = min(rest, resting[index])
      resting[index] -= lots
      rest -= lots
    }
  }

  private mutating func credit(_ lots: Lots, to index: Int, _ wanted: inout Lots) {
    filled[index] -= lots
    credited[index] += lots
    wanted -= lots
  }

  /// Limits, then stops, so that these protect as long as they can; each from the market on.
  private static func nearestFirst(_ view: KeyView) -> [Int] {
    func place(_ index: Int) -> (kind: Int, distance: Int64, index: Int) {
      guard let order = view.order(of: view.ledger.links[index]) else { return (2, 0, index) }
      let picture = order.order
      if order.waitsForTrigger { return (1, -picture.side.opposite.sign * picture.triggerPrice.count, index) }
      return (0, picture.side.opposite.sign * picture.price.count, index)
    }
    return view.ledger.links.indices.sorted { place($0) < place($1) }
  }
}
