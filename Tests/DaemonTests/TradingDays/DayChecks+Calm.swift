import Domain
import Engine
import EventStore
import PaperExchange
import Projections
import Reactors

/// What must hold when the leader has been flat for ten seconds with prices standing still, and at the end.
extension DayChecks {
  /// Alerts that say why lots are still there (promise 6).
  static let causes: Set<AlertKind> = [
    .exitRefused, .excessKept, .inDoubt, .notFlat, .exitExhausted, .productUnsettled, .cancelRefused,
  ]

  /// Promise 6: the leader is flat in these contracts, so we are flat in them, or an alert names the cause.
  mutating func expectFlat(_ contracts: [ContractID], _ state: State) {
    for account in state.followers {
      for key in account.ledgers.keys.sorted() where contracts.contains(key.contract) {
        guard let ledger = account.ledgers[key], ledger.held != .zero || !ledger.isQuiet else { continue }
        let causes = ledger.alerts.intersection(DayChecks.causes)
        for cause in causes { excuses[cause, default: 0] += 1 }
        guard causes.isEmpty else { continue }
        fail(
          "promise 6: the leader is flat, \(account.name) holds \(ledger.held.units) of \(key.contract.securityID) "
            + "\(key.product), \(ledger.open(.entry).units) enter and \(ledger.open(.exit).units) exit, "
            + "alerts \(ledger.alerts), event \(state.lastSequence)")
      }
    }
  }

  /// The ledger agrees with the exchange: what is ours and what is the owner's add up to the position.
  mutating func expectAgreement(_ contracts: [ContractID], _ state: State, _ exchange: PaperExchange) {
    for account in state.followers {
      let positions = exchange.positions(of: account.settings.clientID)
      let keys = Set(account.ledgers.keys).union(positions.map(\.key)).filter { contracts.contains($0.contract) }
      for key in keys.sorted() {
        let actual = positions.first { $0.key == key }?.quantity ?? .zero
        let ledger = account.ledgers[key] ?? KeyLedger()
        if ledger.held + ledger.owner != actual {
          fail(
            "the ledger of \(account.name) has \(ledger.held.units) of ours and \(ledger.owner.units) of the owner's in "
              + "\(key.contract.securityID) \(key.product), the exchange has \(actual.units), event \(state.lastSequence)"
          )
        }
      }
    }
  }

  /// Promise 1: no label stands on two orders, unless the broker took a call long after it was given up.
  mutating func expectOneOrderALabel(_ exchange: PaperExchange) {
    for client in exchange.accountIDs where exchange.settings.faults.takenLate == 0 {
      let labels = exchange.orderBook(of: client).compactMap(\.correlationID).filter(\.isOurs)
      if labels.count != Set(labels).count { fail("promise 1: a child of \(client) was placed twice") }
    }
  }

  /// Promise 11: where nobody but us traded, what we opened is what we hold, and the owner has what he had.
  mutating func expectOwnersUntouched(_ state: State, carried: [Place: Quantity]) {
    for account in state.followers {
      for key in account.ledgers.keys.sorted() {
        let place = Place(client: account.settings.clientID, key: key)
        guard !handTraded.contains(place), let ledger = account.ledgers[key] else { continue }
        if ledger.owner != carried[place] ?? .zero {
          fail(
            "promise 11: \(account.name)'s owner had \((carried[place] ?? .zero).units) of \(key.contract.securityID) "
              + "\(key.product), now \(ledger.owner.units)")
        }
      }
    }
  }

  /// Promise 3 and rule 31: nothing is open, every order of the leader has its end, and every request its outcome.
  mutating func expectEnds(_ state: State, _ exchange: PaperExchange) {
    for account in state.followers {
      for request in account.outbox.requests { fail("\(account.name): \(request.id) has no outcome") }
      for (key, ledger) in account.ledgers where !ledger.isQuiet {
        fail("\(account.name): orders still work in \(key.contract.securityID) \(key.product)")
      }
      for (orderID, seen) in leaderOrders.sorted(by: { $0.value < $1.value }) {
        guard let baseline = account.baselineAt, seen > baseline else { continue }
        if !ends.contains(End(follower: account.name, origin: LinkOrigin(orderID))) {
          fail("promise 3: \(account.name): the leader's order \(orderID) has no recorded end")
        }
      }
    }
  }

  /// Promise 8: the same decisions are made again, and the fold of the log is the state that was decided upon.
  mutating func expectReplay(_ log: MemoryEventLog, _ state: State) throws {
    var verifier = ReplayVerifier()
    try log.read(from: .first, through: SequenceNumber(.max), limit: .max) { row in
      verifier.take(
        try LogFold.decode(row), sequence: SequenceNumber(row.sequence),
        recordedAt: Timestamp(microseconds: row.recordedAt),
        causation: row.causation == 0 ? nil : SequenceNumber(row.causation))
    }
    verifier.finish()
    if let failure = verifier.failure { fail("promise 8: \(failure)") }
    var live = state
    live.forgetTouched()
    if live != folded { fail("promise 8: the state is not the fold of the log") }
  }
}
