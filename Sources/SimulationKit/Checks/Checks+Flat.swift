import Domain
import PaperExchange
import Projections

/// Promise 6.
extension Checks {
  /// Alerts that say why lots are still there (promise 6).
  static let causes: Set<AlertKind> = [
    .exitRefused, .excessKept, .inDoubt, .notFlat, .exitExhausted, .productUnsettled, .cancelRefused, .hedgeKept,
  ]

  /// Promise 6: the leader is flat in these contracts, so we are flat in them, or an alert names the cause.
  mutating func expectFlat(_ contracts: [ContractID], _ state: State) {
    for account in state.followers {
      for key in account.ledgers.keys.sorted() where contracts.contains(key.contract) {
        guard let ledger = account.ledgers[key], ledger.held != .zero || !ledger.isQuiet else { continue }
        let causes = ledger.alerts.intersection(Checks.causes)
        for cause in causes { excuses[cause, default: 0] += 1 }
        guard causes.isEmpty else { continue }
        findings.fail(
          "promise 6: the leader is flat, \(account.name) holds \(ledger.held.units) of \(key.contract.securityID) "
            + "\(key.product), \(ledger.open(.entry).units) enter and \(ledger.open(.exit).units) exit, "
            + "alerts \(ledger.alerts), event \(state.lastSequence)")
      }
    }
  }
}
