import Domain
import Engine
import PaperExchange
import Projections

/// Friday, 20 November, to Friday, 4 December 2026, on the real calendar: a holiday on an expiry day, expiries of both
/// exchanges, and a leader who trades verticals, straddles and condors, holds them overnight and some of them to expiry.
///
/// Every evening ledger, log and positions agree, for leader and followers; every morning the baseline does, although what expired
/// was closed by no order.
public struct Fortnight {
  public let stage: Stage

  /// How the positions that nobody left before their contract expired are counted, of all accounts.
  public static let heldToExpiry = "positions held to their expiry"

  static let holiday = day(11, 24)

  public init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var settings = StageSettings(seed: seed, members: [0, 2, 3], joins: false, &random)
    settings.copy.calendar = Fortnight.calendar
    // What the leader does here is what the followers are to have.
    for index in settings.copy.followers.indices { settings.copy.followers[index].filters = CopyFilters() }
    for index in settings.accounts.indices { settings.accounts[index].positions = [] }
    stage = Stage(
      seed: seed, settings: settings, random: random, start: Fortnight.opening(of: Fortnight.day(11, 20)),
      market: FortnightMarket.make())
  }

  public func run() throws { try stage.runFortnight() }

  public var outcome: SimulationOutcome { stage.outcome }

  /// What the exchanges announced for these weeks (options-domain.md §2.1).
  static let calendar = MarketCalendar(
    hours: [DatedSession(from: day(8, 3), session: session)], holidays: [holiday, day(12, 25)], specialSessions: [],
    expiryCutoff: .seconds(600), physicalSettlementDays: 4)

  private static let session: TradingSession = {
    guard let open = TimeOfDay("09:15"), let close = TimeOfDay("15:40") else {
      preconditionFailure("The hours of the exchange are times of day.")
    }
    return TradingSession(open: open, close: close)
  }()

  static let tradingDays = ((20...30).map { day(11, $0) } + (1...4).map { day(12, $0) }).filter(calendar.isTradingDay)

  static func day(_ month: Int, _ day: Int) -> Day {
    guard let made = Day(year: 2026, month: month, day: day) else { preconditionFailure("A day of 2026.") }
    return made
  }

  /// A time of `day`, in seconds after its opening at 09:15.
  static func opening(of day: Day, plus seconds: Int64 = 0) -> Timestamp {
    day.startInIndia + .seconds((9 * 60 + 15) * 60 + seconds)
  }
  static func closing(of day: Day, plus seconds: Int64 = 0) -> Timestamp {
    opening(of: day, plus: (6 * 60 + 25) * 60 + seconds)
  }
}

extension Stage {
  fileprivate func runFortnight() throws {
    try showAllPrices()
    try world.start()
    try pass(.seconds(5))
    for day in Fortnight.tradingDays {
      if day != Fortnight.tradingDays.first { try wakeUp(on: day) }
      try trade(on: day)
      guard isSound else { return }
      try evening(of: day)
      guard isSound else { return }
    }
    if !world.isRunning { try world.start() }
    try pass(.seconds(30))
    guard let state, let log = world.log else { return }
    checks.expectOwnersUntouched(state, carried: [:])
    try checks.expectReplay(log, state)
  }

  /// The night is over: the service may have run, or have been stopped or killed in it.
  private func wakeUp(on day: Day) throws {
    try world.advance(to: Fortnight.opening(of: day, plus: -20 * 60))
    if !world.isRunning { try world.start() }
    try world.advance(to: Fortnight.opening(of: day))
    try act(.startOfDay, "\(day): the market opens")
    for instrument in live(on: day) { try show(market.quote(instrument, bidLots: 400, askLots: 400)) }
    try pass(.seconds(40))
    expectAllAgree("in the morning of \(day)")
  }

  private func live(on day: Day) -> [Instrument] {
    market.instruments.filter { ($0.contract.option?.expiry ?? day) >= day }
  }

