import Domain

/// Scales legs that belong together by their common unit (rule 23, options-domain.md §4.5): a pure function.
///
/// The unit is the smallest basket of the leader's proportions. A follower takes a whole number of units, so that what covers and
/// what is covered stay in proportion; below one unit he takes nothing.
struct BasketPlan: Equatable {
  /// What the leader has of each leg, in lots.
  let leaderLots: [Lots]
  /// How many units the leader has: the greatest common divisor of his lots.
  let leaderUnits: Int64

  /// - Parameter leaderLots: at least one leg, none of them zero.
  init(_ leaderLots: [Lots]) {
    self.leaderLots = leaderLots
    leaderUnits = leaderLots.reduce(0) { BasketPlan.commonDivisor($0, $1.count) }
  }

  /// The lots of each leg in one unit.
  var unit: [Lots] { leaderLots.map { Lots($0.count / max(1, leaderUnits)) } }

  func lots(_ units: Int64) -> [Lots] { unit.map { Lots($0.count * units) } }

  /// The whole units that a ratio gives.
  func units(_ ratio: Ratio) -> Int64 { ratio.scaled(leaderUnits, rounding: .down) }

  /// The most units of which no leg has more than `most` lots.
  func units(noLegAbove most: Lots) -> Int64 { most.count / max(1, unit.map(\.count).max() ?? 1) }

  /// The most units of which all legs together have no more than `most` lots.
  func units(togetherWithin most: Lots) -> Int64 { max(0, most.count) / max(1, unit.reduce(0) { $0 + $1.count }) }

  /// The units in which the smallest leg has as many lots as can be without passing `lots`: what a fixed number of lots an entry
  /// means for legs of different size.
  func units(smallestLeg lots: Lots) -> Int64 { lots.count / max(1, unit.map(\.count).min() ?? 1) }

  private static func commonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}
