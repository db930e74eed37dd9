import Domain
import Projections

/// Lots that a follower opened through orders of the leader's beyond what these filled: it was ahead of him.
///
/// While he may still follow they are no part of what he leaves. Once he does not they leave with what he leaves from the
/// moment on at which the order was first seen (rule 10), or are given back (rule 18); never both.
struct AheadLots {
  /// Of orders that still rest at the leader.
  private(set) var awaited = Lots.zero
  /// Of orders that have ended: lots, and what the leader had closed of the segment before.
  private var parts: [(lots: Lots, before: Quantity)] = []

  var total: Lots { parts.reduce(into: .zero) { $0 += $1.lots } }

  init(in segment: LeaderSegment, _ view: KeyView) {
    guard view.position.current?.number == segment.number, let episode = view.ledger.episode else { return }
    let start = view.ledger.start.flatMap { $0.segment == segment.number ? $0.closed : nil } ?? .zero
    for link in view.ledger.links {
      guard let order = view.order(of: link), order.order.side == segment.side else { continue }
      let filled = order.opened(in: segment.number)
      let followed =
        episode.ratio.map { Lots($0.scaled(filled.units, dividedBy: view.lot.units, rounding: .up)) }
        ?? (filled > .zero ? link.sizedLots ?? .zero : .zero)
      let opened = link.opened(in: segment.number) - link.surplus(in: segment.number)
      let ahead = max(.zero, view.lot.wholeLots(in: opened) - followed)
      guard ahead > .zero else { continue }
      if order.order.open > .zero {
        awaited += ahead
      } else {
        parts.append((ahead, max(.zero, order.closedBefore(in: segment.number) - start)))
      }
    }
  }

  /// How many of the lots leave when the leader has closed so much of the whole. What joined at the very beginning is cut
  /// together with the lots that he followed, so that a fraction of a lot is rounded once.
  func closed(beside others: Lots, leader: Quantity, whole: Quantity, _ rounding: ResolvedRounding) -> Lots {
    var closed = Lots.zero
    var first = Lots.zero
    for part in parts {
      if part.before == .zero {
        first += part.lots
      } else if part.before < whole {
        closed += rounding.closed(
          of: part.lots, leader: max(.zero, min(leader, whole) - part.before), whole: whole - part.before)
      }
    }
    guard first > .zero else { return closed }
    return closed + rounding.closed(of: others + first, leader: leader, whole: whole)
      - rounding.closed(of: others, leader: leader, whole: whole)
  }
}
