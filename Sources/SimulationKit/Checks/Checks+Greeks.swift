import Domain
import Projections

/// Rule 4: an entry of an account that limits Greeks was compared with them, and what is held, works and enters stays within.
extension Checks {
  mutating func checkGreeks(_ request: PlacementRequested) {
    guard request.purpose == .entry, let account = folded.account(request.child.follower),
      account.settings.limits.boundsGreeks, let instrument = folded.instruments[request.key.contract],
      let link = ledger(account.name, request.key)?.links.last(where: { $0.origin == request.child.origin }),
      link.basket == nil
    else { return }
    guard let own = request.why.greeks else {
      findings.fail("rule 4: event \(folded.lastSequence): \(account.name) enters without Greeks")
      return
    }
    let entered = Quantity(request.terms.quantity.units * request.side.sign)
    let limits = account.settings.limits
    for (most, value) in [
      (limits.maximumRupeeDelta, { (greeks: ContractGreeks, units: Quantity) in greeks.rupeeDelta(of: units) }),
      (limits.maximumVega, { $0.vega(of: $1) }),
    ] {
      guard let most else { continue }
      let isPositive = value(own, entered) > .zero
      var sum = Paise.zero
      for (key, ledger) in account.ledgers where folded.instruments[key.contract]?.underlying == instrument.underlying {
        let place = Place(client: account.settings.clientID, key: key)
        if late.contains(place) || handTraded.contains(place) || ledger.hasSurplus || ledger.hasFound { return }
        let working = ledger.links.flatMap(\.children).filter { $0.purpose == .entry && $0.open > .zero }
        if ledger.held == .zero, working.isEmpty { continue }
        guard let greeks = folded.greeks[key.contract]?.greeks else { return }
        sum += value(greeks, ledger.held)
        for child in working {
          let part = value(greeks, Quantity(child.open.units * child.side.sign))
          if (part > .zero) == isPositive { sum += part }
        }
      }
      if Paise(abs(sum.count)) > most, (sum > .zero) == isPositive {
        findings.fail("rule 4: event \(folded.lastSequence): \(account.name) has \(sum) of \(most) that he allows")
      }
    }
  }
}
