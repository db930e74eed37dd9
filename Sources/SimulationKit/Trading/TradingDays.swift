import Domain
import Engine
import PaperExchange
import Projections

/// Two trading days of a few hundred leader actions with five followers: everything that a leader does, that his family does
/// beside the program, and that goes wrong on ordinary days.
public struct TradingDays {
  public let stage: Stage

  /// Wednesday, 25 November 2026, 15:02 in India: late enough for the broker's square-off to come after a few minutes.
  static let firstDay = Timestamp(microseconds: 1_795_581_000_000_000 + 302 * 60_000_000)

  public init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let settings = StageSettings(seed: seed, &random)
    stage = Stage(seed: seed, settings: settings, random: random, start: TradingDays.firstDay)
  }

  public func run() throws { try stage.runTwoDays() }

  public var outcome: SimulationOutcome { stage.outcome }
}

extension Stage {
  fileprivate func runTwoDays() throws {
    try showAllPrices()
    try world.start()
    try pass(.seconds(3))
    try trade(actions: 190 + random.below(60), joins: true)
    try closeDay()
    guard isSound else { return }
    try evening()
    try morning()
    try trade(actions: 130 + random.below(40), joins: false)
    try closeDay()
    guard isSound, let state, let log = world.log else { return }
    checks.expectEnds(state, exchange)
    checks.expectOwnersUntouched(state, carried: carried)
    try checks.expectReplay(log, state)
  }

  func showAllPrices() throws {
    for instrument in market.instruments + market.others {
      try show(market.quote(instrument, bidLots: 400, askLots: 400))
    }
  }

  var carried: [Checks.Place: Quantity] {
    var result: [Checks.Place: Quantity] = [:]
    for account in settings.accounts {
      for position in account.positions {
        result[Checks.Place(client: account.clientID, key: position.key)] = position.quantity
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
        try join(new)
      }
      switch random.below(100) {
      case 0..<48: try leaderActs()
      case 48..<82: try marketMoves()
      case 82..<86: try ownerTrades()
      case 86..<88: try ownerCancels()
      case 88..<91: try somethingFails()
      case 91: try engineCrashes()
      case 92: try connectionDrops()
      case 93..<96: try leaderLeaves([random.pick(market.instruments)])
      case 96, 97: try exchangeEndsAnOrder()
      default: try marketMoves()
      }
      try pass(random.chance(35) ? between(0, 120) : between(200, 4_000))
    }
  }

  /// A follower joins: the service is started anew with him in its configuration.
  private func join(_ new: FollowerSettings) throws {
    tell("\(new.name) joins: \(new.mode) \(new.sizing) \(new.limits) \(new.filters)")
    try world.stop()
    world.settings.followers.append(new)
    try world.start()
    try pass(.milliseconds(200))
  }

  /// The broker's square-off, then the leader leaves everything, and the day ends.
  private func closeDay() throws {
    guard isSound else { return }
    let closing = now.indianDay.startInIndia + .seconds((15 * 60 + 20) * 60)
    if now < closing { try pass(closing - now) }
    if random.chance(60) { try brokerSquaresOff() }
    try leaderLeaves(market.instruments + market.others)
    guard isSound else { return }
    try act(.endOfDay, "the market closes")
    try pass(.seconds(20))
    if let state { checks.expectAgreement(market.instruments.map(\.contract), state, exchange) }
    checks.expectOneOrderALabel(exchange)
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
    for instrument in market.instruments + market.others {
      try show(market.quote(instrument, bidLots: 400, askLots: 400))
    }
    try pass(.seconds(2))
  }

  /// Stops the service, in order or not, and starts it at `time`.
  private func rest(until time: Timestamp) throws {
    if random.chance(70) {
      tell("the service stops")
      try world.stop()
    } else {
      tell("the engine is dropped")
      world.kill()
    }
    try world.advance(to: time)
    tell("the service starts")
    try world.start()
    try pass(.seconds(2))
  }
}
