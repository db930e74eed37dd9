import Domain
import Projections

/// Which part of the follower's lots of a segment is due when the leader has closed so much of it (rule 10).
///
/// Where the follower has the same share of everything that the leader opened, that is the leader's cumulative fraction. Where
/// lots were forgone, and the leader opened more after he had closed something, it is not: each decrease is a fraction of what
/// he has *then*, and takes the same fraction of what the follower has then. Measured against all that was ever opened, later
/// entries would change what earlier exits ought to have closed.
public struct ExitCurve {
  /// What was opened at one point of the segment.
  private struct Joined {
    /// What the leader had closed before.
    let after: Quantity
    var leader: Quantity
    var follower: Quantity
  }

  private let whole: Quantity
  /// In the order of what the leader had closed before; empty where his cumulative fraction tells all.
  private var joined: [Joined] = []
  private var follower = Quantity.zero

  /// - Parameters:
  ///   - whole: what the leader opened of the segment, as far as it counts for the follower.
  ///   - start: what he had closed of it before it began to count.
  public init(
    in segment: LeaderSegment, whole: Quantity, start: Quantity, _ ledger: KeyLedger, _ leader: LeaderBook
  ) {
    self.whole = whole
    var isUneven = ledger.episode?.ratio == nil
    var unnamed = whole
    for link in ledger.links {
      guard
        let share = link.leaderOrder.flatMap({ leader.orders[$0] })?.shares.first(where: {
          $0.segment == segment.number
        }),
        share.opened > .zero
      else { continue }
      isUneven = isUneven || link.forgone > .zero || link.entryBlocked != nil
      let opened = max(.zero, link.opened(in: segment.number) - link.surplus(in: segment.number))
      let leader = min(share.opened, unnamed)
      unnamed -= leader
      join(Joined(after: max(.zero, share.openedAfter - start), leader: leader, follower: opened))
    }
    // What he held before is in no link.
    join(Joined(after: .zero, leader: unnamed, follower: .zero))
    joined.sort { $0.after < $1.after }
    if !isUneven || joined.count < 2 || follower == .zero { joined = [] }
  }

  private mutating func join(_ new: Joined) {
    follower += new.follower
    if let place = joined.firstIndex(where: { $0.after == new.after }) {
      joined[place].leader += new.leader
      joined[place].follower += new.follower
    } else {
      joined.append(new)
    }
  }

  /// The part of the follower's lots that is due when the leader has closed so much, and what it is a part of.
  public func fraction(closed: Quantity) -> (part: Int128, whole: Int128) {
    guard !joined.isEmpty else { return (Int128(closed.units), Int128(whole.units)) }
    var left = Part(0, 1)
    var sum = Quantity.zero
    var net = Quantity.zero
    var reached = Quantity.zero
    for new in joined where new.after < closed || new.after == .zero {
      let rest = net - (new.after - reached)
      left = left.cut(to: rest, of: net).adding(new.follower)
      net = rest + new.leader
      reached = new.after
      sum += new.follower
    }
    left = left.cut(to: net - (closed - reached), of: net)
    return (
      Int128(sum.units) * left.denominator - left.numerator, Int128(follower.units) * left.denominator
    )
  }

  /// How many of `lots`, which are all that is left of the segment's, are closed when the leader has closed `closed`.
  func due(of lots: Lots, closed: Quantity, _ rounding: ResolvedRounding) -> Lots {
    let due = fraction(closed: closed)
    return rounding.closed(of: lots, part: due.part, whole: due.whole)
  }
}

/// A number of units that need not be whole.
private struct Part {
  /// Denominators beyond this are rounded to it: all that follows stays within 128 bits, and a unit loses nothing to speak of.
  private static let finest: Int128 = 1_000_000_000_000

  let numerator: Int128
  let denominator: Int128

  init(_ numerator: Int128, _ denominator: Int128) {
    var (divisor, rest) = (numerator.magnitude, denominator.magnitude)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    let common = Int128(max(divisor, 1))
    let (top, bottom) = (numerator / common, denominator / common)
    if bottom > Part.finest {
      self.numerator = (top * Part.finest + bottom / 2) / bottom
      self.denominator = Part.finest
    } else {
      self.numerator = top
      self.denominator = bottom
    }
  }

  /// What is left of it when a position of `whole` units becomes `rest`.
  func cut(to rest: Quantity, of whole: Quantity) -> Part {
    guard whole > .zero, rest > .zero else { return Part(0, 1) }
    return Part(numerator * Int128(rest.units), denominator * Int128(whole.units))
  }

  func adding(_ units: Quantity) -> Part { Part(numerator + Int128(units.units) * denominator, denominator) }
}
