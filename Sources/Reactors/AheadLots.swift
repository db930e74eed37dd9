import Domain
import Projections

/// Lots that a follower opened through orders of the leader's beyond what these filled: it was ahead of him.
///
/// While he may still follow they are no part of what he leaves. Once he does not they leave with what he leaves from the
/// moment on at which the order was first seen (rule 10), or are given back (rule 18); never both.
///
/// A lot of which he has filled a part counts as ahead, until the whole that the ratio asks for is there. Taken for a lot that he
/// left with his others before, it would be closed because he bought.
struct AheadLots {
  /// Of orders that still rest at the leader.
  private(set) var awaited = Lots.zero
  /// Of orders that have ended: lots, and what the leader had closed of the segment before.
  private var parts: [(lots: Lots, before: Quantity)] = []

  var total: Lots { parts.reduce(into: .zero) { $0 += $1.lots } }

  init(in segment: LeaderSegment, _ view: KeyView) {
    guard view.position.current?.number == segment.number, let episode = view.ledger.episode else { return }
    let start = view.ledger.start.flatMap { $0.segment == segment.number ? $0.closed : nil } ?? .zero
    let entries = view.ledger.links.compactMap { Entry($0, in: segment, of: episode, view) }
    var begun = Entry.begun(entries, of: episode, view)
    // The newest lots are those that he has yet to fill.
    for entry in entries.reversed() {
      var ahead = max(.zero, entry.opened - entry.followed)
      if begun > .zero, entry.endsInAPart, entry.opened > ahead {
        ahead += .one
        begun -= .one
      }
      guard ahead > .zero else { continue }
      if entry.order.order.open > .zero {
        awaited += ahead
      } else {
        parts.append((ahead, max(.zero, entry.order.closedBefore(in: segment.number) - start)))
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

/// What one link entered for one order of the leader's.
private struct Entry {
  let order: LeaderOrder
  let filled: Quantity
  let opened: Lots
  /// The most lots that a link may have for what he filled: where it takes what others left over, its share rounded up.
  let followed: Lots
  /// Whether that share is no whole number of lots.
  let endsInAPart: Bool

  init?(_ link: Link, in segment: LeaderSegment, of episode: Episode, _ view: KeyView) {
    guard let order = view.order(of: link), order.order.side == segment.side else { return nil }
    self.order = order
    filled = order.opened(in: segment.number)
    opened = view.lot.wholeLots(in: max(.zero, link.opened(in: segment.number) - link.surplus(in: segment.number)))
    if let ratio = episode.ratio {
      followed = Lots(ratio.scaled(filled.units, dividedBy: view.lot.units, rounding: .up))
      endsInAPart = link.basket == nil && followed > Lots(ratio.scaled(filled.units, dividedBy: view.lot.units))
    } else {
      followed = filled > .zero ? link.sizedLots ?? .zero : .zero
      endsInAPart = false
    }
  }

  /// How many lots of all of them stand for a part of a lot that he has filled: what is beyond the whole lots of the sum.
  static func begun(_ entries: [Entry], of episode: Episode, _ view: KeyView) -> Lots {
    guard let ratio = episode.ratio else { return .zero }
    let filled = entries.reduce(into: Quantity.zero) { $0 += $1.filled }
    let whole = view.entryTarget(filled, ratio)
    return max(.zero, entries.reduce(into: .zero) { $0 += min($1.opened, $1.followed) } - whole)
  }
}
