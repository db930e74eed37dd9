import Domain
import Projections

/// What capitals and settings say about the size of an entry: pure arithmetic, exact integers.
enum Sizer {
  struct Basis: Equatable {
    var ratio: Ratio?
    var leaderCapital: Paise?
    var followerCapital: Paise?
  }

  /// The ratio that a new episode freezes; `ratioUndefined` when a capital is unknown or not positive.
  static func episodeRatio(_ view: KeyView) -> Result<Basis, SkipReason> {
    switch view.follower.sizing.strategy {
    case .fixedRatio(let ratio): return .success(Basis(ratio: ratio))
    case .fixedLots: return .success(Basis())
    case .riskBased(let basis, _):
      guard let capital = capital(basis, of: view.funds, isLeader: false), capital > .zero else {
        return .failure(.ratioUndefined)
      }
      return .success(Basis(followerCapital: capital))
    case .capitalProportional(let basis):
      guard let ours = capital(basis, of: view.funds, isLeader: false),
        let theirs = capital(basis, of: view.leader.funds, isLeader: true),
        let ratio = Ratio(ours.count, theirs.count)
      else { return .failure(.ratioUndefined) }
      return .success(Basis(ratio: ratio, leaderCapital: theirs, followerCapital: ours))
    }
  }

  static func capital(_ basis: CapitalBasis, of funds: Funds?, isLeader: Bool) -> Paise? {
    switch basis {
    case .fixed(let leader, let follower): isLeader ? leader : follower
    case .startOfDay: funds?.startOfDay
    case .available: funds?.available
    case .equity: funds.map { $0.available + $0.utilised }
    }
  }

  /// The follower's capital by the basis of his sizing; what he began the day with where that has none.
  static func capital(of view: KeyView) -> Paise? {
    switch view.follower.sizing.strategy {
    case .capitalProportional(let basis), .riskBased(let basis, _): capital(basis, of: view.funds, isLeader: false)
    case .fixedRatio, .fixedLots: capital(.startOfDay, of: view.funds, isLeader: false)
    }
  }

  /// The lots of one entry that does not follow from a ratio; `nil` where a ratio decides.
  static func lots(
    side: Side, price: Paise?, _ view: KeyView
  ) -> Result<(lots: Lots, budget: Paise?, perLot: Paise?), SkipReason>? {
    switch view.follower.sizing.strategy {
    case .capitalProportional, .fixedRatio: return nil
    case .fixedLots(let lots): return .success((lots, nil, nil))
    case .riskBased(let basis, let share):
      guard let capital = capital(basis, of: view.funds, isLeader: false), capital > .zero else {
        return .failure(.ratioUndefined)
      }
      let budget = Paise(share.scaled(capital.count))
      let perLot: Paise
      switch side {
      case .buy:
        guard let price, price > .zero else { return .failure(.noReferencePrice) }
        perLot = price * view.lot.quantity(of: .one)
      case .sell:
        switch riskOfShort(view) {
        case .success(let risk): perLot = risk
        case .failure(let reason): return .failure(reason)
        }
      }
      let lots = Lots(budget.count / perLot.count)
      if lots >= .one { return .success((lots, budget, perLot)) }
      // One lot is taken only where that is asked for, and the whole budget is the capital that bounds it.
      if view.follower.sizing.belowOneLot == .oneLot, perLot <= capital {
        return .success((.one, budget, perLot))
      }
      if side == .buy { return .failure(.premiumBudget) }
      return .failure(view.follower.sizing.shortStress == nil ? .insufficientMargin : .riskBudget)
    }
  }

  /// What one short lot puts at risk: its margin, or what it loses on the day that it is sized for.
  private static func riskOfShort(_ view: KeyView) -> Result<Paise, SkipReason> {
    if let stress = view.follower.sizing.shortStress {
      guard let loss = view.greeks?.loss(ofShort: view.lot.quantity(of: .one), stress), loss > .zero else {
        return .failure(.greeksUnknown)
      }
      return .success(loss)
    }
    guard let margin = view.marginPerLot, margin > .zero else { return .failure(.marginUnknown) }
    return .success(margin)
  }
}
