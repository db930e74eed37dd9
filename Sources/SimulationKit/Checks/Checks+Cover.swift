import Domain
import Projections

/// Rule 22: per underlying, expiry and type a follower is short of no more uncovered lots than his share of the leader's.
extension Checks {
  /// At every request that sells: to open, or what covers something.
  mutating func checkCover(_ request: PlacementRequested) {
    if request.side == .sell { checkCover(request.child.follower, request.key) }
  }

  /// What covers something and waited in its lane: the leader may be covered again by now.
  mutating func checkCover(_ attempt: RequestAttempted) {
    guard let account = folded.account(attempt.follower), let request = account.outbox[attempt.requestID],
      request.kind == .placement, request.purpose == .exit, account.child(request.child)?.side == .sell
    else { return }
    checkCover(attempt.follower, request.child.key)
  }

  private mutating func checkCover(_ follower: FollowerName, _ sold: PositionKey) {
    guard let account = folded.account(follower), let option = sold.contract.option,
      let instrument = folded.instruments[sold.contract]
    else { return }
    func belongs(_ contract: ContractID) -> Bool {
      contract.option?.expiry == option.expiry && contract.option?.type == option.type
        && folded.instruments[contract]?.underlying == instrument.underlying
    }
    var (shorts, longs) = (Quantity.zero, Quantity.zero)
    var ratios: [Ratio] = []
    for (key, ledger) in account.ledgers where belongs(key.contract) {
      // What the broker took twice, or long after it was given up, is not our doing.
      if ledger.links.contains(where: { $0.surplus > .zero || $0.children.contains(where: \.wasPlacedInDoubt) }) {
        return
      }
      if handTraded.contains(Place(client: account.settings.clientID, key: key)) { return }
      if ledger.held < .zero { shorts += ledger.held.magnitude }
      if ledger.held > .zero { longs += max(.zero, ledger.held - ledger.open(.exit)) }
      for child in ledger.links.flatMap(\.children) where child.side == .sell && child.purpose == .entry {
        shorts += child.open
      }
      if let ratio = ledger.episode?.ratio { ratios.append(ratio) }
    }
    let leader = leaderUncovered(belongs)
    // Only a first lot may be more than the exact share (`below_one_lot: one_lot`), and only of a short that is naked.
    let allowed = ratios.map { $0.scaled(leader.units, dividedBy: instrument.lotSize.units, rounding: .up) }.max()
    let uncovered = instrument.lotSize.wholeLots(in: max(.zero, shorts - longs)).count
    if uncovered > (allowed ?? (leader > .zero ? .max : 0)) {
      findings.fail(
        "rule 22: event \(folded.lastSequence): \(account.name) sells \(sold.contract.securityID) and has \(uncovered) "
          + "lots uncovered, the leader \(leader.units) units")
    }
  }

  /// Units that the leader is short of without cover, if everything fills that he would sell.
  private func leaderUncovered(_ belongs: (ContractID) -> Bool) -> Quantity {
    var (shorts, longs) = (Quantity.zero, Quantity.zero)
    for (key, position) in folded.leader.positions where belongs(key.contract) {
      if position.net > .zero { longs += position.net } else { shorts += position.net.magnitude }
    }
    for order in folded.leader.orders.values
    where order.order.side == .sell && order.order.open > .zero && belongs(order.key.contract) {
      let held = folded.leader.positions[order.key]?.net ?? .zero
      shorts += max(.zero, order.order.open - max(.zero, held))
    }
    return max(.zero, shorts - longs)
  }
}
