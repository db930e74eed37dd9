import Domain
import PaperExchange
import Projections

/// Promise 11.
extension Checks {
  /// Promise 11: where nobody but us traded, what we opened is what we hold, and the owner has what he had.
  mutating func expectOwnersUntouched(_ state: State, carried: [Place: Quantity]) {
    for account in state.followers {
      for key in account.ledgers.keys.sorted() {
        let place = Place(client: account.settings.clientID, key: key)
        guard !handTraded.contains(place), let ledger = account.ledgers[key] else { continue }
        if ledger.owner != carried[place] ?? .zero {
          findings.fail(
            "promise 11: \(account.name)'s owner had \((carried[place] ?? .zero).units) of \(key.contract.securityID) "
              + "\(key.product), now \(ledger.owner.units)")
        }
      }
    }
  }
}
