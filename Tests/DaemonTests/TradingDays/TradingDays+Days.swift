import Domain
import PaperExchange
import Projections
import TestSupport

/// The course of the two days.
extension TradingDays {
  var isSound: Bool { checks.violations.isEmpty }

  func run() throws {
    for instrument in DayMarket.instruments + DayMarket.others {
      try show(market.quote(instrument, bidLots: 400, askLots: 400))
    }
    try session.start(log, version: "test")
    try pass(.seconds(1))
    try trade(actions: 190 + random.below(60), joins: true)
    try closeDay()
    guard isSound else { return }
    try evening()
    try morning()
    try trade(actions: 130 + random.below(40), joins: false)
    try closeDay()
    guard isSound, let state else { return }
    checks.expectEnds(state, exchange)
    checks.expectOwnersUntouched(state, carried: carried)
    try checks.expectReplay(log, state)
  }

  private var carried: [DayChecks.Place: Quantity] {
    var result: [DayChecks.Place: Quantity] = [:]
    for account in settings.accounts {
      for position in account.positions {
        result[DayChecks.Place(client: account.clientID, key: position.key)] = position.quantity
      }
    }
    return result
  }

  // MARK: - In the session

  /// Goes on until the leader has acted so often.
  private func trade(actions: Int, joins: Bool) throws {
    var joiner = joins ? settings.joiner : nil
    let first = leaderActions
    while isSound, leaderActions - first < actions {
      if let new = joiner, leaderActions - first >= actions / 2 {
        joiner = nil
        tell("\(new.name) joins: \(new.mode) \(new.sizing) \(new.limits) \(new.filters)")
        var copy = settings.copy
        copy.followers.append(new)
        try session.apply(copy)
      }
      switch random.below(100) {
      case 0..<48: try leaderActs()
      case 48..<82: try marketMoves()
      case 82..<86: try ownerTrades()
      case 86..<88: try ownerCancels()
      case 88..<91: try somethingFails()
      case 91: try engineCrashes()
      case 92: try connectionDrops()
      case 93..<96: try leaderLeaves([random.pick(DayMarket.instruments)])
      case 96, 97: try exchangeEndsAnOrder()
      default: try marketMoves()
      }
      try pass(random.chance(35) ? between(0, 120) : between(200, 4_000))
    }
  }

  /// The broker's square-off, then the leader leaves everything, and the day ends.
  private func closeDay() throws {
    guard isSound else { return }
    let closing = now.indianDay.startInIndia + .seconds((15 * 60 + 20) * 60)
    if now < closing { try pass(closing - now) }
    if random.chance(60) { try brokerSquaresOff() }
    try leaderLeaves(DayMarket.instruments + DayMarket.others)
    guard isSound else { return }
    try act(.endOfDay, "the market closes")
    try pass(.seconds(20))
    if let state { checks.expectAgreement(DayMarket.instruments.map(\.contract), state, exchange) }
    checks.expectOneOrderALabel(exchange)
  }

  /// The leader cancels and closes everything in some contracts while their prices stand still; ten seconds later all
  /// followers are out, or an alert says why not.
  private func leaderLeaves(_ instruments: [Instrument]) throws {
    tell("the leader leaves \(instruments.map(\.contract.securityID))")
    for instrument in instruments { try show(market.quote(instrument, bidLots: 100_000, askLots: 100_000)) }
    let contracts = Set(instruments.map(\.contract))
    for _ in 0..<20 where leaderOrders.contains(where: { contracts.contains($0.key.contract) }) {
      try leaderCancelsAll { contracts.contains($0.key.contract) }
      try pass(.milliseconds(400))
    }
    for position in exchange.positions(of: DaySettings.leader) where contracts.contains(position.key.contract) {
      try leaderCloses(position)
    }
    try passUntilLeaderIsKnownFlat(contracts)
    try pass(.seconds(10))
    guard let state else { return }
    let left = exchange.positions(of: DaySettings.leader).filter { contracts.contains($0.key.contract) }
    guard left.isEmpty else { return tell("the leader could not leave: \(left)") }
    checks.expectFlat(Array(contracts), state)
    // What a follower's stream did not tell is told by the reading of his book.
    try pass(.seconds(6))
    guard let state = self.state else { return }
    checks.expectAgreement(Array(contracts), state, exchange)
  }

  /// The ten seconds count from the moment at which anybody could know: a frame of the leader's that was lost is told by the
  /// next reading of his book, fifteen seconds later at most (rule 39), and its answer a moment after.
  private func passUntilLeaderIsKnownFlat(_ contracts: Set<ContractID>) throws {
    let since = now
    // Over both products: a conversion leaves the log with lots on two sides until it is found out (rule 8).
    func isKnown() -> Bool {
      let left = state?.leader.positions.filter { contracts.contains($0.key.contract) } ?? [:]
      return contracts.allSatisfy { contract in
        left.filter { $0.key.contract == contract }.values.reduce(0) { $0 + $1.net.units } == 0
      }
    }
    while !isKnown(), now - since < .seconds(16) { try pass(.milliseconds(250)) }
    let isFlat = exchange.positions(of: DaySettings.leader).allSatisfy { !contracts.contains($0.key.contract) }
    if isFlat, !isKnown() {
      checks.fail("rule 39: the leader has been flat for sixteen seconds, and the log does not know")
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

  // MARK: - Between the days

  /// The service is stopped after the session. In the evening it runs for a while, and the leader hands in after-market
  /// orders.
  private func evening() throws {
    try rest(until: now.indianDay.startInIndia + .seconds(18 * 3_600))
    for _ in 0..<(1 + random.below(3)) {
      let key = drawnKey()
      let instrument = instrument(key.contract)
      let side = random.pick([Side.buy, .sell])
      try leaderPlaces(
        PaperTicket(
          key: key, side: side, quantity: instrument.lotSize.quantity(of: Lots(Int64(1 + random.below(4)))),
          price: market.away(side.sign * Int64(random.below(9) - 4), instrument), afterMarket: true))
      try pass(between(100, 3_000))
    }
    if random.chance(50) { try leaderModifies() }
    if random.chance(25) { try leaderCancels() }
    try pass(.seconds(20))
  }

  private func morning() throws {
    let tomorrow = Day(daysSinceEpoch: now.indianDay.daysSinceEpoch + 1).startInIndia
    try rest(until: tomorrow + .seconds(15 * 3_600))
    try act(.startOfDay, "the market opens")
    for instrument in DayMarket.instruments + DayMarket.others {
      try show(market.quote(instrument, bidLots: 400, askLots: 400))
    }
    try pass(.seconds(2))
  }

  /// Stops the service, in order or not, and starts it at `time`.
  private func rest(until time: Timestamp) throws {
    if random.chance(70) {
      tell("the service stops")
      try session.stop()
    } else {
      tell("the engine is dropped")
      session.crash()
    }
    try session.advance(to: time)
    tell("the service starts")
    try session.start(log, version: "test")
    try pass(.seconds(2))
  }
}