  private func trade(on day: Day) throws {
    let end = Fortnight.closing(of: day, plus: -900)
    for _ in 0..<(5 + random.below(6)) {
      guard isSound, now < end else { break }
      switch random.below(10) {
      case 0..<5: try leaderOpensAStructure(day)
      case 5..<8: try leaderLeaves([random.pick(live(on: day))])
      case 8:
        for instrument in live(on: day) where random.chance(50) { try marketMoves(instrument) }
      default:
        switch random.below(4) {
        case 0: try connectionDrops()
        case 1: try engineCrashes()
        case 2: try exchangeEndsAnOrder()
        default: try somethingFails()
        }
      }
      try pass(.seconds(Int64(5 + random.below(40))))
    }
    // On most days the machine sleeps over the quiet hours.
    if random.chance(80) {
      try world.stop()
      try world.advance(to: Fortnight.closing(of: day, plus: -1_200))
      try world.start()
      try pass(.seconds(20))
    }
    // The last minutes: what expires today is not entered any more, and is left by those who do not hold it to the end.
    let expiring = live(on: day).filter { $0.contract.option?.expiry == day }
    if !expiring.isEmpty {
      try pass(max(.seconds(1), Fortnight.closing(of: day, plus: -480) - now))
      if random.chance(60) { try leaderOpensAStructure(day) }
      if random.chance(50) { try leaderLeaves(expiring) }
    }
    if !world.isRunning { try world.start() }
    try pass(max(.seconds(40), Fortnight.closing(of: day) - now))
    try act(.endOfDay, "\(day): the market closes")
    try pass(.seconds(60))
  }

  /// A structure out of one expiry: legs within seconds, in any order.
  private func leaderOpensAStructure(_ day: Day) throws {
    countLeaderAction()
    guard let group = FortnightMarket.groups.filter({ $0.expiry >= day }).randomElement(using: &random) else { return }
    let lots = Int64(1 + random.below(4))
    var legs = group.legs(random.below(4), lots: lots)
    if random.chance(50) { legs.reverse() }
    for leg in legs {
      guard let instrument = market.instruments.first(where: { $0.contract.securityID == leg.securityID }) else {
        continue
      }
      let side: Side = leg.lots > 0 ? .buy : .sell
      try leaderPlaces(
        PaperTicket(
          key: PositionKey(contract: instrument.contract, product: .margin), side: side,
          quantity: instrument.lotSize.quantity(of: Lots(abs(leg.lots))),
          price: market.away(side.sign * 6, instrument)))
      try pass(between(20, 2_000))
    }
    try pass(.seconds(6))
  }

  private func evening(of day: Day) throws {
    checks.expectOneOrderALabel(exchange)
    expectAllAgree("in the evening of \(day)")
    for client in [StageSettings.leader] + settings.members.map(\.client) {
      for position in exchange.positions(of: client) where position.key.contract.option?.expiry == day {
        count(Fortnight.heldToExpiry)
      }
    }
    switch random.below(10) {
    case 0: tell("the service runs through the night")
    case 1..<6: try world.stop()
    default: world.kill()
    }
  }

  /// Leader and followers: what the log says they hold is what the exchange says.
  private func expectAllAgree(_ moment: String) {
    guard let state else { return checks.findings.fail("the service does not run \(moment)") }
    checks.expectAgreement(market.instruments.map(\.contract), state, exchange)
    let positions = exchange.positions(of: StageSettings.leader)
    for key in Set(state.leader.positions.keys).union(positions.map(\.key)).sorted() {
      let actual = positions.first { $0.key == key }?.quantity ?? .zero
      let known = state.leader.positions[key]?.net ?? .zero
      if known != actual, key.contract.option != nil {
        checks.findings.fail(
          "the log has \(known.units) of the leader's in \(key.contract.securityID) \(key.product) \(moment), the exchange has "
            + "\(actual.units)")
      }
    }
  }
}
