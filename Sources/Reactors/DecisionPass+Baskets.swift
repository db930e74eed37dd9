import Domain
import Projections

/// Baskets (rule 23): their legs are sized by their common unit, and what happens when one is missing.
extension DecisionPass {
  /// Sizes the baskets whose legs are all there, once they may be.
  mutating func sizeBaskets(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index) else { return }
    for link in view.ledger.links where link.basket == nil && link.entryBlocked == nil && link.end == nil {
      guard let order = view.order(of: link), let basket = state.basket(of: order) else { continue }
      if now < basket.end {
        wake(at: basket.end)
      } else if basket.legs.count > 1, view.lot.wholeLots(in: order.wanted) > .zero {
        // A leg that came to nothing is none: sized with the others it never is, and would ask for that again and again.
        size(basket, follower: index)
      }
    }
  }

  private mutating func size(_ basket: Basket, follower index: Int) {
    var legs: [(link: LinkOrigin, view: KeyView, order: LeaderOrder, lots: Lots, isBlocked: Bool)] = []
    var bar: SkipReason?
    for id in basket.legs {
      guard let order = state.leader.orders[id], let view = KeyView(state, key: order.key, follower: index),
        let link = view.ledger.links.last(where: { $0.leaderOrder == id })
      else { continue }
      let lots = view.lot.wholeLots(in: order.wanted)
      guard lots > .zero else { continue }
      bar = bar ?? self.bar(to: link, order, of: basket, view)
      legs.append((link.origin, view, order, lots, link.entryBlocked != nil))
    }
    if legs.isEmpty { return }
    let plan = BasketPlan(legs.map(\.lots))
    if bar == nil {
      switch units(of: plan, legs.map(\.view), legs.map(\.order), basket, index) {
      case .failure(let reason): bar = reason
      case .success(nil): return
      case .success(let units?):
        let margin = state.followers[index].basketMargins[basket.id]
        let sized = zip(legs, plan.lots(units)).map { leg, lots in
          BasketLeg(
            origin: leg.link, key: leg.view.key, side: leg.order.order.side, lots: lots, leaderLots: leg.lots)
        }
        emit(
          .basketSized(
            BasketSized(
              basket: basket.id, follower: state.followers[index].name, legs: sized, units: units,
              margin: margin?.units == units ? margin?.margin : nil,
              available: margin?.margin == nil ? nil : state.followers[index].funds?.available)))
      }
    }
    guard let bar else { return }
    for leg in legs where !leg.isBlocked {
      emit(
        .entryForgone(
          EntryForgone(
            follower: leg.view.name, key: leg.view.key, origin: leg.link, lots: .zero, reason: bar)))
    }
  }

  /// Why a leg may not be entered, which then goes for all of them.
  private func bar(to link: Link, _ order: LeaderOrder, of basket: Basket, _ view: KeyView) -> SkipReason? {
    if let blocked = link.entryBlocked { return blocked }
    if let bar = EntryGate(state: state, view: view, now: now).modeBar { return bar }
    if let bar = state.barToEntry(view.instrument) { return bar }
    let waited = now - basket.begun
    if now > order.raisedAt + waited + view.settings.entries.maximumAge { return .tooOld }
    if Side(holding: view.ledger.owner) == order.order.side.opposite { return .ownerHoldsOpposite }
    if case .failure(let reason) = Sizer.episodeRatio(view) { return reason }
    return nil
  }

  /// How many units the follower takes; `nil` while the broker's word on their margin is waited for.
  private mutating func units(
    of plan: BasketPlan, _ views: [KeyView], _ orders: [LeaderOrder], _ basket: Basket, _ index: Int
  ) -> Result<Int64?, SkipReason> {
    var units: Int64
    var reason = SkipReason.belowOneUnit
    switch state.followers[index].settings.sizing.strategy {
    case .fixedLots(let lots): units = plan.units(smallestLeg: lots)
    case .riskBased: units = plan.leaderUnits
    case .capitalProportional, .fixedRatio:
      // Each episode keeps its own ratio; a basket has one, and takes no leg beyond its own.
      let ratios = views.compactMap { view -> Ratio? in
        view.ledger.episode?.ratio ?? (try? Sizer.episodeRatio(view).get())?.ratio
      }
      guard let ratio = ratios.min() else { return .failure(.ratioUndefined) }
      units = plan.units(ratio)
    }
    func bind(_ most: Int64, _ why: SkipReason) {
      if most < units { (units, reason) = (most, why) }
    }
    let limits = state.followers[index].settings.limits
    let gate = EntryGate(state: state, view: views[0], now: now)
    if let most = limits.maximumLotsPerOrder { bind(plan.units(noLegAbove: most), .lotsPerOrder) }
    if let most = limits.maximumLotsPerUnderlying {
      bind(plan.units(togetherWithin: most - gate.usedLots(of: basket.underlying)), .lotsPerUnderlying)
    }
    if let most = limits.maximumOpenLots {
      bind(plan.units(togetherWithin: most - gate.usedLots(of: nil)), .openLots)
    }
    if let room = gate.premiumRoom {
      let premium = zip(zip(views, orders), plan.unit).reduce(into: Paise.zero) { sum, leg in
        let ((view, order), lots) = leg
        guard order.order.side == .buy else { return }
        sum += (view.price(for: order)?.price.limit ?? .zero) * view.lot.quantity(of: lots)
      }
      if premium > .zero { bind(max(0, room.count) / premium.count, .premiumBudget) }
    }
    guard units > 0 else { return .failure(reason) }
    return affordable(units, plan, views, orders, basket, index)
  }

  /// The units that the account's money is enough for, as far as the broker tells: all of them, fewer where that is wanted, or none.
  private mutating func affordable(
    _ units: Int64, _ plan: BasketPlan, _ views: [KeyView], _ orders: [LeaderOrder], _ basket: Basket, _ index: Int
  ) -> Result<Int64?, SkipReason> {
    let account = state.followers[index]
    let budget: Paise?
    if case .riskBased(_, let share) = account.settings.sizing.strategy {
      guard let capital = Sizer.capital(of: views[0]), capital > .zero else { return .failure(.ratioUndefined) }
      budget = Paise(share.scaled(capital.count))
    } else {
      budget = account.funds?.available
    }
    guard let budget else { return .success(units) }
    guard let asked = account.basketMargins[basket.id] else { return ask(units, plan, views, orders, basket, index) }
    let tried = min(units, asked.units)
    guard let margin = asked.margin else {
      let end = asked.askedAt + BasketMargin.patience
      if now < end {
        wake(at: end)
        return .success(nil)
      }
      // Where nobody can tell, each leg meets the broker's own word.
      if case .riskBased = account.settings.sizing.strategy { return .failure(.marginUnknown) }
      return .success(tried)
    }
    if margin <= budget { return .success(tried) }
    let isBudget = if case .riskBased = account.settings.sizing.strategy { true } else { false }
    guard isBudget || account.settings.sizing.onShortfall == .stepDown else { return .failure(.insufficientMargin) }
    let fewer = min(tried - 1, Rounding.down.quotient(Int128(budget.count) * Int128(tried), Int128(margin.count)))
    return fewer > 0 ? ask(fewer, plan, views, orders, basket, index) : .failure(.insufficientMargin)
  }

  private mutating func ask(
    _ units: Int64, _ plan: BasketPlan, _ views: [KeyView], _ orders: [LeaderOrder], _ basket: Basket, _ index: Int
  ) -> Result<Int64?, SkipReason> {
    let lots = plan.lots(units)
    let legs = views.indices.map { place in
      MarginLeg(
        key: views[place].key, side: orders[place].order.side, quantity: views[place].lot.quantity(of: lots[place]),
        price: views[place].price(for: orders[place])?.price.limit ?? .zero)
    }
    emit(
      .basketMarginWanted(
        BasketMarginWanted(basket: basket.id, follower: state.followers[index].name, legs: legs, units: units)))
    wake(at: now + BasketMargin.patience)
    return .success(nil)
  }

  // MARK: - Missing legs

  /// Notices that a leg will not be entered, or not whole, while others of its basket are: nothing more of it is entered, and what
  /// was is kept or closed again.
  mutating func breakBaskets(_ key: PositionKey, follower index: Int) {
    guard let view = view(of: key, follower: index), let policy = view.settings.baskets?.onMissingLeg else { return }
    for link in view.ledger.links {
      guard let part = link.basket, !part.isBroken, link.isQuiet, view.isMissing(link, part) else { continue }
      emit(
        .basketBroken(
          BasketBroken(basket: part.basket, follower: view.name, origin: link.origin, policy: policy)))
      return
    }
  }

  mutating func watchBaskets(_ view: KeyView) {
    let broken = view.ledger.links.contains { $0.basket?.isBroken ?? false && $0.opened > $0.closed }
    set(.basketBroken, broken && view.ledger.held != .zero, lots: view.lot.wholeLots(in: view.ledger.held), view)
  }

  /// Whether an exit of a long leg waits for shorts of the same basket that are about to leave (rule 23). They are waited for no
  /// longer than the ladder of exits takes to begin and a moment more: no exit is held back for good.
  mutating func waitsForShorts(_ order: LeaderOrder, _ view: KeyView) -> Bool {
    guard view.ledger.side == .buy else { return false }
    let baskets = view.ledger.baskets
    let end = order.raisedAt + DecisionPass.legPatience
    guard !baskets.isEmpty, now < end else { return false }
    for key in state.followers[view.index].ledgers.keys.sorted() where key != view.key {
      guard let other = KeyView(state, key: key, follower: view.index), other.ledger.side == .sell,
        !baskets.isDisjoint(with: other.ledger.baskets)
      else { continue }
      let due = other.exitDemands.reduce(into: Lots.zero) { $0 += $1.total }
      let closed = other.ledger.links.reduce(into: Quantity.zero) { $0 += $1.closed }
      guard other.lot.wholeLots(in: closed) < due else { continue }
      wake(at: end)
      return true
    }
    return false
  }

  private static let legPatience = Microseconds.seconds(5)
}

extension KeyView {
  /// Whether lots of a leg were given up that the leader still has, or wants.
  fileprivate func isMissing(_ link: Link, _ part: BasketPart) -> Bool {
    guard let order = order(of: link), lot.wholeLots(in: link.opened) < part.lots(for: order.wanted, lot) else {
      return false
    }
    // What the leader himself took back or left is missing to nobody.
    if link.lastReason == .leaderDecreased || link.lastReason == .leaderEndedUnfilled { return false }
    return link.forgone > .zero || link.entryBlocked != nil
  }
}

extension LeaderOrder {
  /// What the leader has of the order or may still get; what he took back before it filled is no part of what he builds.
  fileprivate var wanted: Quantity { order.status.isFinal ? order.filled : order.quantity }
}
