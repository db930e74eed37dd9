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
    let lacking = gate.lackingGreeks(for: views.map(\.key.contract))
    if !lacking.isEmpty {
      return waits(forGreeksOf: lacking, follower: index) ? .success(nil) : .failure(.greeksUnknown)
    }
    let legs = views.indices.map { place in
      let lots = views[place].lot.quantity(of: plan.unit[place])
      return (contract: views[place].key.contract, quantity: Quantity(lots.units * orders[place].order.side.sign))
    }
    if let room = gate.unitsWithinGreeks(legs) { bind(room.units, room.reason) }
    guard units > 0 else { return .failure(reason) }
    return affordable(units, plan, views, orders, basket, index)
  }

  /// The units that the account's money is enough for, as far as the broker tells: all of them, fewer where that is wanted, or none.
  private mutating func affordable(
    _ units: Int64, _ plan: BasketPlan, _ views: [KeyView], _ orders: [LeaderOrder], _ basket: Basket, _ index: Int
  ) -> Result<Int64?, SkipReason> {
    let account = state.followers[index]
    var (budget, isByRisk) = (account.funds?.available, false)
    if case .riskBased(_, let share) = account.settings.sizing.strategy {
      guard let capital = Sizer.capital(of: views[0]), capital > .zero else { return .failure(.ratioUndefined) }
      (budget, isByRisk) = (Paise(share.scaled(capital.count)), true)
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
      return isByRisk ? .failure(.marginUnknown) : .success(tried)
    }
    if margin <= budget { return .success(tried) }
    guard isByRisk || account.settings.sizing.onShortfall == .stepDown else { return .failure(.insufficientMargin) }
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
}

extension LeaderOrder {
  /// What the leader has of the order or may still get; what he took back before it filled is no part of what he builds.
  var wanted: Quantity { order.status.isFinal ? order.filled : order.quantity }
}
