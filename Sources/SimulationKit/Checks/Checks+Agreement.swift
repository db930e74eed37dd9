import Domain
import PaperExchange
import Projections

/// The log against the exchange's own ledger: positions, and promise 1 by its labels.
extension Checks {
  /// The ledger agrees with the exchange: what is ours and what is the owner's add up to the position.
  mutating func expectAgreement(_ contracts: [ContractID], _ state: State, _ exchange: PaperExchange) {
    for account in state.followers {
      let positions = exchange.positions(of: account.settings.clientID)
      let keys = Set(account.ledgers.keys).union(positions.map(\.key)).filter { contracts.contains($0.contract) }
      for key in keys.sorted() {
        let actual = positions.first { $0.key == key }?.quantity ?? .zero
        let ledger = account.ledgers[key] ?? KeyLedger()
        if ledger.held + ledger.owner != actual {
          findings.fail(
            "the ledger of \(account.name) has \(ledger.held.units) of ours and \(ledger.owner.units) of the owner's in "
              + "\(key.contract.securityID) \(key.product), the exchange has \(actual.units), event \(state.lastSequence)"
          )
        }
      }
    }
  }

  /// Promise 1: no label stands on two orders, unless the broker took a call long after it was given up. Such a surplus is known as
  /// ours, and nothing of it works any more.
  mutating func expectOneOrderALabel(_ exchange: PaperExchange) {
    for account in folded.followers {
      let labelled = exchange.orderBook(of: account.settings.clientID).filter { $0.correlationID?.isOurs == true }
      var seen: Set<CorrelationID> = []
      for order in labelled {
        guard let label = order.correlationID, !seen.insert(label).inserted else { continue }
        // After a restore nobody can explain some of ours, nor the second of one: the follower halts (rule 34).
        if unexplained.contains(order.orderID) { continue }
        surplus += 1
        switch account.orders[order.orderID]?.owner {
        case .ours, .retired:
          if !order.status.isFinal {
            findings.fail("promise 1: surplus order \(order.orderID) of \(account.name) works")
          }
        case .owner, .undetermined, .unexplained, nil:
          findings.fail(
            "promise 1: \(label) of \(account.name) was placed twice, and \(order.orderID) is not known as ours")
        }
      }
    }
  }
}
