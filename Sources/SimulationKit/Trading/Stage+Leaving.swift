import Domain
import PaperExchange
import Projections

/// How the leader gets out, and what has to hold then.
extension Stage {
  /// The leader cancels and closes everything in some contracts while their prices stand still; ten seconds later all
  /// followers are out, or an alert says why not.
  func leaderLeaves(_ instruments: [Instrument]) throws {
    tell("the leader leaves \(instruments.map(\.contract.securityID))")
    for instrument in instruments { try show(market.quote(instrument, bidLots: 100_000, askLots: 100_000)) }
    let contracts = Set(instruments.map(\.contract))
    for _ in 0..<20 where leaderOrders.contains(where: { contracts.contains($0.key.contract) }) {
      try leaderCancelsAll { contracts.contains($0.key.contract) }
      try pass(.milliseconds(400))
    }
    for position in exchange.positions(of: StageSettings.leader) where contracts.contains(position.key.contract) {
      try leaderCloses(position)
    }
    try passUntilLeaderIsKnownFlat(contracts)
    try pass(.seconds(10))
    guard let state else { return }
    let left = exchange.positions(of: StageSettings.leader).filter { contracts.contains($0.key.contract) }
    guard left.isEmpty else { return tell("the leader could not leave: \(left)") }
    checks.expectFlat(Array(contracts), state)
    // What a follower's stream did not tell is told by the next reading of his book.
    try pass(.seconds(16))
    guard let state = self.state else { return }
    checks.expectAgreement(Array(contracts), state, exchange)
  }

  /// The ten seconds count from the moment at which anybody could know: a frame of the leader's that was lost is told by the
  /// next reading of his book, fifteen seconds later at most (rule 39), and its answer a moment after; a clock that was set back
  /// goes a tenth slower meanwhile.
  private func passUntilLeaderIsKnownFlat(_ contracts: Set<ContractID>) throws {
    let since = now
    func net(_ contract: ContractID) -> [Int64] {
      state?.leader.positions.filter { $0.key.contract == contract }.map(\.value.net.units) ?? []
    }
    func rests() -> Bool {
      state?.leader.orders.values.contains { contracts.contains($0.key.contract) && $0.order.open > .zero } ?? false
    }
    while contracts.contains(where: { net($0).contains { $0 != 0 } }) || rests(), now - since < .seconds(18) {
      try pass(.milliseconds(250))
    }
    // Over both products: a conversion leaves the log with lots on two sides until it is found out (rule 8).
    let isKnown = contracts.allSatisfy { net($0).reduce(0, +) == 0 }
    let isFlat = exchange.positions(of: StageSettings.leader).allSatisfy { !contracts.contains($0.key.contract) }
    if isFlat, !isKnown, world.isRunning {
      checks.findings.fail("rule 39: the leader has been flat for eighteen seconds, and the log does not know")
    }
  }

  private func leaderCloses(_ position: BaselinePosition) throws {
    let instrument = instrument(position.key.contract)
    guard let side = Side(holding: position.quantity)?.opposite else { return }
    let most = instrument.maximumLotsPerChild.map { instrument.lotSize.quantity(of: $0) } ?? position.quantity.magnitude
    var left = position.quantity.magnitude
    while left > .zero {
      let piece = min(left, most)
      left = left - piece
      try leaderPlaces(
        PaperTicket(key: position.key, side: side, quantity: piece, price: market.away(side.sign * 6, instrument)))
      try pass(between(0, 400))
    }
  }
}
