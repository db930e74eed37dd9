import Domain
import Projections

/// Limits on what positions gain and lose with their market (options-domain.md §5.4). They bind increases only, and an entry whose
/// Greeks nobody knows is not made; exits never ask.
extension EntryGate {
  /// What is bound: one of the Greeks of a position, with its limit.
  private struct Bound {
    let most: Paise
    let reason: SkipReason
    let value: (ContractGreeks, Quantity) -> Paise
  }

  private var bounds: [Bound] {
    let limits = view.follower.limits
    return [
      limits.maximumRupeeDelta.map { Bound(most: $0, reason: .rupeeDelta) { $0.rupeeDelta(of: $1) } },
      limits.maximumVega.map { Bound(most: $0, reason: .vega) { $0.vega(of: $1) } },
    ].compactMap { $0 }
  }

  /// The contracts whose Greeks are needed before any of `entered` is, and are not known or too old; none where no limit asks.
  func lackingGreeks(for entered: [ContractID]) -> [ContractID] {
    guard view.follower.limits.boundsGreeks else { return [] }
    let held = exposed.map(\.contract)
    return Set(held + entered).filter { state.freshGreeks($0) == nil }.sorted()
  }

  /// How many of a unit of legs go within the limits, and which of them is the tightest.
  ///
  /// - Parameter legs: signed units of each contract in one unit.
  /// - Returns: `nil` where nothing is bound.
  func unitsWithinGreeks(_ legs: [(contract: ContractID, quantity: Quantity)]) -> GreeksRoom? {
    guard view.follower.limits.boundsGreeks else { return nil }
    var tightest: GreeksRoom?
    for bound in bounds {
      let one = legs.reduce(into: Paise.zero) { sum, leg in
        if let greeks = state.freshGreeks(leg.contract) { sum += bound.value(greeks, leg.quantity) }
      }
      if one == .zero { continue }
      let isPositive = one > .zero
      let used = exposed.reduce(into: Paise.zero) { sum, position in
        guard let greeks = state.freshGreeks(position.contract) else { return }
        sum += bound.value(greeks, position.held)
        // What works may fill or not: what would take away from the sum does not count before it has.
        for working in position.working {
          let value = bound.value(greeks, working)
          if (value > .zero) == isPositive { sum += value }
        }
      }
      let room = isPositive ? bound.most - used : bound.most + used
      let perUnit = Paise(abs(one.count))
      let found = GreeksRoom(available: Paise(max(0, room.count)), perUnit: perUnit, reason: bound.reason)
      if tightest.map({ found.units < $0.units }) ?? true { tightest = found }
    }
    return tightest
  }

  /// The same for one lot of the position.
  func greeksRoom(side: Side) -> GreeksRoom? {
    unitsWithinGreeks([(view.key.contract, Quantity(view.lot.units * side.sign))])
  }

  /// Where the follower holds something of the underlying, or may: signed units.
  private var exposed: [(contract: ContractID, held: Quantity, working: [Quantity])] {
    state.followers[view.index].ledgers.compactMap { key, ledger in
      guard state.instruments[key.contract]?.underlying == view.instrument.underlying else { return nil }
      let working = ledger.links.flatMap(\.children).filter { $0.purpose == .entry && $0.open > .zero }
        .map { Quantity($0.open.units * $0.side.sign) }
      return ledger.held == .zero && working.isEmpty ? nil : (key.contract, ledger.held, working)
    }
  }
}

/// What is left of a limit on Greeks, and what one lot, or one unit of a basket, takes of it.
struct GreeksRoom {
  let available: Paise
  let perUnit: Paise
  let reason: SkipReason

  var units: Int64 { available.count / perUnit.count }
}

extension DecisionPass {
  /// Whether an entry waits for Greeks, which are asked for where nobody has; no longer once they were waited for in vain.
  mutating func waits(forGreeksOf contracts: [ContractID], follower index: Int) -> Bool {
    // A question that is long over is asked anew by the entry that needs it next.
    let asked = contracts.compactMap { state.greeksWanted[$0] }.filter { now - $0 < DecisionPass.greeksMemory }
    if asked.count < contracts.count {
      emit(.greeksWanted(GreeksWanted(contracts: contracts, follower: state.followers[index].name)))
      wake(at: now + SeenGreeks.patience)
      return true
    }
    let end = (asked.min() ?? now) + SeenGreeks.patience
    guard now < end else { return false }
    wake(at: end)
    return true
  }

  /// Long enough to notice that nobody answered.
  private static let greeksMemory = Microseconds(SeenGreeks.patience.count + 1_000_000)
}
